// What is measured: each scenario prepares what it needs once, for one of the parallel visitors, and gives back the
// operation to repeat.
import { createHash } from 'node:crypto';
import { API, MACHINE, MANY, REDIRECT_URI, WEB } from '../registrations.ts';
import type { Carrier } from './carrier.ts';
import type { Operation } from './measure.ts';
import { basic, createVisitor, formWith, send, type Answer, type Line, type Visitor } from './visitor.ts';

/** A server under load, the product or the yardstick. */
export interface Target {
  readonly name: string;
  readonly pid: number;
  readonly origin: string;
  readonly line: Line;
  readonly paths: {
    readonly authorize: string;
    readonly token: string;
    readonly userinfo: string;
    readonly introspection: string;
  };
  /** Undefined: the yardstick, which sends no messages and takes any name for an account. */
  readonly carrier: Carrier | undefined;
  /** The next phone number of a seeded citizen, round and round. */
  nextPhone(): string;
}

/** Fifteen characters or more, so that it signs in alone. */
export const PASSWORD = '一座江边的城市有八座桥和两条地铁线呢';

const VERIFIER = 'a-verifier-of-the-benchmark-that-is-long-enough';
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');

export interface Scenario {
  readonly name: string;
  /** What the product is held against; undefined: nothing to compare with on the yardstick. */
  readonly yardstick: string;
  readonly onYardstick: boolean;
  readonly aim: number | undefined;
  /** A scenario of the product itself that this one is held against. */
  readonly against?: string;
  prepare(target: Target): Promise<Operation>;
}

type Fill = (visitor: Visitor, page: Answer) => Promise<Answer> | undefined;

function authorizeUrl(target: Target, extra: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams({
    client_id: WEB.id,
    response_type: 'code',
    redirect_uri: REDIRECT_URI,
    scope: 'openid profile phone',
    state: 's',
    nonce: 'n',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
    ...extra,
  });
  return `${target.paths.authorize}?${query.toString()}`;
}

/** From the service to the service: follows redirects and fills pages until the code comes back. */
async function codeOf(
  target: Target,
  visitor: Visitor,
  fill: Fill,
  extra: Readonly<Record<string, string>> = {},
): Promise<string> {
  let answer = await visitor.get(authorizeUrl(target, extra));
  for (let steps = 0; steps < 20; steps += 1) {
    const { location } = answer;
    if (location?.startsWith(REDIRECT_URI) === true) {
      const code = new URL(location).searchParams.get('code');
      if (code === null) throw new Error(`no code but ${location.slice(REDIRECT_URI.length)}`);
      return code;
    }
    const next = location === undefined ? fill(visitor, answer) : visitor.get(location);
    if (!next)
      throw new Error(`nothing to fill on a page of status ${answer.status}: ${titleOf(answer.text)}`);
    answer = await next;
  }
  throw new Error('the sign-in goes round in circles');
}

const titleOf = (html: string): string => /<title>([^<]*)/.exec(html)?.[1] ?? html.slice(0, 120);

function agree(visitor: Visitor, page: Answer): Promise<Answer> | undefined {
  const consent = formWith(page, 'decision');
  return consent && send(visitor, consent, { decision: 'allow' });
}

/** The yardstick's two pages. */
function plain(name: string): Fill {
  return (visitor, page) => {
    const form = formWith(page, 'prompt');
    return form && send(visitor, form, 'login' in form.fields ? { login: name } : {});
  };
}

function byPassword(target: Target): Fill {
  const phone = target.nextPhone();
  if (!target.carrier) return plain(phone);
  return (visitor, page) => {
    const form = formWith(page, 'phone', 'password');
    return form ? send(visitor, form, { phone, password: PASSWORD }) : agree(visitor, page);
  };
}

/** `way`: the tab that a person presses on the first page, `sms` to sign in, `register` to begin an account. */
export function byMessage(carrier: Carrier, phone: string, way: 'sms' | 'register'): Fill {
  return (visitor, page) => {
    const code = formWith(page, 'code');
    if (code) return send(visitor, code, { code: carrier.code(phone) });
    if (formWith(page, 'phone', 'password')) return visitor.get(`${page.path}?way=${way}`);
    const number = formWith(page, 'phone');
    if (number) return send(visitor, number, { phone });
    const password = formWith(page, 'password');
    return password ? send(visitor, password, { password: PASSWORD }) : agree(visitor, page);
  };
}

interface Tokens {
  readonly access_token: string;
  readonly refresh_token?: string;
  readonly id_token?: string;
}

async function tokens(target: Target, form: Readonly<Record<string, string>>, of = WEB): Promise<Tokens> {
  const answer = await target.line.request(
    'POST',
    target.paths.token,
    { authorization: basic(of), 'content-type': 'application/x-www-form-urlencoded' },
    new URLSearchParams(form).toString(),
  );
  if (answer.status !== 200) throw new Error(`token: ${answer.status} ${answer.text.slice(0, 200)}`);
  return JSON.parse(answer.text) as Tokens;
}

const redeem = (
  target: Target,
  code: string,
  extra: Readonly<Record<string, string>> = {},
): Promise<Tokens> =>
  tokens(target, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: REDIRECT_URI,
    code_verifier: VERIFIER,
    ...extra,
  });

