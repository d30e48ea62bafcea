// The product under test: the build in dist/ as `NODE_ENV=production` runs it, on real Redis and PostgreSQL. Limits are
// raised by settings, because all citizens of the benchmark come from one address; nothing else differs.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { byMessage, firstLogin, type Target } from './load/scenarios.ts';
import { openPostgres } from '../../idp/platform/store/postgres.ts';
import { API, CLIENTS, MANY, PATTERN } from './registrations.ts';
import { freePort, PROJECT, start, type Started } from './servers.ts';

/** The settings of argon2id that are in use and that hash.ts measures. */
export const HASHING = { memoryKiB: 19_456, passes: 2 } as const;

export interface ProductOptions {
  readonly folder: string;
  readonly postgresUrl: string;
  readonly redisPort: number;
  readonly carrierUrl: string;
  /** Writes a processor profile to .data/profiles when it ends. */
  readonly profile: boolean;
}

async function environment(options: ProductOptions): Promise<Record<string, string>> {
  const port = await freePort();
  const carrier = {
    id: 'bench',
    url: options.carrierUrl,
    keyId: 'bench',
    secret: 'x'.repeat(40),
    timeoutMs: 3000,
  };
  return {
    NODE_ENV: 'production',
    TONGXING_ENV: 'test',
    TONGXING_LOG_LEVEL: 'info',
    TONGXING_ISSUER: `http://127.0.0.1:${port}`,
    TONGXING_DATA_FOLDER: options.folder,
    TONGXING_POSTGRES__URL: options.postgresUrl,
    TONGXING_REDIS__MODE: 'standalone',
    TONGXING_REDIS__URL: `redis://127.0.0.1:${options.redisPort}`,
    TONGXING_HTTP__HOST: '127.0.0.1',
    TONGXING_HTTP__PORT: String(port),
    TONGXING_HTTP__METRICS_PORT: String(await freePort()),
    TONGXING_SANDBOX__ENABLED: 'false',
    TONGXING_NOTIFY__CARRIERS: JSON.stringify([carrier]),
    TONGXING_OIDC__RESOURCE_SERVERS: JSON.stringify([API]),
    TONGXING_PASSWORD__MEMORY_KI_B: String(HASHING.memoryKiB),
    TONGXING_PASSWORD__PASSES: String(HASHING.passes),
    TONGXING_PASSWORD__MAX_WAIT_MS: '10000',
    TONGXING_PASSWORD__PER_ADDRESS: '100000',
    TONGXING_SMS__PER_ADDRESS: '100000',
    TONGXING_SMS__BUDGET_PER_MINUTE: '1000000',
    TONGXING_SMS__RESEND_AFTER: '1s',
  };
}

/** Starts one process of the product; the first one migrates the database and makes the keys. */
export async function startProduct(options: ProductOptions): Promise<Started & { origin: string }> {
  const env = await environment(options);
  const flags = options.profile
    ? ['--cpu-prof', `--cpu-prof-dir=${path.join(PROJECT, '.data/profiles')}`]
    : [];
  const started = await start({
    name: 'tongxing',
    core: 0,
    command: process.execPath,
    args: [...flags, path.join(PROJECT, 'dist/idp/main.js')],
    env,
    log: path.join(options.folder, 'product.log'),
    ipc: true,
  });
  return { ...started, origin: env['TONGXING_ISSUER'] ?? '' };
}

/** Registers the services with the product's own command. */
export async function registerClients(options: ProductOptions): Promise<void> {
  const file = path.join(options.folder, 'clients.json');
  writeFileSync(file, JSON.stringify([...CLIENTS.map(({ metadata }) => metadata), PATTERN]));
  const cli = path.join(PROJECT, 'dist/idp/cli.js');
  const env = { PATH: process.env['PATH'] ?? '', ...(await environment(options)) };
  const { status, stderr } = spawnSync(process.execPath, [cli, 'client', 'import', file], {
    env,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`client import: ${stderr.split('\n')[0] ?? ''}`);
}

/** As many clients as a country has, each a row of its own. */
export async function multiplyClients(postgresUrl: string): Promise<void> {
  const postgres = openPostgres({
    url: postgresUrl,
    poolSize: 1,
    statementTimeoutMs: 60_000,
    onIdleError: () => undefined,
  });
  await postgres.run({
    name: '',
    text: `insert into registry.client
        (client_id, unit_id, metadata, secret_sealed, enabled, version, created_at, updated_at)
      select $1 || n, unit_id, jsonb_set(metadata, '{metadata,client_id}', to_jsonb($1 || n)), null, true, 1,
        created_at, updated_at
      from registry.client, generate_series(2, $2::int) n where client_id = $1 || '1'`,
    values: [MANY.prefix, MANY.most],
  });
  await postgres.close();
}

/** Numbers of a made-up range, one a citizen. */
export const phonesOf = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `138${String(10_000_000 + index * 7)}`);

/** Citizens through the front door: they register with a code, choose a password, agree to what the service asks. */
export async function seedCitizens(target: Target, phones: readonly string[]): Promise<void> {
  const { carrier } = target;
  if (!carrier) throw new Error('citizens are seeded into the product');
  const waiting = [...phones];
  const work = async (): Promise<void> => {
    for (let phone = waiting.pop(); phone !== undefined; phone = waiting.pop())
      await firstLogin(target, byMessage(carrier, phone, 'register'));
  };
  await Promise.all([work(), work(), work(), work()]);
}
