// The composition root: builds every part once and lists the features that are on. Nothing else builds parts.
import { setTimeout as sleep } from 'node:timers/promises';
import { createAccount } from './account/account.tsx';
import { createScan } from './account/scan/scan.tsx';
import { INSPECTOR_ASSETS } from './admin/admin.tsx';
import { listAuthorities } from './authorities.ts';
import { levelsWithin } from './assurance/assurance.ts';
import {
  auditFeature,
  createAudit,
  createTrail,
  type Audit,
  type Records,
  type Trail,
} from './audit/audit.ts';
import { retentionFeature } from './audit/retention/retention.ts';
import { auditRecords } from './audit/retention/trail.ts';
import {
  createCitizens,
  createMoves,
  createRecoveries,
  movesFeature,
  recoveryRecords,
  createReindexing,
  lookupUses,
  sealedTables as sealedCitizens,
} from './citizens/citizens.ts';
import { citizenRecords } from './citizens/retention/records.ts';
import { createRights } from './citizens/retention/rights.ts';
import { sealedDevices } from './devices/devices.ts';
import { createDoctor } from './doctor/doctor.ts';
import { passwordRecords } from './factors/password/retention/records.ts';
import { recoveryCodeRecords } from './factors/recovery-code/recovery-code.ts';
import { sealedPasskeys } from './factors/webauthn/webauthn.ts';
import { createKeys } from './keys/keys.ts';
import { createOidc, type Oidc } from './oidc/oidc.ts';
import { systemClock, type Clock } from './platform/base/clock.ts';
import { seconds } from './platform/base/duration.ts';
import { CHALLENGE_ASSETS } from './platform/challenge/challenge.tsx';
import { createBlindIndex } from './platform/crypto/blind-index.ts';
import { openKeyring, type Keyring } from './platform/crypto/keyring.ts';
import { createSealer } from './platform/crypto/seal.ts';
import type { SealedTable } from './platform/crypto/sealed-table.ts';
import type { Command, Feature } from './platform/http/feature.ts';
import { createOutbound, USUAL_BOUNDS } from './platform/http/outbound.ts';
import { createServer, type Listening } from './platform/http/server.ts';
import { startJobs } from './platform/http/jobs.ts';
import { assets } from './platform/http/serving/assets.ts';
import { staticPages } from './platform/http/static-pages.tsx';
import { createLimits } from './platform/limits/limits.ts';
import { openNotify } from './platform/notify/open.ts';
import { openPostgres } from './platform/store/postgres.ts';
import type { Log } from './platform/telemetry/log.ts';
import { createMetrics } from './platform/telemetry/metrics.ts';
import { counterRecords, createCounter, sealedSubmissions } from './proofing/authorities/counter/counter.ts';
import {
  createProofing,
  documentNumbers,
  parseResidentId,
  sealedTables as sealedCases,
} from './proofing/proofing.ts';
import { operatorRecords, sealedTables as sealedClients, type Registry } from './registry/registry.ts';
import { openRelyingParties, partiesFeatures, type RelyingParties } from './relying-parties.ts';
import { createSandbox, seedPersonas, seedPosts } from './sandbox/sandbox.ts';
import type { Settings } from './settings.ts';
import { createEnginePages } from './signin/engine-pages.tsx';
import { createSignin } from './signin/signin.tsx';
import { openDevices, openFactors } from './ways.ts';
import { openEphemeral, storesFeature } from './stores.ts';

export interface App {
  readonly features: readonly Feature[];
  readonly commands: readonly Command[];
  readonly records: readonly Records[];
  readonly registry: Registry;
  /** Units, posts, clients and their life. */
  readonly parties: RelyingParties;
  readonly audit: Audit;
  readonly trail: Trail;
  readonly keyring: Keyring;
  /** Opens all ports and starts the jobs. */
  listen(): Promise<Listening>;
  close(): Promise<void>;
}

export interface AppParts {
  readonly settings: Settings;
  /** Of a migrated database. */
  readonly postgresUrl: string;
  readonly log: Log;
  readonly clock?: Clock;
}

/** What everything else stands on: stores, keys, limits, the way out, log, clock. */
async function openGround({ settings, postgresUrl, log, clock = systemClock }: AppParts) {
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
  const outbound = createOutbound({ ...USUAL_BOUNDS, allowHosts: settings.outboundAllow });
  const limits = createLimits({ ephemeral, postgres, keyring, clock });
  const sealer = createSealer(keyring);
  const index = createBlindIndex(keyring);
  const metrics = createMetrics();
  const issuer = new URL(settings.issuer);
  return {
    settings,
    postgres,
    ephemeral,
    sweep,
    keyring,
    sealer,
    index,
    limits,
    outbound,
    metrics,
    log,
    clock,
    issuer,
  };
}

