// The message about an unusual sign-in.
import { catalogue } from '../platform/i18n/messages.ts';

// Unlike a message with a code this one holds a link: to our own host, written out, and opening it changes nothing.
export const M = catalogue(
  {
    'alert.new_device':
      '【{signature}】{time}，您的账号在{city}登录，用的是{device}。如果不是您本人，请打开 {link} 冻结账号，或立即拨打 12345。',
    'alert.new_device_nowhere':
      '【{signature}】{time}，您的账号在新设备上登录，用的是{device}。如果不是您本人，请打开 {link} 冻结账号，或立即拨打 12345。',
  },
  {
    'alert.new_device':
      '【{signature}】Your account was used in {city} at {time}, with {device}. If this was not you, open {link} to freeze it, or call 12345 at once.',
    'alert.new_device_nowhere':
      '【{signature}】Your account was used on a new device at {time}: {device}. If this was not you, open {link} to freeze it, or call 12345 at once.',
  },
);
