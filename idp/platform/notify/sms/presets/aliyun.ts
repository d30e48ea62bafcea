// Aliyun short messages: Dysmsapi 2017-05-25, SendSms, and its SmsReport pushes. Sends templates, makes no calls.
import { createHmac } from 'node:crypto';
import type { Secret } from '../../../base/secret.ts';
import type { Attempt } from '../../notify.ts';
import type { AliyunCarrier } from '../../settings.ts';
import { codeOf, jsonOf, memberOf, textAt, type Preset, type Receipt } from '../preset.ts';
import { chosenTemplate, keyMatches } from '../templates.ts';

/** Characters that RFC 3986 reserves and encodeURIComponent leaves alone. */
const encode = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[!*'()]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** The parameters in their order, as they are signed and sent. */
const ordered = (parameters: Readonly<Record<string, string>>): string =>
  Object.entries(parameters)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join('&');

/**
 * Signature version 1.0 of the RPC interfaces, base64. Unlike the newer ACS3 it is published for parameters in the
 * body, which keeps numbers and codes out of addresses; an HMAC does not need its hash to resist collisions.
 */
export function signRpc(
  method: 'GET' | 'POST',
  parameters: Readonly<Record<string, string>>,
  key: Secret,
): string {
  const text = `${method}&${encode('/')}&${encode(ordered(parameters))}`;
  return createHmac('sha1', `${key.reveal()}&`).update(text).digest('base64');
}

export function aliyun(settings: AliyunCarrier): Preset {
  return {
    voice: false,
    thanks: { code: 0, msg: 'OK' },
    request(message, { at, nonce }) {
      const template = chosenTemplate(settings.templates, message);
      if (!template || message.voice === true) return undefined;
      const parameters = {
        Action: 'SendSms',
        Version: '2017-05-25',
        Format: 'JSON',
        AccessKeyId: settings.keyId,
        SignatureMethod: 'HMAC-SHA1',
        SignatureVersion: '1.0',
        SignatureNonce: nonce,
        Timestamp: `${at.toISOString().slice(0, 19)}Z`,
        PhoneNumbers: message.to.reveal().replace(/^\+86/, ''),
        SignName: settings.signName,
        TemplateCode: template.id,
        TemplateParam: JSON.stringify(Object.fromEntries(template.filled)),
        // Repeated in the receipt. It makes no request idempotent: the same one twice is two messages.
        OutId: message.messageId,
      };
      return {
        url: settings.url,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: ordered({ ...parameters, Signature: signRpc('POST', parameters, settings.secret) }),
      };
    },
    read: ({ body }) => read(body),
    receipts: ({ key, body }) => (keyMatches(settings.receiptKey, key) ? receiptsOf(body) : undefined),
  };
}

// isv: what was asked cannot be sent; isp: the platform could not. The rest is said by the gateway before anything is
// sent. A code that stands in no list may mean anything.
const REFUSALS =
  /^(isv\..+|isp\.(SYSTEM_ERROR|RAM_PERMISSION_DENY)|(Forbidden|IncompleteSignature|InvalidAccessKeyId|InvalidAction|InvalidTimeStamp|ServiceUnavailable|SignatureDoesNotMatch|SignatureNonceUsed|Throttling)(\..+)?|Missing\w+)$/;

function read(body: unknown): Attempt {
  const code = codeOf(memberOf(body, 'Code'));
  if (code === 'OK') return { delivery: 'accepted', code, reference: textAt(body, 'BizId') };
  return { delivery: REFUSALS.test(code) ? 'refused' : 'unknown', code };
}

function receiptsOf(body: string): readonly Receipt[] {
  const told = jsonOf(body);
  return (Array.isArray(told) ? told : []).flatMap((entry: unknown): Receipt[] => {
    const success = memberOf(entry, 'success');
    if (typeof success !== 'boolean') return [];
    return [
      {
        messageId: textAt(entry, 'out_id'),
        reference: textAt(entry, 'biz_id'),
        outcome: success ? 'delivered' : 'failed',
        code: codeOf(memberOf(entry, 'err_code')),
      },
    ];
  });
}
