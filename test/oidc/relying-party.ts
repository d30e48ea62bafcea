// A service written by hand for the tests: it sends exactly what a test says, also what no library would send.
import { createHash, randomBytes } from 'node:crypto';
import type { TestApp } from '../support/app.ts';
import { signIn, type Persona } from '../support/app.ts';
import { createBrowser, forms, type Browser, type Page } from '../support/browser.ts';

export type Params = Readonly<Record<string, string | undefined>>;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: Readonly<Record<string, unknown>>;
}

export interface Tokens {
  readonly access_token: string;
  readonly id_token: string;
  readonly refresh_token?: string;
}

export interface Asked {
  readonly url: string;
  readonly verifier: string;
}

export interface Service {
  readonly id: string;
  readonly secret: string | undefined;
  readonly redirect: string;
  /** An authorization request with PKCE; `changed` replaces parameters, undefined leaves one out. */
  request(changed?: Params): Asked;
  /** POST to the token endpoint, with the secret in the Authorization header when there is one. */
  token(form: Params, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  redeem(code: string, verifier: string, changed?: Params): Promise<Answer>;
  refresh(token: string, changed?: Params): Promise<Answer>;
}

/** Both places for what lives briefly; Redis only where the run has one. */
export const backEnds: readonly ('postgres' | 'redis')[] =
  process.env['TEST_REDIS'] === undefined ? ['postgres'] : ['postgres', 'redis'];

const given = (params: Params): [string, string][] =>
  Object.entries(params).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));

export const form = (params: Params): URLSearchParams => new URLSearchParams(given(params));

export async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  const { status, headers } = response;
  const isJson = (headers.get('content-type') ?? '').includes('json');
  return { status, headers, text, json: isJson ? (JSON.parse(text) as Answer['json']) : {} };
}

export const basic = (id: string, secret: string): string =>
  `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`;

let count = 0;

/** Registers a service; by default a web client with a secret that may read name and phone. */
export async function register(
  system: TestApp,
  metadata: Readonly<Record<string, unknown>> = {},
): Promise<Service> {
  count += 1;
  const id = typeof metadata['client_id'] === 'string' ? metadata['client_id'] : `service-${count}`;
  const redirect = `https://${id}.example.gov.cn/callback`;
  const [imported] = await system.app.registry.import(
    {
      client_id: id,
      client_name: id,
      redirect_uris: [redirect],
      scope: 'openid profile phone offline_access',
      grant_types: ['authorization_code', 'refresh_token'],
      ...metadata,
    },
    'test',
  );
  const secret = imported?.secret?.reveal();
  return serviceAt(system.issuer, id, secret, redirect);
}

/** The same service, talking to the node at `base`. */
export function serviceAt(base: string, id: string, secret: string | undefined, redirect: string): Service {
  const own = (): Params => (secret === undefined ? { client_id: id } : {});
  const token: Service['token'] = async (params, headers = {}) =>
    answerOf(
      await fetch(`${base}/oidc/token`, {
        method: 'POST',
        body: form({ ...own(), ...params }),
        headers: { ...(secret === undefined ? {} : { authorization: basic(id, secret) }), ...headers },
      }),
    );
  return {
    id,
    secret,
    redirect,
    token,
    request(changed = {}) {
      const verifier = randomBytes(32).toString('base64url');
      const url = new URL(`${base}/oidc/authorize`);
      url.search = form({
        client_id: id,
        redirect_uri: redirect,
        response_type: 'code',
        scope: 'openid',
        state: 'a-state',
        nonce: 'a-nonce',
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256',
        ...changed,
      }).toString();
      return { url: url.href, verifier };
    },
    redeem: (code, code_verifier, changed = {}) =>
      token({ grant_type: 'authorization_code', code, redirect_uri: redirect, code_verifier, ...changed }),
    refresh: (refresh_token, changed = {}) =>
      token({ grant_type: 'refresh_token', refresh_token, ...changed }),
  };
}

/** A browser that stops where it would leave for a service. */
export const citizenBrowser = (): Browser => createBrowser({ stopAt: /^https:/ });

/** True when a form of the page has this field. */
export const asks = (page: Page, field: string): boolean =>
  forms(page).some(({ fields }) => `?${field}` in fields);

/** Does whatever the pages ask until the browser leaves for the service or stands on a page of another kind. */
export async function walk(browser: Browser, persona: Persona, from: Page): Promise<Page> {
  let page = from;
  for (let step = 0; step < 6 && page.status === 200; step += 1) {
    if (asks(page, 'password')) page = await signIn(browser, page, persona);
    else if (asks(page, 'xsrf')) page = await browser.submit(page, { logout: 'yes' });
    else if (asks(page, 'decision')) page = await browser.submit(page, { decision: 'allow' });
    else return page;
  }
  return page;
}

export interface Entered {
  readonly page: Page;
  readonly code: string;
  readonly verifier: string;
}

/** The parameters with which the browser left for the service. */
export const landed = (page: Page): URLSearchParams => {
  if (page.status !== 0)
    throw new Error(
      `still here: ${page.status} ${page.url} ${page.text.replace(/<[^>]*>/g, ' ').slice(0, 800)}`,
    );
  return new URL(page.url).searchParams;
};

/** From the service's request to the code, with every page answered on the way. */
export async function enter(
  service: Service,
  browser: Browser,
  persona: Persona,
  changed: Params = {},
): Promise<Entered> {
  const { url, verifier } = service.request(changed);
  const page = await walk(browser, persona, await browser.get(url));
  const code = landed(page).get('code');
  if (code === null) throw new Error(`no code: ${page.url}`);
  return { page, code, verifier };
}

/** `enter`, and the code redeemed. */
export async function signedIn(
  service: Service,
  browser: Browser,
  persona: Persona,
  changed: Params = {},
): Promise<Tokens> {
  const { code, verifier } = await enter(service, browser, persona, changed);
  const answer = await service.redeem(code, verifier);
  if (answer.status !== 200) throw new Error(`no tokens: ${answer.text}`);
  return answer.json as unknown as Tokens;
}

export async function userinfo(
  base: string,
  token: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return answerOf(
    await fetch(`${base}/oidc/userinfo`, { headers: { authorization: `Bearer ${token}`, ...headers } }),
  );
}
