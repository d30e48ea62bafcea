import { catalogue } from '../../platform/i18n/messages.ts';

export const M = catalogue(
  {
    notice: '【同行】服务“{client}”的凭据“{name}”将于 {days} 天内到期。请在开发者平台更换。',
  },
  {
    notice:
      '[Tongxing] Credential "{name}" of service "{client}" ends within {days} days. Replace it in the developer portal.',
  },
);
