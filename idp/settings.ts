// Every setting of the system: one schema composed of the slices that the folders export, read from config/*.yaml and
// the environment. A wrong setting is one line that names it.
import { createHmac, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import { adminSettings } from './admin/admin.tsx';
import { auditSettings } from './audit/audit.ts';
import { devicesSettings } from './devices/devices.ts';
import { passwordSettings } from './factors/password/password.ts';
import { qrSettings } from './factors/qr/qr.ts';
import { smsSettings } from './factors/sms/sms.ts';
import { webauthnSettings } from './factors/webauthn/webauthn.ts';
import { oidcSettings } from './oidc/oidc.ts';
import { challengeSettings } from './platform/challenge/challenge.tsx';
import { cryptoSettings } from './platform/crypto/keyring.ts';
import { httpSettings } from './platform/http/server.ts';
import { notifySettings } from './platform/notify/settings.ts';
import { keepFirst } from './platform/store/keep-first.ts';
import { redisSettings } from './platform/store/redis/redis.ts';
import { bankCardSettings } from './proofing/authorities/bank-card/settings.ts';
import { counterSettings } from './proofing/authorities/counter/settings.ts';
import { faceSettings } from './proofing/authorities/face/settings.ts';
import { mobileOperatorSettings } from './proofing/authorities/mobile-operator/mobile-operator.ts';
import { networkIdentitySettings } from './proofing/authorities/network-identity/settings.ts';
import { populationRegisterSettings } from './proofing/authorities/population-register/population-register.ts';
import { proofingSettings } from './proofing/proofing.ts';
import { registrySettings } from './registry/registry.ts';
import { sandboxSettings } from './sandbox/sandbox.ts';
import { signinSettings } from './signin/signin.tsx';

export const ENVIRONMENTS = ['development', 'test', 'production'] as const;

export const settingsSchema = z.strictObject({
  environment: z
    .enum(ENVIRONMENTS)
    .describe('Chosen by TONGXING_ENV; production refuses everything made for trying.'),
  issuer: z.url().describe('Public address of the provider: the issuer in every token. https in production.'),
  dataFolder: z
    .string()
    .describe('Folder for what development keeps: embedded database, generated secrets, logs.'),
  logLevel: z.enum(['debug', 'info', 'warn', 'error', 'silent']).describe('Least severity that is logged.'),
  outboundAllow: z
    .array(z.string())
    .describe(
      'host or host:port that may be reached although private: services and authorities on the intranet.',
    ),
  postgres: z.strictObject({
    url: z
      .string()
      .describe('postgres:// address; empty starts the embedded server (development and test only).'),
    embeddedPort: z.number().int().min(1).max(65_535).describe('TCP port of the embedded server.'),
    poolSize: z.number().int().min(1).max(1_000).describe('Most connections of one process.'),
    statementTimeoutMs: z
      .number()
      .int()
      .min(100)
      .max(60_000)
      .describe('Milliseconds after which a statement is cancelled.'),
  }),
  redis: redisSettings,
  http: httpSettings,
  crypto: cryptoSettings,
  audit: auditSettings,
  registry: registrySettings.extend({
    seed: z
      .array(z.strictObject({ module: z.string(), registration: z.string(), port: z.number().int() }))
      .describe(
        'Demo services registered at start: their program, registration file and port. Empty in production.',
      ),
  }),
  admin: adminSettings,
  oidc: oidcSettings,
  signin: signinSettings,
  devices: devicesSettings,
  challenge: challengeSettings,
  password: passwordSettings,
  sms: smsSettings,
  qr: qrSettings,
  webauthn: webauthnSettings,
  notify: notifySettings,
  proofing: proofingSettings,
  populationRegister: populationRegisterSettings,
  mobileOperator: mobileOperatorSettings,
  bankCard: bankCardSettings,
  face: faceSettings,
  networkIdentity: networkIdentitySettings,
  counter: counterSettings,
  sandbox: sandboxSettings,
});

export type Settings = z.output<typeof settingsSchema>;

/** The project folder, from source and from dist/ alike. */
export const PROJECT = fileURLToPath(
  new URL(import.meta.url.includes('/dist/') ? '../../' : '../', import.meta.url),
);

type Tree = { [key: string]: unknown };

const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function merge(base: Tree, over: Tree): Tree {
  const merged: Tree = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key];
    merged[key] = isTree(below) && isTree(value) ? merge(below, value) : value;
  }
  return merged;
}

