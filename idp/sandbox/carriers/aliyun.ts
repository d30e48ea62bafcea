// Aliyun SendSms as its published description has it, read independently of the client in platform/notify.
import { createHmac, randomUUID } from 'node:crypto';
import type { Middleware } from 'koa';
import { readBody } from '../stand-in.ts';
import { delivers, type CarrierParts } from './parts.ts';
import { answerAs, type VendorReply } from './vendor-answer.ts';

const TOLERANCE_MS = 15 * 60_000;

/** POST of a form; 400 with a code for whatever is not signed right, sent twice or not filled. */
export function aliyunRoute(parts: CarrierParts): Middleware {
  const nonces = new Set<string>();
  return async (ctx) => {
    const form = new URLSearchParams((await readBody(ctx)) ?? '');
    const refusal = refusalOf(form, parts, nonces);
    const reply = refusal === undefined ? taken(form, parts) : { status: 400, body: said(refusal) };
    await answerAs(ctx, parts, reply, { RequestId: randomUUID() });
  };
}

const said = (code: string): Readonly<Record<string, string>> => ({
  Code: code,
  Message: code,
  RequestId: randomUUID(),
});

function refusalOf(
  form: URLSearchParams,
  { key, clock }: CarrierParts,
  nonces: Set<string>,
): string | undefined {
  const nonce = form.get('SignatureNonce') ?? '';
  if (form.get('AccessKeyId') !== key.keyId) return 'InvalidAccessKeyId.NotFound';
  if (form.get('Signature') !== expected(form, key.secret.reveal())) return 'SignatureDoesNotMatch';
  const at = Date.parse(form.get('Timestamp') ?? '');
  if (!(Math.abs(clock.now().getTime() - at) <= TOLERANCE_MS)) return 'InvalidTimeStamp.Expired';
  if (nonce === '' || nonces.has(nonce)) return 'SignatureNonceUsed';
  nonces.add(nonce);
  if (form.get('Action') !== 'SendSms' || form.get('Version') !== '2017-05-25')
    return 'InvalidAction.NotFound';
  if (!/^1\d{10}$/.test(form.get('PhoneNumbers') ?? '')) return 'isv.MOBILE_NUMBER_ILLEGAL';
  if (!/^SMS_\d+$/.test(form.get('TemplateCode') ?? '')) return 'isv.SMS_TEMPLATE_ILLEGAL';
  return form.get('SignName') ? undefined : 'isv.SMS_SIGNATURE_ILLEGAL';
}

/** As a form is written by browsers, then the four letters that Aliyun writes otherwise. */
function expected(form: URLSearchParams, secret: string): string {
  const rest = new URLSearchParams([...form].filter(([name]) => name !== 'Signature'));
  rest.sort();
  const strict = (text: string): string =>
    text.replaceAll('+', '%20').replaceAll('*', '%2A').replaceAll('%7E', '~');
  const once = strict(rest.toString());
  const twice = strict(new URLSearchParams({ '': once }).toString().slice(1));
  return createHmac('sha1', `${secret}&`).update(`POST&%2F&${twice}`).digest('base64');
}

function taken(form: URLSearchParams, parts: CarrierParts): VendorReply {
  const behaviour = parts.behaviour();
  if (behaviour === 'wrong') return { status: 200, body: said('isv.BUSINESS_LIMIT_CONTROL') };
  const id = randomUUID();
  if (delivers(behaviour)) parts.outbox.add({ ...messageOf(form), id, at: parts.clock.now().toISOString() });
  return { status: 200, body: { ...said('OK'), BizId: id } };
}

function messageOf(form: URLSearchParams) {
  const filled = JSON.parse(form.get('TemplateParam') ?? '{}') as Readonly<Record<string, string>>;
  const blanks = Object.entries(filled).map(([name, value]) => `${name}=${value}`);
  return {
    channel: 'text' as const,
    phone: `+86${form.get('PhoneNumbers') ?? ''}`,
    text: `【${form.get('SignName') ?? ''}】${form.get('TemplateCode') ?? ''} ${blanks.join(' ')}`,
    purpose: 'aliyun',
  };
}