export type Ground = Awaited<ReturnType<typeof openGround>>;

/** The domain: audit, citizens, devices, factors, proofing, registry. */
async function buildDomain(ground: Ground, checkClient: Oidc['checkClient']) {
  const { settings, log, clock } = ground;
  const flushMs = seconds(settings.audit.flushInterval) * 1000;
  const audit = createAudit({ ...ground, flushMs, onError: (error) => log.error('audit', error) });
  const trail = createTrail({ ...ground, audit });
  const citizens = createCitizens(ground);
  const common = { ...ground, audit, trail, citizens };
  const messages = openNotify({ ...ground, settings: settings.notify, allowHosts: settings.outboundAllow });
  const { notify } = messages;
  const devices = openDevices({ ...common, notify });
  const parseDocument = (text: string) => {
    const parsed = parseResidentId(text, clock.now());
    return parsed.is === 'ok' ? { kind: 'CN_RIC' as const, number: parsed.number } : undefined;
  };
  const ways = openFactors({ ...common, notify, devices, parseDocument });
  const counter = settings.counter.enabled
    ? createCounter({
        ...common,
        settings: settings.counter,
        onDecided: (citizenId, caseId) => proofing.decided(citizenId, caseId),
      })
    : undefined;
  const recoveries = createRecoveries(ground);
  const waitSeconds = seconds(settings.signin.newPhoneWait);
  const proofing = createProofing({
    ...common,
    notify,
    moves: createMoves({ ...common, recoveries, notify, waitSeconds }),
    settings: settings.proofing,
    authorities: listAuthorities(ground, counter?.authority),
    tickets: counter?.tickets,
  });
  const parties = await openRelyingParties({ ...common, notify, checkClient });
  const texting = [messages.feature, ways.sms.feature];
  return {
    ...common,
    ...ways,
    counter,
    devices,
    notify,
    recoveries,
    texting,
    proofing,
    ...parties,
    parseDocument,
  };
}

export type Domain = Awaited<ReturnType<typeof buildDomain>>;

function buildOidc(domain: Domain): Oidc {
  const { settings, registry, proofing, factors, metrics, clock } = domain;
  return createOidc({
    ...domain,
    settings: settings.oidc,
    credentialUsed: (id) => domain.credentials.used(id),
    evidence: (citizenId) => proofing.evidence(citizenId),
    proofingStatus: (citizenId, wanted) => proofing.reason(citizenId, wanted),
    documentNumbers: (text) => documentNumbers(text, clock.now()),
    methods: proofing.methods,
    attainable: levelsWithin(
      proofing.ceiling,
      factors.list.map((factor) => factor.amr),
    ),
    pages: createEnginePages({ registry, sandbox: settings.sandbox.enabled }),
    countError: metrics.counter('oauth_errors_total', 'OAuth errors answered, by code', ['error']),
  });
}

/** Whatever is kept by citizen: a table that none of these declares is found by test/records.test.ts. */
function listRecords(domain: Domain, oidc: Oidc): readonly Records[] {
  const { settings, audit, proofing, passkeys } = domain;
  return [
    citizenRecords(domain),
    proofing.records,
    counterRecords({ ...domain, ...settings.proofing }),
    passwordRecords(domain),
    passkeys.records,
    domain.devices.records,
    recoveryCodeRecords(domain),
    recoveryRecords(domain),
    operatorRecords(domain),
    oidc.records,
    auditRecords(audit),
  ];
}

/** A feature is on when it stands here, gone when it does not. */
function listFeatures(domain: Domain, oidc: Oidc, records: readonly Records[]): readonly Feature[] {
  const { settings, audit, proofing, factors, counter, sweep, texting, qr } = domain;
  const sandbox = settings.sandbox.enabled;
  const rights = createRights({ ...domain, records, signOut: (id) => oidc.signOut(id) });
  const { keepEvidenceDays } = settings.proofing;
  const noticeDays = Math.floor(seconds(settings.devices.noticeLife) / DAY_SECONDS);
  const features: readonly Feature[] = [
    sweep,
    storesFeature(domain),
    ...texting,
    assets([
      ...CHALLENGE_ASSETS,
      ...INSPECTOR_ASSETS,
      ...factors.list.flatMap(({ assets: files }) => files ?? []),
    ]),
    staticPages(sandbox),
    auditFeature(audit, domain.trail, seconds(settings.audit.sealInterval)),
    keysFeature(domain),
    createDoctor({ ...domain, password: settings.password }),
    ...partiesFeatures(domain, oidc, () => features.flatMap(({ health }) => health ?? [])),
    oidc.feature,
    proofing.feature,
    ...(counter ? [counter.feature] : []),
    createSignin({ ...domain, oidc, settings: settings.signin, sandbox }),
    createAccount({ ...domain, oidc, rights, keepEvidenceDays, noticeDays, sandbox }),
    qr.feature,
    createScan({ ...domain, oidc, scans: qr.scans, sandbox }),
    movesFeature({ ...domain, signOut: (id) => oidc.signOut(id) }),
    retentionFeature({ ...domain, records }),
    ...(sandbox ? [sandboxFeature(domain)] : []),
  ];
  return features;
}