/** TONGXING_HTTP__METRICS_PORT names http.metricsPort. */
function pathOf(variable: string): readonly string[] {
  return variable
    .slice('TONGXING_'.length)
    .split('__')
    .map((word) => word.toLowerCase().replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()));
}

/** Reads a variable as the type that the file gives the same setting: numbers, switches and lists as JSON. */
function valueOf(text: string, like: unknown): unknown {
  if (typeof like === 'string' || like === null || like === undefined) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function fromEnvironment(files: Tree, env: Readonly<Record<string, string | undefined>>): Tree {
  let tree: Tree = {};
  for (const [variable, text] of Object.entries(env)) {
    if (!variable.startsWith('TONGXING_') || variable === 'TONGXING_ENV' || text === undefined) continue;
    if (variable.startsWith('TONGXING_TEST_')) continue;
    const steps = pathOf(variable);
    const like = steps.reduce<unknown>((at, step) => (isTree(at) ? at[step] : undefined), files);
    tree = merge(
      tree,
      steps.reduceRight<unknown>((value, step) => ({ [step]: value }), valueOf(text, like)) as Tree,
    );
  }
  return tree;
}

/** Settings that development makes up at its first start and keeps for itself. Production must be given them. */
const SECRETS = [
  ['crypto', 'keyEncryptionKey'],
  ['populationRegister', 'secret'],
  ['mobileOperator', 'secret'],
] as const;

/** Authorities whose stand-ins live on the hub of the sandbox, under their names. */
const ON_THE_HUB = ['bankCard', 'face', 'networkIdentity'] as const;

/** In a sandbox every authority is on; one without an address is its stand-in, with a key that nobody has to choose. */
function standInsOf(tree: Tree): Tree {
  const sandbox = isTree(tree['sandbox']) ? tree['sandbox'] : {};
  const ports = isTree(sandbox['ports']) ? sandbox['ports'] : {};
  const crypto = isTree(tree['crypto']) ? tree['crypto'] : {};
  if (sandbox['enabled'] !== true || typeof ports['hub'] !== 'number') return {};
  // The counter asks nobody outside: its terminal comes to us.
  const counter = isTree(tree['counter']) && tree['counter']['enabled'] === false ? { enabled: true } : {};
  const filled: Tree = { counter };
  for (const name of ON_THE_HUB) {
    const slice = isTree(tree[name]) ? tree[name] : {};
    const folder = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const key = createHmac('sha256', String(crypto['keyEncryptionKey'])).update(`sandbox ${folder}`);
    filled[name] = {
      ...(slice['enabled'] === false ? { enabled: true } : {}),
      url: slice['url'] || `http://${String(sandbox['host'])}:${String(ports['hub'])}/${folder}`,
      secret: slice['secret'] || key.digest('base64'),
    };
  }
  return filled;
}

function developmentSecrets(files: Tree, folder: string): Tree {
  const file = path.resolve(PROJECT, folder, 'secrets.json');
  const made: Tree = {};
  for (const [part, name] of SECRETS) made[part] = { [name]: randomBytes(32).toString('base64') };
  const carrier = randomBytes(32).toString('base64');
  const notify = isTree(files['notify']) ? files['notify'] : {};
  const carriers = Array.isArray(notify['carriers']) ? (notify['carriers'] as Tree[]) : [];
  made['notify'] = { carriers: carriers.map((entry) => ({ ...entry, secret: carrier })) };
  if (!existsSync(file)) {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o755 });
    keepFirst(file, JSON.stringify(made));
  }
  return merge(made, JSON.parse(readFileSync(file, 'utf8')) as Tree);
}

/** A setting that cannot be used: the message is one line that names it. */
export class SettingsError extends Error {}

function readYaml(name: string): Tree {
  const file = path.join(PROJECT, 'config', name);
  const parsed: unknown = existsSync(file) ? parse(readFileSync(file, 'utf8')) : {};
  if (!isTree(parsed)) throw new SettingsError(`config/${name} is not a map of settings`);
  return parsed;
}

