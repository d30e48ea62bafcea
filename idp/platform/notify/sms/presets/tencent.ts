// Tencent Cloud short messages: SendSms 2021-01-11 and its status pushes. Sends templates, makes no calls.
import { createHash, createHmac } from 'node:crypto';
import type { Secret } from '../../../base/secret.ts';
import { epochSeconds } from '../../../base/clock.ts';
import type { Attempt } from '../../notify.ts';
import type { TencentCarrier } from '../../settings.ts';
import { codeOf, jsonOf, memberOf, textAt, type Preset, type Receipt } from '../preset.ts';
import { chosenTemplate, keyMatches } from '../templates.ts';

export interface Tc3Request {
  readonly service: string;
  /** Unix seconds. */
  readonly at: number;
  /** Those that are signed; names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** The Authorization header of TC3-HMAC-SHA256 for a POST; the path of version 3 interfaces is always `/`. */
export function signTc3(keyId: string, key: Secret, { service, at, headers, body }: Tc3Request): string {
  const signed = Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1));
  const names = signed.map(([name]) => name).join(';');
  const lines = signed.map(([name, value]) => `${name}:${value.toLowerCase()}\n`).join('');
  const canonical = ['POST', '/', '', lines, names, sha256(body)].join('\n');
  const day = new Date(at * 1000).toISOString().slice(0, 10);
  const scope = `${day}/${service}/tc3_request`;
  const text = ['TC3-HMAC-SHA256', String(at), scope, sha256(canonical)].join('\n');
  const dayKey = hmac(`TC3${key.reveal()}`, day);
  const signature = hmac(hmac(hmac(dayKey, service), 'tc3_request'), text).toString('hex');
  return `TC3-HMAC-SHA256 Credential=${keyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
}

export function tencent(settings: TencentCarrier): Preset {
  return {
    voice: false,
    thanks: { result: 0, errmsg: 'OK' },
    request(message, stamp) {
      const template = chosenTemplate(settings.templates, message);
      if (!template || message.voice === true) return undefined;
      const body = JSON.stringify({
        PhoneNumberSet: [message.to.reveal()],
        SmsSdkAppId: settings.sdkAppId,
        SignName: settings.signName,
        TemplateId: template.id,
        TemplateParamSet: template.filled.map(([, value]) => value),
        // Repeated in the answer and in the receipt.
        SessionContext: message.messageId,
      });
      const at = epochSeconds(stamp.at);
      const headers = {
        'content-type': 'application/json; charset=utf-8',
        host: new URL(settings.url).host,
        'x-tc-action': 'SendSms',
      };
      return {
        url: settings.url,
        body,
        headers: {
          'content-type': headers['content-type'],
          'x-tc-action': headers['x-tc-action'],
          'x-tc-version': '2021-01-11',
          'x-tc-region': settings.region,
          'x-tc-timestamp': String(at),
          authorization: signTc3(settings.keyId, settings.secret, { service: 'sms', at, headers, body }),
        },
      };
    },
    read: ({ body }) => read(memberOf(body, 'Response')),
    receipts: ({ key, body }) => (keyMatches(settings.receiptKey, key) ? receiptsOf(body) : undefined),
  };
}

// InternalError (InternalError.Timeout among them) stands in no list: the message may be on its way.
const REFUSALS =
  /^(AuthFailure|FailedOperation|InvalidAction|InvalidParameter|InvalidParameterValue|LimitExceeded|MissingParameter|NoSuchVersion|RequestLimitExceeded|ResourceUnavailable|UnauthorizedOperation|UnsupportedOperation|UnsupportedRegion)(\..+)?$/;

/** A refusal of the request as a whole, or the state of its only number; both come with status 200. */
function read(response: unknown): Attempt {
  const states = memberOf(response, 'SendStatusSet');
  const state: unknown = Array.isArray(states) ? states[0] : memberOf(response, 'Error');
  const code = codeOf(memberOf(state, 'Code'));
  if (code === 'Ok') return { delivery: 'accepted', code, reference: textAt(state, 'SerialNo') };
  return { delivery: REFUSALS.test(code) ? 'refused' : 'unknown', code };
}

function receiptsOf(body: string): readonly Receipt[] {
  const told = jsonOf(body);
  return (Array.isArray(told) ? told : []).flatMap((entry: unknown): Receipt[] => {
    const status = memberOf(entry, 'report_status');
    if (status !== 'SUCCESS' && status !== 'FAIL') return [];
    return [
      {
        messageId: textAt(entry, 'ext'),
        reference: textAt(entry, 'sid'),
        outcome: status === 'SUCCESS' ? 'delivered' : 'failed',
        code: codeOf(memberOf(entry, 'errmsg')),
      },
    ];
  });
}
