// Messages to the two phones of somebody who comes back with a new one. In Chinese: who holds the old phone may be the
// owner, and a language that the owner does not read would be a good way to hide.
import { catalogue } from '../../platform/i18n/messages.ts';

export const M = catalogue(
  {
    'old.phone':
      '【通行】有人核验实名后，申请把您的账号换到新的手机号，{time}后生效。不是您本人，请马上取消：{link}',
    'new.phone':
      '【通行】您的账号已换到这个手机号。请登录通行查看；忘记密码的，在登录页选“忘记密码，找回账号”。',
  },
  {
    'old.phone':
      '[Tongxing] Somebody verified their name and asked to move your account to a new phone from {time}. If this is not you, cancel it now: {link}',
    'new.phone':
      '[Tongxing] Your account has this phone now. Sign in to Tongxing; if you forgot your password, choose that on the sign-in page.',
  },
);