/** Every table with sealed columns: what stands in none of these is lost with the key that sealed it. */
export const SEALED_TABLES: readonly SealedTable[] = [
  ...sealedCitizens,
  sealedPasskeys,
  ...sealedCases,
  sealedSubmissions,
  sealedDevices,
  ...sealedClients,
];

const DAY_SECONDS = 86_400;

function keysFeature(domain: Domain): Feature {
  const { oidc, signin, crypto, counter, devices } = domain.settings;
  return createKeys({
    ...domain,
    tables: SEALED_TABLES,
    reindexing: createReindexing(domain),
    uses: lookupUses(domain),
    keepSeconds: {
      // Requests and flows in progress, and links in messages, are sealed where nobody can count them.
      seal: Math.max(
        DAY_SECONDS,
        seconds(oidc.signinLife),
        seconds(signin.flowLife),
        seconds(devices.noticeLife),
      ),
      // A refresh token keeps the digests of the values that its service named; a ticket is found by its digest.
      index: Math.max(DAY_SECONDS, seconds(oidc.refreshTokenLife), seconds(counter.ticketLife)),
    },
    jwksMaxAgeSeconds: seconds(oidc.jwksMaxAge),
    hearingSeconds: 2 * seconds(crypto.reload),
    sleep: (ms) => sleep(ms),
  });
}

function sandboxFeature(domain: Domain): Feature {
  const { settings, password, counter, issuer } = domain;
  return createSandbox({
    ...domain,
    environment: settings.environment,
    settings: settings.sandbox,
    keys: {
      'population-register': settings.populationRegister,
      'mobile-operator': settings.mobileOperator,
      'sms-carrier': carrierKey(settings),
      'bank-card': settings.bankCard,
      face: settings.face,
      'network-identity': settings.networkIdentity,
    },
    counter: counter && { api: issuer, directory: counter.directory },
    receipts: new URL(`/receipts/sms/${settings.notify.carriers[0]?.id ?? ''}`, issuer),
    async seed() {
      await seedPersonas({ ...domain, setPassword: (tx, id, value) => password.set(tx, id, value.reveal()) });
      await seedPosts(domain);
    },
  });
}

/** Opens stores and keys and wires all parts. Fails with one line when a store or a setting cannot be used. */
export async function openApp(parts: AppParts): Promise<App> {
  const ground = await openGround(parts);
  // The registry asks the engine whether it could work with a client, and the engine asks the registry for clients.
  const domain: Domain = await buildDomain(ground, (metadata) => oidc.checkClient(metadata));
  const oidc = buildOidc(domain);
  const { settings, registry, audit, keyring, issuer, log, metrics, postgres } = domain;
  const records = listRecords(domain, oidc);
  const features = listFeatures(domain, oidc, records);
  const server = createServer({
    ...domain,
    settings: settings.http,
    publicUrl: issuer,
    features,
    sandbox: settings.sandbox.enabled,
    before: oidc.middleware,
  });
  const closers: (() => Promise<void>)[] = [];
  return {
    features,
    commands: features.flatMap((feature) => feature.commands ?? []),
    records,
    registry,
    parties: domain,
    audit,
    trail: domain.trail,
    keyring,
    async listen() {
      const listening = await server.listen();
      closers.push(() => listening.close());
      for (const feature of features) if (feature.listen) closers.push(await feature.listen());
      const jobs = features.flatMap((feature) => feature.jobs ?? []);
      closers.push(startJobs({ jobs, log, metrics, postgres }));
      return listening;
    },
    async close() {
      // The server first, so that nothing new begins; what jobs and requests noted is written before the stores go.
      for (const close of closers) await close();
      for (const part of [
        domain.devices,
        domain.activity,
        audit,
        registry,
        keyring,
        ground.ephemeral,
        postgres,
      ])
        await part.close();
    },
  };
}

/** The sandbox carrier is the first one; it answers to the same key. */
function carrierKey({ notify }: Settings) {
  const [carrier] = notify.carriers;
  if (!carrier) throw new Error('notify.carriers: the sandbox needs a carrier to stand in for');
  return { keyId: carrier.keyId, secret: carrier.secret };
}
