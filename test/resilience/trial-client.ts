// A service as the protocol sees it, and the ways of a citizen through the pages, for tests of whole flows.
import { createHash, randomBytes } from 'node:crypto';
import { createBrowser, type Browser, type Page } from '../support/browser.ts';

export const CALLBACK = 'http://localhost:3999/callback';
const SHARED = {
  name: { purpose: '核对姓名', 'purpose#en': 'To match your name', required: true },
  phone_number: { purpose: '通知您', 'purpose#en': 'To tell you', required: false },
};

/** Standard client metadata of a made-up service. */
export function metadataOf(
  clientId: string,
  secret: string,
  over: Readonly<Record<string, unknown>> = {},
): object {
  return {
    client_id: clientId,
    client_secret: secret,
    client_name: '测试服务',
    'client_name#en': 'Trial service',
    redirect_uris: [CALLBACK],
    post_logout_redirect_uris: ['http://localhost:3999/logged-out'],
    token_endpoint_auth_method: 'client_secret_basic',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    scope: 'openid profile id_number phone offline_access',
    tongxing_unit: { id: `unit-${clientId}`, name: '测试单位', 'name#en': 'Trial unit' },
    tongxing_domain: 'trial.example.gov.cn',
    tongxing_minimum_level: 'l1',
    tongxing_claims: SHARED,
    ...over,
  };
}

export interface Tokens {
  readonly access_token: string;
  readonly id_token: string;
  readonly refresh_token?: string;
}

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Service {
  readonly clientId: string;
  readonly secret: string;
  /** An authorization address and the verifier that redeems its code. */
  begin(params?: Readonly<Record<string, string>>): { readonly url: string; readonly verifier: string };
  /** The code of the address where the browser stopped. */
  code(page: Page): string;
  token(form: Readonly<Record<string, string>>): Promise<Answer>;
  redeem(page: Page, verifier: string): Promise<Tokens>;
  userinfo(accessToken: string): Promise<Answer>;
}

/** `at`: where requests go, which is the issuer or another node. */
export function serviceOf(at: () => string, clientId: string, secret: string): Service {
  const basic = `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`;
  const service: Service = {
    clientId,
    secret,
    begin(params = {}) {
      const verifier = randomBytes(32).toString('base64url');
      const url = new URL('/oidc/authorize', at());
      url.search = new URLSearchParams({
        client_id: clientId,
        redirect_uri: CALLBACK,
        response_type: 'code',
        scope: 'openid profile phone',
        state: randomBytes(9).toString('hex'),
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256',
        ...params,
      }).toString();
      return { url: url.href, verifier };
    },
    code(page) {
      const code = new URL(page.url).searchParams.get('code');
      if (code === null) throw new Error(`no code in ${page.url} (${page.status}): ${headingOf(page)}`);
      return code;
    },
    async token(form) {
      const response = await fetch(new URL('/oidc/token', at()), {
        method: 'POST',
        headers: { authorization: basic },
        body: new URLSearchParams(form),
      });
      return { status: response.status, body: (await response.json()) as Answer['body'] };
    },
    async redeem(page, verifier) {
      const form = { grant_type: 'authorization_code', redirect_uri: CALLBACK, code_verifier: verifier };
      const { status, body } = await service.token({ ...form, code: service.code(page) });
      if (status !== 200) throw new Error(`no tokens: ${JSON.stringify(body)}`);
      return body as unknown as Tokens;
    },
    async userinfo(accessToken) {
      const response = await fetch(new URL('/oidc/userinfo', at()), {
        headers: { authorization: `Bearer ${accessToken}` },
      });
      const text = await response.text();
      return {
        status: response.status,
        body: text.startsWith('{') ? (JSON.parse(text) as Answer['body']) : { text },
      };
    },
  };
  return service;
}

/** A browser that stops at the service's door. */
export const citizenBrowser = (headers: Readonly<Record<string, string>> = {}): Browser =>
  createBrowser({ stopAt: /^http:\/\/localhost:3999\//, headers });

export const headingOf = (page: Page): string =>
  /<h1[^>]*>([\s\S]*?)<\/h1>/
    .exec(page.text)?.[1]
    ?.replace(/<[^>]*>/g, '')
    .trim() ?? '';

export const reached = (page: Page): boolean => page.status === 0;

interface Identity {
  readonly name: string;
  readonly id_number: string;
}

/** The proving form, filled and sent. */
export const prove = (browser: Browser, page: Page, { name, id_number }: Identity): Promise<Page> =>
  browser.submit(page, { name, id_number, consent: 'yes' });

/** Presses the button on until the service's door: results, consent. Never types anything. */
export async function through(browser: Browser, page: Page, presses = 4): Promise<Page> {
  let at = page;
  for (let n = 0; n < presses && !reached(at); n += 1)
    at = await browser.submit(at, /name="decision"/.test(at.text) ? { decision: 'allow' } : {});
  return at;
}

export interface Messages {
  readonly message: (phone: string, after?: number) => Promise<{ readonly code: string }>;
}

/** Signs in with a code, from the authorization address to the first page after it. */
export async function byCode(
  browser: Browser,
  url: string,
  phone: string,
  { message }: Messages,
  { register = false, after = 0 }: { readonly register?: boolean; readonly after?: number } = {},
): Promise<Page> {
  const first = await browser.get(url);
  const tab = await browser.follow(first, register ? /way=register/ : /way=sms/);
  const asked = await browser.submit(tab, { phone });
  const { code } = await message(phone, after);
  return browser.submit(asked, { code });
}
