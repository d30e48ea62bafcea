// The composition root: builds every part once and lists the features that are on. Nothing else builds parts.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAccount, accountClient } from './account/account.tsx';
import { levelsWithin } from './assurance/assurance.ts';
import { auditFeature, createAudit, type Audit } from './audit/audit.ts';
import { createCitizens } from './citizens/citizens.ts';
import { createFactors } from './factors/factors.ts';
import { createPasswordFactor } from './factors/password/password.ts';
import { createSmsFactor } from './factors/sms/sms.ts';
import { createOidc } from './oidc/oidc.ts';
import { systemClock, type Clock } from './platform/base/clock.ts';
import { seconds } from './platform/base/duration.ts';
import { randomToken } from './platform/base/ids.ts';
import { createBlindIndex } from './platform/crypto/blind-index.ts';
import { openKeyring, type Keyring } from './platform/crypto/keyring.ts';
import { createSealer } from './platform/crypto/seal.ts';
import type { Command, Feature } from './platform/http/feature.ts';
import { createOutbound } from './platform/http/outbound.ts';
import { createServer, type Listening } from './platform/http/server.ts';
import { startJobs } from './platform/http/jobs.ts';
import { assets } from './platform/http/assets.ts';
import { staticPages } from './platform/http/static-pages.tsx';
import { createLimits } from './platform/limits/limits.ts';
import { createNotify } from './platform/notify/notify.ts';
import { createHttpCarrier } from './platform/notify/sms/http-carrier.ts';
import { createRedisEphemeral } from './platform/store/ephemeral-redis.ts';
import { createPostgresEphemeral } from './platform/store/ephemeral-postgres.ts';
import type { Ephemeral } from './platform/store/ephemeral.ts';
import { openPostgres, type Postgres } from './platform/store/postgres.ts';
import { openRedis } from './platform/store/redis.ts';
import type { Log } from './platform/telemetry/log.ts';
import { createMetrics } from './platform/telemetry/metrics.ts';
import { createMobileOperator } from './proofing/authorities/mobile-operator/mobile-operator.ts';
import { createPopulationRegister } from './proofing/authorities/population-register/population-register.ts';
import { createProofing, parseResidentId } from './proofing/proofing.ts';
import { createRegistry, registryFeature, type Registry } from './registry/registry.ts';
import { createSandbox, seedPersonas } from './sandbox/sandbox.ts';
import { PROJECT, type Settings } from './settings.ts';
import { createEnginePages } from './signin/engine-pages.tsx';
import { createSignin } from './signin/signin.tsx';

export interface App {
  readonly features: readonly Feature[];
  readonly commands: readonly Command[];
  readonly registry: Registry;
  readonly audit: Audit;
  readonly keyring: Keyring;
  /** Opens all ports and starts the jobs. */
  listen(): Promise<Listening>;
  /** Registers the demo services of `registry.seed`; their secrets are made once and kept in the data folder. */
  seedClients(): Promise<readonly SeededClient[]>;
  close(): Promise<void>;
}

export interface SeededClient {
  readonly name: string;
  readonly module: string;
  readonly port: number;
  readonly url: string;
  readonly clientId: string;
  readonly secretFile: string;
}

export interface AppParts {
  readonly settings: Settings;
  /** Of a migrated database. */
  readonly postgresUrl: string;
  readonly log: Log;
  readonly clock?: Clock;
}

function openEphemeral(
  settings: Settings,
  postgres: Postgres,
  log: Log,
): { ephemeral: Ephemeral; sweep: Feature } {
  if (settings.redis.mode !== 'off') {
    const redis = openRedis(settings.redis, (error) => log.error('redis', error));
    return {
      ephemeral: createRedisEphemeral(redis, settings.redis),
      sweep: { name: 'redis' },
    };
  }
  const ephemeral = createPostgresEphemeral(postgres);
  const run = async (): Promise<void> => void (await ephemeral.sweep());
  return {
    ephemeral,
    sweep: { name: 'ephemeral', jobs: [{ name: 'ephemeral.sweep', everySeconds: 60, exclusive: true, run }] },
  };
}