async function readUserinfo(target: Target, accessToken: string): Promise<void> {
  const headers = { authorization: `Bearer ${accessToken}` };
  const answer = await target.line.request('GET', target.paths.userinfo, headers);
  if (answer.status !== 200 || !answer.text.includes('phone_number'))
    throw new Error(`userinfo: ${answer.status} ${answer.text.slice(0, 200)}`);
}

/** A whole first visit: sign-in, code, tokens, userinfo. */
export async function firstLogin(target: Target, fill: Fill): Promise<void> {
  const code = await codeOf(target, createVisitor(target.line, target.origin), fill);
  const { access_token: accessToken } = await redeem(target, code);
  await readUserinfo(target, accessToken);
}

async function single(target: Target): Promise<Operation> {
  const visitor = createVisitor(target.line, target.origin);
  await redeem(target, await codeOf(target, visitor, byPassword(target)));
  const nobodyAsks: Fill = () => undefined;
  return async () => void (await redeem(target, await codeOf(target, visitor, nobodyAsks)));
}

async function refresh(target: Target): Promise<Operation> {
  const visitor = createVisitor(target.line, target.origin);
  // OpenID Connect Core 11: offline access is only given with prompt=consent.
  const asked = { scope: 'openid profile phone offline_access', prompt: 'consent', resource: API.uri };
  const code = await codeOf(target, visitor, byPassword(target), asked);
  let kept = (await redeem(target, code)).refresh_token;
  return async () => {
    if (kept === undefined) throw new Error('no refresh token');
    const form = { grant_type: 'refresh_token', refresh_token: kept, resource: API.uri };
    const fresh = await tokens(target, form);
    if (fresh.refresh_token === kept || fresh.access_token.split('.').length !== 3)
      throw new Error('the refresh token must rotate, the access token must be a JWT');
    kept = fresh.refresh_token;
  };
}

async function opaqueToken(target: Target): Promise<string> {
  const visitor = createVisitor(target.line, target.origin);
  return (await redeem(target, await codeOf(target, visitor, byPassword(target)))).access_token;
}

async function introspection(target: Target): Promise<Operation> {
  const body = new URLSearchParams({ token: await opaqueToken(target) }).toString();
  const headers = { authorization: basic(WEB), 'content-type': 'application/x-www-form-urlencoded' };
  return async () => {
    const answer = await target.line.request('POST', target.paths.introspection, headers, body);
    if (!answer.text.includes('"active":true'))
      throw new Error(`introspection: ${answer.text.slice(0, 200)}`);
  };
}

async function userinfo(target: Target): Promise<Operation> {
  const accessToken = await opaqueToken(target);
  return () => readUserinfo(target, accessToken);
}

function byMessageOperation(target: Target): Operation {
  const { carrier } = target;
  if (!carrier) throw new Error('the yardstick sends no messages');
  return () => firstLogin(target, byMessage(carrier, target.nextPhone(), 'sms'));
}

const machine = { grant_type: 'client_credentials', resource: API.uri, scope: API.scopes };

const onBoth = (
  name: string,
  aim: number | undefined,
  prepare: (target: Target) => Operation | Promise<Operation>,
): Scenario => ({
  name,
  aim,
  yardstick: name,
  onYardstick: true,
  prepare: async (target) => prepare(target),
});

/** Somebody with a session comes to one service of many, silently: it has no consent yet and says so. */
function amongClients(count: number): (target: Target) => Promise<Operation> {
  return async (target) => {
    const visitor = createVisitor(target.line, target.origin);
    await codeOf(target, visitor, byPassword(target));
    const operation = async (): Promise<void> => {
      // The service of rank r is visited 1/r as often as the first (Zipf), as the services of a country are.
      const id = `${MANY.prefix}${Math.floor(Math.exp(Math.random() * Math.log(count + 1)))}`;
      const url = authorizeUrl(target, { client_id: id, prompt: 'none', scope: 'openid profile' });
      const { location = '' } = await visitor.get(url);
      if (!location.includes('error=consent_required')) throw new Error(`many clients: ${location}`);
    };
    // A node that has been up for a minute, not one that has just started.
    for (let visit = 0; visit < 600; visit += 1) await operation();
    return operation;
  };
}

const ofProduct = (
  name: string,
  aim: number | undefined,
  against: string | undefined,
  prepare: (target: Target) => Promise<Operation>,
): Scenario => ({
  name,
  aim,
  ...(against === undefined ? {} : { against }),
  yardstick: name,
  onYardstick: false,
  prepare,
});

/** In the order in which they run. The first two are compared with the yardstick's own login. */
export const SCENARIOS: readonly Scenario[] = [
  onBoth('login.password', undefined, (target) => () => firstLogin(target, byPassword(target))),
  {
    ...onBoth('login.sms', undefined, byMessageOperation),
    yardstick: 'login.password',
    onYardstick: false,
  },
  onBoth('sso', 0.8, single),
  onBoth('refresh', 0.8, refresh),
  onBoth('client_credentials', 1, (target) => async () => void (await tokens(target, machine, MACHINE))),
  onBoth('userinfo', undefined, userinfo),
  onBoth('introspection', undefined, introspection),
  ofProduct('clients.50', undefined, undefined, amongClients(MANY.few)),
  ofProduct('clients.50000', 0.9, 'clients.50', amongClients(MANY.most)),
];
