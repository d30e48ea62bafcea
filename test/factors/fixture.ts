// The factors over real stores and a real carrier, and a host that keeps what a step remembers.
import { randomBytes } from 'node:crypto';
import { h, type VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';
import type { AuditEvent } from '../../idp/audit/events.ts';
import {
  createCitizens,
  parsePhone,
  type CitizenId,
  type Citizens,
  type DocumentNumber,
  type Phone,
} from '../../idp/citizens/citizens.ts';
import {
  createPasswordFactor,
  type KnownDevice,
  type PasswordFactor,
} from '../../idp/factors/password/password.ts';
import type { PasswordSettings } from '../../idp/factors/password/settings.ts';
import type { ParseDocument } from '../../idp/factors/password/account.ts';
import { createQr, type Qr } from '../../idp/factors/qr/qr.ts';
import { createSmsFactor, type SmsFactor } from '../../idp/factors/sms/sms.ts';
import type { SmsSettings } from '../../idp/factors/sms/settings.ts';
import {
  createWebauthnFactor,
  type WebauthnFactor,
  type WebauthnSettings,
} from '../../idp/factors/webauthn/webauthn.ts';
import { Fault } from '../../idp/platform/base/errors.ts';
import {
  createChallenges,
  type Challenges,
  type ChallengeSettings,
} from '../../idp/platform/challenge/challenge.tsx';
import type { Frame, Screen, Step, StepContext, Submitted } from '../../idp/platform/http/step.ts';
import type { Locale } from '../../idp/platform/i18n/messages.ts';
import { createLimits, type Limits } from '../../idp/platform/limits/limits.ts';
import type { Notify } from '../../idp/platform/notify/notify.ts';
import type { Ephemeral, Json } from '../../idp/platform/store/ephemeral.ts';
import type { Sealer } from '../../idp/platform/crypto/seal.ts';
import type { Log } from '../../idp/platform/telemetry/log.ts';
import { createMetrics, type Metrics } from '../../idp/platform/telemetry/metrics.ts';
import { auditFixture, type AuditFixture } from '../audit/fixture.ts';
import { carrierServer, type CarrierServer } from '../platform/notify/carrier-server.ts';
import { carrierAt, notifyOver, type Stores } from '../platform/notify/carriers.ts';
import { backEnds, type BackEnd } from '../support/ephemeral.ts';
import { keyringIndex, keyringSealer } from '../support/sealer.ts';

export const PASSWORDS: PasswordSettings = {
  memoryKiB: 7168,
  passes: 1,
  maxConcurrent: 0,
  maxQueue: 200,
  maxWaitMs: 10_000,
  tries: 6,
  window: '10m',
  lock: '10m',
  stopAfter: 100,
  perAddress: 20,
  perNetwork: 100_000,
  perDevice: 20,
  failuresPerMinute: 100_000,
  sprayingFrom: 1_000,
  sprayingWindow: '10m',
};

export const CHALLENGES: ChallengeSettings = {
  work: 4,
  underPressure: 2,
  unprovenPerAddress: 100_000,
  unprovenPerMinute: 100_000,
};

export const MESSAGES: SmsSettings = {
  signature: '国家政务登录',
  codeLife: '5m',
  tries: 5,
  window: '10m',
  lock: '10m',
  resendAfter: '60s',
  perNumber: 5,
  perNumberPeriod: '24h',
  perRange: 1000,
  perAddress: 25,
  budgetPerMinute: 1000,
  waitMs: 1500,
  usedWindow: '15m',
  leastUsedPercent: 30,
  leastUsedCount: 10,
};

export const PASSKEYS: WebauthnSettings = {
  rpId: '',
  fullAfter: '72h',
  perAddress: 200,
  offerAgain: '90d',
};
/** Where the pages of the passkey factor stand. */
export const ISSUER = new URL('https://login.example.gov.cn');

/** Long enough to sign in alone, and short enough to need a second factor. */
export const LONG = 'lan tian xia de bai yun';
export const SHORT = 'k7Vq-2xT';

export interface FactorsFixture extends AuditFixture {
  readonly ephemeral: Ephemeral;
  readonly limits: Limits;
  readonly citizens: Citizens;
  readonly sealer: Sealer;
  readonly carrier: CarrierServer;
  /** What the log got: message and fields. */
  readonly logged: string[];
  qr(): Qr;
  /** Proof-of-work over the store of this fixture. */
  challenges(changed?: Partial<ChallengeSettings>): Challenges;
  password(changed?: Partial<PasswordSettings>, parts?: PasswordParts): PasswordFactor;
  passkey(changed?: Partial<WebauthnSettings>): WebauthnFactor;
  /** `notify`: other carriers than the fixture's one. */
  sms(changed?: Partial<SmsSettings>, notify?: Notify, challenges?: Partial<ChallengeSettings>): SmsFactor;
  readonly stores: Stores;
  readonly metrics: Metrics;
  newCitizen(password?: string): Promise<{ readonly id: CitizenId; readonly phone: Phone }>;
  events(type: AuditEvent['type'], citizenId?: CitizenId): Promise<number>;
}

export interface PasswordParts {
  readonly ephemeral?: Ephemeral;
  readonly challenges?: Partial<ChallengeSettings>;
  readonly knownDevice?: KnownDevice;
}

/** An ID number of 18 characters; which ones exist is decided elsewhere. */
export const parseDocument: ParseDocument = (typed) =>
  /^\d{17}[\dX]$/.test(typed) ? { kind: 'CN_RIC', number: typed as DocumentNumber } : undefined;

export const newPhone = (): Phone => {
  const phone = parsePhone(`138${String(randomBytes(4).readUInt32BE() % 100_000_000).padStart(8, '0')}`);
  if (!phone) throw new Error('no phone');
  return phone;
};

export async function factorsFixture(backEnd: BackEnd = backEnds()[0]!): Promise<FactorsFixture> {
  const base = await auditFixture(30);
  const { audit, clock, keyring } = base;
  const { postgres } = base.database;
  const [ephemeral, carrier] = await Promise.all([backEnd.open(), carrierServer()]);
  const sealer = keyringSealer(keyring);
  const citizens = createCitizens({ postgres, sealer, index: keyringIndex(keyring), clock });
  const limits = createLimits({ ephemeral, postgres, keyring, clock });
  const logged: string[] = [];
  const write = (text: string, ...rest: unknown[]): void =>
    void logged.push(`${text} ${JSON.stringify(rest)}`);
  const log: Log = { info: write, warn: write, error: write };
  const stores = { postgres, ephemeral, keyring, clock, log };
  const notify = notifyOver(stores, [carrierAt(carrier.url, { voice: true })]);
  const metrics = createMetrics();
  const fresh = (over: Ephemeral): Limits => createLimits({ ephemeral: over, postgres, keyring, clock });

  const challengesOver = (over: Ephemeral, changed: Partial<ChallengeSettings> = {}): Challenges =>
    createChallenges({
      ephemeral: over,
      limits: fresh(over),
      keyring,
      metrics,
      clock,
      settings: { ...CHALLENGES, ...changed },
    });

  const fixture: FactorsFixture = {
    ...base,
    challenges: (changed) => challengesOver(ephemeral, changed),
    ephemeral,
    limits,
    citizens,
    sealer,
    carrier,
    logged,
    stores,
    metrics,
    password: (changed = {}, parts = {}) =>
      createPasswordFactor({
        postgres,
        citizens,
        audit,
        keyring,
        clock,
        log,
        metrics,
        parseDocument,
        ephemeral: parts.ephemeral ?? ephemeral,
        challenges: challengesOver(parts.ephemeral ?? ephemeral, parts.challenges),
        limits: fresh(parts.ephemeral ?? ephemeral),
        ...(parts.knownDevice ? { knownDevice: parts.knownDevice } : {}),
        settings: { ...PASSWORDS, ...changed },
      }),
    sms: (changed = {}, over = notify, challenges = {}) =>
      createSmsFactor({
        ephemeral,
        challenges: challengesOver(ephemeral, challenges),
        citizens,
        audit,
        keyring,
        sealer,
        notify: over,
        log,
        metrics,
        clock,
        host: 'login.example.gov.cn:3000',
        limits: Object.keys(changed).length === 0 ? limits : fresh(ephemeral),
        settings: { ...MESSAGES, ...changed },
      }),
    qr: () =>
      createQr({
        ephemeral,
        citizens,
        audit,
        limits,
        sealer,
        clock,
        issuer: ISSUER,
        settings: { life: '90s', perAddress: 20 },
      }),
    passkey: (changed = {}) =>
      createWebauthnFactor({
        postgres,
        ephemeral,
        citizens,
        audit,
        keyring,
        sealer,
        clock,
        limits: fresh(ephemeral),
        issuer: ISSUER,
        settings: { ...PASSKEYS, ...changed },
      }),
    newCitizen: (password) => newCitizen(fixture, password),
    async events(type, citizenId) {
      await audit.flush();
      const found = await base.tamper(
        'select count(*)::int as n from audit.event where type = $1 and ($2::uuid is null or citizen_id = $2)',
        [type, citizenId ?? null],
      );
      return (found.rows[0] as { n: number }).n;
    },
    async close() {
      await notify.drained();
      await base.close();
      await Promise.all([ephemeral.close(), carrier.close()]);
    },
  };
  return fixture;
}

async function newCitizen(
  fixture: FactorsFixture,
  password: string | undefined,
): Promise<{ id: CitizenId; phone: Phone }> {
  const phone = newPhone();
  const id = await fixture.audit.change(async (tx) => {
    const outcome = await fixture.citizens.register(tx, phone, fixture.clock.now());
    if (outcome.is !== 'registered') throw new Error(outcome.is);
    if (password !== undefined) await fixture.password().set(tx, outcome.id, password);
    tx.record({
      type: 'citizen.registered',
      data: { method: 'sms' },
      citizenId: outcome.id,
      actor: 'system',
    });
    return outcome.id;
  });
  return { id, phone };
}

export type Outcome<Done> =
  | Submitted<Done>
  /** Refused with a page of its own. */
  | { readonly is: 'fault'; readonly code: string; readonly detail: Fault['detail'] };

export interface Flow<Done> {
  submit(form: Readonly<Record<string, string>>): Promise<Outcome<Done>>;
  show(): Promise<Screen>;
  /** The page as the host would send it, after the last answer. */
  html(): Promise<string>;
  /** What the last answer complained about. */
  problems(): Frame['problems'];
  scratch(): Json | undefined;
}

export interface FlowOptions {
  readonly flow?: string;
  readonly address?: string;
  readonly device?: string;
  readonly locale?: Locale;
  readonly service?: string;
}

let addresses = 0;

/** One person in one browser going through a step. Each has an address of its own unless one is given. */
export function flowOf<State, Done>(
  step: Step<State, Done> | undefined,
  state: State,
  options: FlowOptions = {},
): Flow<Done> {
  if (!step) throw new Error('the factor has no such step');
  let scratch: Json | undefined;
  let last: Extract<Submitted<Done>, { is: 'again' }> | undefined;
  const flow = options.flow ?? randomBytes(16).toString('hex');
  const address = options.address ?? `10.0.${(addresses += 1) >> 8}.${addresses & 255}`;
  const locale = options.locale ?? 'zh-CN';
  const context = (): StepContext<State> => ({
    state,
    scratch,
    locale,
    flow,
    address,
    device: options.device,
    service: options.service,
    now: new Date(),
    here: 'http://localhost:3000/signin/flow',
  });
  return {
    async submit(form) {
      try {
        const answer = await step.submit(context(), form);
        last = answer.is === 'again' ? answer : undefined;
        if (answer.is !== 'done' && answer.scratch !== undefined) scratch = answer.scratch;
        return answer;
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        return { is: 'fault', code: error.code, detail: error.detail };
      }
    },
    show: () => step.show(context()),
    html: async () => renderScreen(await step.show(context()), locale, last?.problems ?? []),
    problems: () => last?.problems ?? [],
    scratch: () => scratch,
  };
}

export function renderScreen(screen: Screen, locale: Locale, problems: Frame['problems']): string {
  return renderToString(
    screen.body({
      locale,
      action: '/signin/flow/step',
      hidden: h('input', { type: 'hidden', name: 'csrf', value: 'token' }) as VNode,
      problems,
      values: {},
      link: (query) => `?${new URLSearchParams(query).toString()}`,
    }),
  );
}

/** The code of the last message to this number. */
export function codeFor(carrier: CarrierServer, phone: Phone): string {
  const text = carrier.received.findLast((message) => message.body['to'] === phone)?.body['text'];
  const code = typeof text === 'string' ? /#(\d{6})$/.exec(text)?.[1] : undefined;
  if (!code) throw new Error('no message with a code');
  return code;
}

/** A code that is certainly not `code`. */
export const otherThan = (code: string, step = 1): string =>
  String((Number(code) + step) % 1_000_000).padStart(6, '0');