/** Opens stores and keys and wires all parts. Fails with one line when a store or a setting cannot be used. */
export async function openApp({ settings, postgresUrl, log, clock = systemClock }: AppParts): Promise<App> {
  const metrics = createMetrics();
  const issuer = new URL(settings.issuer);
  const sandboxOn = settings.sandbox.enabled;
  const postgres = openPostgres({
    url: postgresUrl,
    poolSize: settings.postgres.poolSize,
    statementTimeoutMs: settings.postgres.statementTimeoutMs,
    onIdleError: (error) => log.error('postgres', error),
  });
  const { ephemeral, sweep } = openEphemeral(settings, postgres, log);
  const keyring = await openKeyring({
    postgres,
    clock,
    keyEncryptionKey: settings.crypto.keyEncryptionKey,
    reloadSeconds: seconds(settings.crypto.reload),
    onError: (error) => log.error('keys', error),
  });
  const sealer = createSealer(keyring);
  const index = createBlindIndex(keyring);
  const limits = createLimits({ ephemeral, postgres, keyring, clock });
  const outbound = createOutbound({
    allowHosts: settings.outboundAllow,
    connectMs: 1_000,
    timeoutMs: 3_000,
    maxBytes: 262_144,
  });

  const flushMs = seconds(settings.audit.flushInterval) * 1000;
  const audit = createAudit({
    postgres,
    keyring,
    clock,
    flushMs,
    onError: (error) => log.error('audit', error),
  });
  const citizens = createCitizens({ postgres, sealer, index, clock });

  const carriers = settings.notify.carriers.map((carrier) =>
    createHttpCarrier({ ...carrier, clock, fetch: outbound as typeof fetch }),
  );
  const notify = createNotify({ carriers, log });
  const parseDocument = (text: string) => {
    const parsed = parseResidentId(text, clock.now());
    return parsed.is === 'ok' ? { kind: 'CN_RIC' as const, number: parsed.number } : undefined;
  };
  const common = { postgres, ephemeral, citizens, audit, limits, keyring, sealer, clock, log };
  const password = createPasswordFactor({ ...common, parseDocument, settings: settings.password });
  const sms = createSmsFactor({ ...common, notify, host: issuer.host, settings: settings.sms });
  const factors = createFactors([password, sms]);

  const proofing = createProofing({
    ...common,
    settings: settings.proofing,
    authorities: [
      createPopulationRegister({ settings: settings.populationRegister, clock }),
      createMobileOperator({ settings: settings.mobileOperator, clock }),
    ],
  });
  const attainable = levelsWithin(
    proofing.ceiling,
    factors.list.map((factor) => factor.amr),
  );

  const registry = await createRegistry({
    postgres,
    audit,
    sealer,
    clock,
    cacheSeconds: seconds(settings.registry.cache),
    allowLoopback: settings.registry.allowLoopback,
    builtIn: [accountClient(issuer)],
    validate: (metadata) => oidc.checkClient(metadata),
  });
  const oidc = createOidc({
    ...common,
    issuer,
    settings: settings.oidc,
    registry,
    attainable,
    outbound,
    pages: createEnginePages({ registry, sandbox: sandboxOn }),
    countError: metrics.counter('oauth_errors_total', 'OAuth errors answered, by code', ['error']),
    sleep: (ms) => sleep(ms),
  });

  const features: Feature[] = [
    sweep,
    {
      name: 'stores',
      health: [
        { name: 'postgres', check: () => postgres.ping() },
        { name: 'ephemeral', check: () => ephemeral.ping() },
      ],
    },
    assets(),
    staticPages(sandboxOn),
    auditFeature(audit, seconds(settings.audit.sealInterval)),
    registryFeature(registry),
    oidc.feature,
    proofing.feature,
    createSignin({ ...common, oidc, factors, proofing, settings: settings.signin, sandbox: sandboxOn }),
    createAccount({ issuer, oidc, citizens, registry, audit, clock, sandbox: sandboxOn }),
  ];
  if (sandboxOn) {
    features.push(
      createSandbox({
        environment: settings.environment,
        settings: settings.sandbox,
        keys: {
          populationRegister: {
            keyId: settings.populationRegister.keyId,
            secret: settings.populationRegister.secret,
          },
          mobileOperator: { keyId: settings.mobileOperator.keyId, secret: settings.mobileOperator.secret },
          smsCarrier: carrierKey(settings),
        },
        seed: () =>
          seedPersonas({
            audit,
            citizens,
            clock,
            setPassword: (tx, id, value) => password.set(tx, id, value.reveal()),
          }),
        log,
        clock,
      }),
    );
  }
  const server = createServer({
    settings: settings.http,
    publicUrl: issuer,
    log,
    metrics,
    features,
    clock,
    keyring,
    sandbox: sandboxOn,
    before: oidc.middleware,
  });
  const closers: (() => Promise<void>)[] = [];
  return {
    features,
    commands: [...features.flatMap((feature) => feature.commands ?? []), limitsCommand(limits)],
    registry,
    audit,
    keyring,
    seedClients: () => seedClients(settings, registry),
    async listen() {
      const listening = await server.listen();
      closers.push(() => listening.close());
      for (const feature of features) if (feature.listen) closers.push(await feature.listen());
      closers.push(
        startJobs({ jobs: features.flatMap((feature) => feature.jobs ?? []), log, metrics, postgres }),
      );
      return listening;
    },
    async close() {
      // The server first, so that nothing new begins; what jobs and requests noted is written before the stores go.
      for (const close of closers) await close();
      await oidc.close();
      await audit.close();
      await registry.close();
      await keyring.close();
      await ephemeral.close();
      await postgres.close();
    },
  };
}

