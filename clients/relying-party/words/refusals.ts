// What went wrong on the way to or from the provider, in words: what happened, and what to do.
import * as client from 'openid-client';
import { ProviderUnreachable } from '../provider.ts';
import type { Words } from '../party.ts';

export interface Refusal {
  /** Stable code for the help line: an OAuth error code (RFC 6749 4.1.2.1, OIDC Core 3.1.2.6) or one of ours. */
  readonly code: string;
  readonly status: number;
  readonly title: Words;
  readonly advice: Words;
}

type Kind = Omit<Refusal, 'code'>;

const REFUSALS = {
  access_denied: {
    status: 403,
    title: { 'zh-CN': '您没有同意提供信息，登录已取消', en: 'You did not agree, so you are not signed in' },
    advice: {
      'zh-CN': '没有任何信息发给我们。需要办理业务时，可以重新登录并选择同意。',
      en: 'Nothing was sent to us. To use this service, sign in again and allow it.',
    },
  },
  login_required: {
    status: 401,
    title: { 'zh-CN': '您还没有登录', en: 'You are not signed in' },
    advice: { 'zh-CN': '登录可能已过期，请重新登录。', en: 'Your sign-in may have ended. Sign in again.' },
  },
  unmet_authentication_requirements: {
    status: 403,
    title: { 'zh-CN': '您的身份级别还不够', en: 'Your identity level is not high enough' },
    advice: {
      'zh-CN':
        '本服务要求先完成实名认证。请重新登录，并按提示完成认证；无法在线认证的，可到政务服务大厅办理。',
      en: 'This service needs a verified real name. Sign in again and follow the steps; if that does not work online, go to a service hall.',
    },
  },
  temporarily_unavailable: {
    status: 503,
    title: { 'zh-CN': '统一登录暂时无法使用', en: 'Signing in is not working at the moment' },
    advice: {
      'zh-CN': '不是您的问题。请过几分钟再试；急事可拨打 12345。',
      en: 'It is not something you did. Try again in a few minutes; if it is urgent, call 12345.',
    },
  },
  service_fault: {
    status: 502,
    title: { 'zh-CN': '这个服务暂时无法登录', en: 'This service cannot sign you in at the moment' },
    advice: {
      'zh-CN': '问题出在服务之间，不是您的操作。请稍后再试；如果仍然不行，请把错误代码告诉 12345。',
      en: 'The trouble is between our services, not with you. Try later; if it stays, tell 12345 the error code.',
    },
  },
  login_expired: {
    status: 400,
    title: { 'zh-CN': '这次登录已过期', en: 'This sign-in has expired' },
    advice: {
      'zh-CN': '可能是等待太久，或打开了旧的链接。请重新登录。',
      en: 'It took too long, or you opened an old link. Sign in again.',
    },
  },
  step_up_declined: {
    status: 403,
    title: { 'zh-CN': '这件事没有办理', en: 'This was not done' },
    advice: {
      'zh-CN': '办理它需要更严格的安全验证。您的登录没有改变，可以重新办理，或到政务服务大厅办理。',
      en: 'It needs a stronger check. You are still signed in: try again, or go to a service hall.',
    },
  },
  bad_form: {
    status: 400,
    title: { 'zh-CN': '没有收到您的操作', en: 'Your request did not arrive whole' },
    advice: { 'zh-CN': '请返回首页再试一次。', en: 'Go back to the home page and try again.' },
  },
} as const satisfies Readonly<Record<string, Kind>>;

const ALIASES: Readonly<Record<string, keyof typeof REFUSALS>> = {
  interaction_required: 'login_required',
  account_selection_required: 'login_required',
  consent_required: 'access_denied',
  server_error: 'temporarily_unavailable',
};

/** The refusal for a code; an unknown code is the trouble of the service, and is shown only when it is harmless. */
export function refusalOf(code: string): Refusal {
  const known = Object.hasOwn(REFUSALS, code) ? (code as keyof typeof REFUSALS) : ALIASES[code];
  const shown = /^[a-z_]{1,64}$/.test(code) ? code : 'service_fault';
  return { code: shown, ...REFUSALS[known ?? 'service_fault'] };
}

/** The refusal behind whatever openid-client, or discovery, threw. Writes the cause to stderr, for operators. */
export function refusalFor(error: unknown): Refusal {
  const refusal = translated(error);
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  // The provider's own description is left out: it may quote what a citizen sent.
  if (refusal.status >= 500)
    process.stderr.write(`${JSON.stringify({ code: refusal.code, name, message })}\n`);
  return refusal;
}

function translated(error: unknown): Refusal {
  if (error instanceof ProviderUnreachable) return refusalOf('temporarily_unavailable');
  if (error instanceof client.AuthorizationResponseError) return refusalOf(error.error);
  if (error instanceof client.ResponseBodyError)
    return refusalOf(error.error === 'invalid_grant' ? 'login_expired' : error.error);
  if (error instanceof TypeError) return refusalOf('temporarily_unavailable'); // fetch: no connection
  return refusalOf('service_fault');
}
