// Tencent Cloud SendSms as its published description has it, read independently of the client in platform/notify.
import { createHash, createHmac, randomUUID } from 'node:crypto';
import type { Context, Middleware } from 'koa';
import { readBody, textOf } from '../stand-in.ts';
import { delivers, type CarrierParts } from './parts.ts';
import { answerAs, type VendorReply } from './vendor-answer.ts';

const TOLERANCE_SECONDS = 300;

type Question = Readonly<Record<string, unknown>>;

/** POST of JSON; everything is answered with 200, refusals too. */
export function tencentRoute(parts: CarrierParts): Middleware {
  return async (ctx) => {
    const body = (await readBody(ctx)) ?? '';
    const refusal = refusalOf(ctx, body, parts);
    const reply =
      refusal === undefined
        ? taken(JSON.parse(body) as Question, parts)
        : response({ Error: { Code: refusal, Message: refusal } });
    await answerAs(ctx, parts, reply, { Response: { RequestId: randomUUID() } });
  };
}

const response = (members: Question): VendorReply => ({
  status: 200,
  body: { Response: { ...members, RequestId: randomUUID() } },
});

function refusalOf(ctx: Context, body: string, { key, clock }: CarrierParts): string | undefined {
  const at = Number(ctx.get('x-tc-timestamp'));
  if (!(Math.abs(clock.now().getTime() / 1000 - at) <= TOLERANCE_SECONDS))
    return 'AuthFailure.SignatureExpire';
  const found =
    /^TC3-HMAC-SHA256 Credential=([^/]+)\/(\d{4}-\d\d-\d\d)\/sms\/tc3_request, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/.exec(
      ctx.get('authorization'),
    );
  const [, keyId, day = '', names = '', signature] = found ?? [];
  if (keyId !== key.keyId) return 'AuthFailure.SecretIdNotFound';
  const signed = names.split(';');
  if (!['content-type', 'host'].every((name) => signed.includes(name))) return 'AuthFailure.SignatureFailure';
  const lines = signed.map((name) => `${name}:${ctx.get(name).trim().toLowerCase()}`);
  const digest = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
  const request = `POST\n/\n\n${lines.join('\n')}\n\n${names}\n${digest(body)}`;
  const text = `TC3-HMAC-SHA256\n${at}\n${day}/sms/tc3_request\n${digest(request)}`;
  let step: Buffer = Buffer.from(`TC3${key.secret.reveal()}`);
  for (const part of [day, 'sms', 'tc3_request', text])
    step = createHmac('sha256', step).update(part).digest();
  if (step.toString('hex') !== signature) return 'AuthFailure.SignatureFailure';
  if (ctx.get('x-tc-action') !== 'SendSms' || ctx.get('x-tc-version') !== '2021-01-11')
    return 'InvalidAction';
  return undefined;
}

function taken(question: Question, parts: CarrierParts): VendorReply {
  const [phone = ''] = textsOf(question['PhoneNumberSet']);
  const behaviour = parts.behaviour();
  const refusal = stateRefusal(question, phone, behaviour === 'wrong');
  const id = randomUUID();
  if (refusal === undefined && delivers(behaviour))
    parts.outbox.add({
      id,
      channel: 'text',
      phone,
      text: `【${textOf(question['SignName'])}】${textsOf(question['TemplateParamSet']).join(' ')} (${textOf(question['TemplateId'])})`,
      purpose: 'tencent',
      at: parts.clock.now().toISOString(),
    });
  const state = {
    SerialNo: refusal === undefined ? id : '',
    PhoneNumber: phone,
    Fee: refusal === undefined ? 1 : 0,
    SessionContext: textOf(question['SessionContext']),
    Code: refusal ?? 'Ok',
    Message: refusal ?? 'send success',
    IsoCode: 'CN',
  };
  return response({ SendStatusSet: [state] });
}

function stateRefusal(question: Question, phone: string, wrong: boolean): string | undefined {
  if (wrong) return 'LimitExceeded.PhoneNumberThirtySecondLimit';
  if (!/^\+861\d{10}$/.test(phone)) return 'InvalidParameterValue.IncorrectPhoneNumber';
  if (!/^\d+$/.test(textOf(question['SmsSdkAppId']))) return 'InvalidParameterValue.SdkAppIdNotExist';
  if (!/^\d+$/.test(textOf(question['TemplateId']))) return 'FailedOperation.TemplateIncorrectOrUnapproved';
  return textOf(question['SignName']) === '' ? 'FailedOperation.SignatureIncorrectOrUnapproved' : undefined;
}

const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.map((each: unknown) => textOf(each)) : [];