/** The sandbox carrier is the first one; it answers to the same key. */
function carrierKey({ notify }: Settings) {
  const [carrier] = notify.carriers;
  if (!carrier) throw new Error('notify.carriers: the sandbox needs a carrier to stand in for');
  return { keyId: carrier.keyId, secret: carrier.secret };
}

function limitsCommand(limits: ReturnType<typeof createLimits>): Command {
  return {
    name: 'limits',
    usage: '[--json]',
    summary: 'every declared limit: how much, per what, and why',
    run(args, io) {
      if (args.includes('--json')) io.out(JSON.stringify(limits.list()));
      else
        for (const { name, burst, periodSeconds, per, why } of limits.list())
          io.out(`${name}: ${burst} in ${periodSeconds} s per ${per} (${why})`);
      return Promise.resolve(0);
    },
  };
}

/** A secret of a demo service: made once, readable by its owner only, never in the repository. */
function demoSecret(folder: string, clientId: string): { file: string; secret: string } {
  const file = path.join(folder, `${clientId}.secret`);
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(file, randomToken(32), { mode: 0o600 });
  }
  return { file, secret: readFileSync(file, 'utf8') };
}

async function seedClients(settings: Settings, registry: Registry): Promise<readonly SeededClient[]> {
  const folder = path.resolve(PROJECT, settings.dataFolder, 'clients');
  const seeded: SeededClient[] = [];
  for (const { module, registration, port } of settings.registry.seed) {
    const metadata = JSON.parse(readFileSync(path.join(PROJECT, registration), 'utf8')) as {
      client_id: string;
      client_name: string;
    };
    const { file, secret } = demoSecret(folder, metadata.client_id);
    await registry.import({ ...metadata, client_secret: secret }, 'system');
    seeded.push({
      name: metadata.client_name,
      module,
      port,
      url: `http://localhost:${port}`,
      clientId: metadata.client_id,
      secretFile: file,
    });
  }
  return seeded;
}
