// The sandbox on free ports, and how a test talks to it: over HTTP like everybody else.
import { systemClock } from '../../idp/platform/base/clock.ts';
import { secret } from '../../idp/platform/base/secret.ts';
import type { Log } from '../../idp/platform/telemetry/log.ts';
import type { FaceSettings } from '../../idp/proofing/authorities/face/settings.ts';
import type {
  AuthoritySettings,
  OptionalAuthoritySettings,
} from '../../idp/proofing/authorities/settings.ts';
import {
  MOBILE_OPERATOR_PATH,
  POPULATION_REGISTER_PATH,
  createSandbox,
  type SandboxParts,
} from '../../idp/sandbox/sandbox.ts';
import { freePort } from '../support/global-setup.ts';

export const quiet: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

const key = (name: string) => ({
  keyId: `tongxing-${name}`,
  secret: secret(`${name}-shared-key-of-the-sandbox-0001`),
});
export const KEYS = {
  'population-register': key('population-register'),
  'mobile-operator': key('mobile-operator'),
  'sms-carrier': key('sms-carrier'),
  'bank-card': key('bank-card'),
  face: key('face'),
  'network-identity': key('network-identity'),
};

export interface Running {
  readonly hub: string;
  readonly populationRegister: AuthoritySettings;
  readonly mobileOperator: AuthoritySettings;
  readonly face: FaceSettings;
  readonly smsCarrier: string;
  /** An authority whose stand-in lives on the hub. */
  vendor(id: 'bank-card' | 'face' | 'network-identity'): OptionalAuthoritySettings;
  /** Tells a stand-in how to behave, through the control page. */
  tell(target: string, behaviour: string): Promise<void>;
  json<T>(url: string): Promise<T>;
  close(): Promise<void>;
}

export async function sandboxParts(changes: Partial<SandboxParts> = {}): Promise<SandboxParts> {
  const [hub, populationRegister, mobileOperator, smsCarrier] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  return {
    environment: 'test',
    settings: {
      enabled: true,
      host: '127.0.0.1',
      slowness: '4s',
      ports: { hub, populationRegister, mobileOperator, smsCarrier },
    },
    keys: KEYS,
    seed: async () => undefined,
    log: quiet,
    clock: systemClock,
    ...changes,
  };
}

/** What the system's settings would hold for one authority; short waits, so that tests do not take minutes. */
export const authorityAt = (url: string, shared: (typeof KEYS)['sms-carrier']): AuthoritySettings => ({
  url,
  ...shared,
  connectTimeout: '1s',
  totalTimeout: '1s',
  breakerFailures: 5,
  breakerRecovery: '1s',
  concurrency: 50,
});

/** A free port may be taken by another test before it is opened: then others are tried. */
async function opened(
  changes: Partial<SandboxParts>,
  attempts = 5,
): Promise<{ parts: SandboxParts; close: (() => Promise<void>) | undefined }> {
  const parts = await sandboxParts(changes);
  try {
    return { parts, close: await createSandbox(parts).listen?.() };
  } catch (error) {
    if (attempts <= 1 || !String(error).includes('EADDRINUSE')) throw error;
    return opened(changes, attempts - 1);
  }
}

export async function runSandbox(changes: Partial<SandboxParts> = {}): Promise<Running> {
  const { parts, close } = await opened(changes);
  if (!close) throw new Error('the sandbox did not start');
  const at = (port: number): string => `http://127.0.0.1:${port}`;
  const { ports } = parts.settings;
  const hub = at(ports.hub);
  return {
    hub,
    populationRegister: authorityAt(
      at(ports.populationRegister) + POPULATION_REGISTER_PATH,
      KEYS['population-register'],
    ),
    mobileOperator: authorityAt(at(ports.mobileOperator) + MOBILE_OPERATOR_PATH, KEYS['mobile-operator']),
    face: {
      ...authorityAt(`${hub}/face`, KEYS.face),
      enabled: true,
      validity: '1825d',
      sceneId: 'sandbox',
      model: 'MULTI_ACTION',
      leastScore: 90,
    },
    smsCarrier: at(ports.smsCarrier),
    vendor: (id) => ({ ...authorityAt(`${hub}/${id}`, KEYS[id]), enabled: true, validity: '365d' }),
    async tell(target, behaviour) {
      const body = new URLSearchParams({ target, behaviour });
      const answer = await fetch(`${hub}/control`, { method: 'POST', body, redirect: 'manual' });
      if (answer.status !== 303) throw new Error(`the control page answered ${answer.status}`);
    },
    json: async <T>(url: string) => (await (await fetch(url)).json()) as T,
    close,
  };
}