/** The variable that sets a setting: the inverse of `pathOf`. */
const variableOf = (steps: readonly PropertyKey[]): string =>
  `TONGXING_${steps
    .map((step) =>
      String(step)
        .replace(/[A-Z]/g, (letter) => `_${letter}`)
        .toUpperCase(),
    )
    .join('__')}`;

/** One line for the first thing that is wrong. Names what was given nowhere by its variable; never repeats a value. */
function complaint(issues: readonly z.core.$ZodIssue[], tree: Tree): string {
  const [issue] = issues;
  if (!issue) return 'settings: cannot be read';
  const [unknown] = issue.code === 'unrecognized_keys' ? issue.keys : [];
  if (unknown !== undefined) return `${[...issue.path, unknown].join('.')}: there is no such setting`;
  const value = issue.path.reduce<unknown>((at, step) => (isTree(at) ? at[String(step)] : at), tree);
  const name = issue.path.join('.');
  if (value === undefined || value === '') return `${name}: must be given (${variableOf(issue.path)})`;
  return `${name}: ${issue.message.split('\n')[0] ?? ''}`;
}

/** What production refuses, whatever is configured. */
function refuseInProduction(settings: Settings): void {
  if (settings.environment !== 'production') return;
  const refusals: readonly (readonly [boolean, string])[] = [
    [!settings.issuer.startsWith('https:'), 'issuer: must be https in production'],
    [settings.postgres.url === '', 'postgres.url: must be given in production (TONGXING_POSTGRES__URL)'],
    [settings.redis.mode === 'off', 'redis.mode: must not be off in production (TONGXING_REDIS__MODE)'],
    [
      settings.redis.mode === 'standalone' && settings.redis.url.reveal() === '',
      'redis.url: must be given in production (TONGXING_REDIS__URL)',
    ],
    [settings.registry.allowLoopback, 'registry.allowLoopback: must be false in production'],
    [settings.registry.openDomains.length > 0, 'registry.openDomains: must be empty in production'],
    [settings.sandbox.enabled, 'sandbox.enabled: must be false in production'],
    [
      settings.password.memoryKiB < 19_456 || settings.password.passes < 2,
      'password.memoryKiB: must be at least 19456 in production, with 2 passes or more',
    ],
    // Names, numbers and cards go there, and the citizen goes to an address that is answered.
    ...(['bankCard', 'face', 'networkIdentity'] as const).map(
      (name) =>
        [
          settings[name].enabled && !settings[name].url.startsWith('https:'),
          `${name}.url: must be https in production`,
        ] as const,
    ),
    [
      settings.face.enabled && settings.face.sceneId === 'sandbox',
      'face.sceneId: must be given in production (TONGXING_FACE__SCENE_ID)',
    ],
    [settings.registry.seed.length > 0, 'registry.seed: must be empty in production'],
  ];
  for (const [refused, line] of refusals) if (refused) throw new SettingsError(line);
}

/** default.yaml, then <environment>.yaml, then TONGXING_* variables. Throws SettingsError with one line. */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const environment = env['TONGXING_ENV'] ?? 'development';
  if (!ENVIRONMENTS.some((known) => known === environment))
    throw new SettingsError(`TONGXING_ENV: "${environment}" is not one of ${ENVIRONMENTS.join(', ')}`);
  const files = merge(readYaml('default.yaml'), readYaml(`${environment}.yaml`));
  const given = fromEnvironment(files, env);
  const folder =
    isTree(given) && typeof given['dataFolder'] === 'string'
      ? given['dataFolder']
      : String(files['dataFolder']);
  const secrets = environment === 'production' ? {} : developmentSecrets(files, folder);
  const all = merge(merge(files, secrets), given);
  const tree = { ...merge(all, standInsOf(all)), environment };
  const parsed = settingsSchema.safeParse(tree);
  if (!parsed.success) throw new SettingsError(complaint(parsed.error.issues, tree));
  refuseInProduction(parsed.data);
  const { http, oidc } = parsed.data;
  // Without a proxy of ours in front, whoever calls writes that header.
  if (oidc.clientCertificateHeader !== '' && http.trustedProxyHops === 0)
    throw new SettingsError('oidc.clientCertificateHeader: needs http.trustedProxyHops of at least 1');
  return parsed.data;
}
