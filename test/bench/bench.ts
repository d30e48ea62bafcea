// `npm run bench`: the product beside the bare engine, in one run on one machine. One JSON line a scenario and target,
// and one a scenario with the ratios. Trust cpuMsPerOp and the ratios: the clock of a shared machine wanders.
//
// storeRoundTrips and storeWaits are counted in a short part of their own, one operation after the other, by a relay
// between the server and its stores: an exchange of one connection counts once, however many pipelined commands it
// carries; background work that falls into the time (writing the audit trail) is in it. storeWaits counts exchanges
// that run side by side as one.
import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEmbeddedPostgres } from '../../idp/platform/store/embedded.ts';
import { createCounter, openRelay, type Counter } from './counting.ts';
import { openCarrier, type Carrier } from './load/carrier.ts';
import { measure, rssMbOf, type Bounds, type Measured } from './load/measure.ts';
import { SCENARIOS, type Scenario, type Target } from './load/scenarios.ts';
import { openLine } from './load/visitor.ts';
import {
  HASHING,
  multiplyClients,
  phonesOf,
  registerClients,
  seedCitizens,
  startProduct,
} from './product.ts';
import { cpuMsPerOperation, lineOf, median, ratioOf, type Stores } from './report.ts';
import { createEnds, freePort, PROJECT, start, startBare, startRedis, type Ends } from './servers.ts';

const VISITORS = 16;
const COUNTED = 20;
/** More than VISITORS logins a second must not meet the same number within its pause of one second. */
const CITIZENS = 200;

const PRODUCT_PATHS = {
  authorize: '/oidc/authorize',
  token: '/oidc/token',
  userinfo: '/oidc/userinfo',
  introspection: '/oidc/introspect',
};
const BARE_PATHS = {
  authorize: '/auth',
  token: '/token',
  userinfo: '/me',
  introspection: '/token/introspection',
};

interface Options {
  readonly rounds: number;
  readonly bounds: Bounds;
  readonly scenarios: readonly Scenario[];
  readonly profile: boolean;
  readonly productOnly: boolean;
}

/** Throws a one-line Error for arguments that are not known. */
function optionsOf(args: readonly string[]): Options {
  const quick = args.includes('--quick');
  const at = args.indexOf('--only');
  const only = at < 0 ? undefined : args[at + 1];
  const scenarios = SCENARIOS.filter(({ name }) => only === undefined || name.startsWith(only));
  const known = new Set(['--quick', '--only', '--profile', '--product', only]);
  const unknown = args.find((arg) => !known.has(arg));
  if (unknown !== undefined || scenarios.length === 0)
    throw new Error(
      `usage: npm run bench -- [--quick] [--only ${SCENARIOS.map(({ name }) => name).join('|')}] [--product] [--profile]`,
    );
  return {
    rounds: quick ? 1 : 3,
    bounds: { seconds: quick ? 1.5 : 3, operations: 20_000 },
    scenarios,
    profile: args.includes('--profile'),
    productOnly: args.includes('--product') || args.includes('--profile'),
  };
}

/** Not after the end was called for: what is measured while servers stop says nothing. */
const print = (line: object): void => {
  if (!ends.begun()) process.stdout.write(`${JSON.stringify(line)}\n`);
};

interface Ground {
  readonly folder: string;
  readonly postgresUrl: string;
  readonly redisPort: number;
  readonly carrier: Carrier;
  readonly phones: readonly string[];
  readonly ends: Ends;
}

async function openGround(ends: Ends): Promise<Ground> {
  const folder = path.join(PROJECT, '.data', `bench-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  // The database server runs as another account when this is root.
  chmodSync(folder, 0o755);
  ends.add(() => Promise.resolve(rmSync(folder, { recursive: true, force: true })));
  const log = path.join(folder, 'stores.log');
  const postgres = await startEmbeddedPostgres({
    folder: path.join(folder, 'postgres'),
    port: await freePort(),
    onLine: () => undefined,
  });
  ends.add(() => postgres.stop());
  const redis = await startRedis(log);
  ends.add(() => redis.stop());
  const carrier = await openCarrier();
  ends.add(() => carrier.close());
  return {
    folder,
    postgresUrl: postgres.url,
    redisPort: redis.port,
    carrier,
    phones: phonesOf(CITIZENS),
    ends,
  };
}

function targetOf(
  name: string,
  { pid, origin }: { pid: number; origin: string },
  ground: Ground,
  paths: Target['paths'],
  carrier?: Carrier,
): Target {
  const line = openLine(origin, VISITORS);
  ground.ends.add(() => line.close());
  let next = 0;
  return {
    name,
    pid,
    origin,
    line,
    paths,
    carrier,
    nextPhone: () => ground.phones[next++ % ground.phones.length] ?? '',
  };
}

async function openProduct(ground: Ground, profile: boolean, change: Partial<Ground> = {}): Promise<Target> {
  const options = { ...ground, ...change, carrierUrl: ground.carrier.url, profile };
  const started = await startProduct(options);
  ground.ends.add(() => started.stop());
  return targetOf('product', started, ground, PRODUCT_PATHS, ground.carrier);
}

async function openBare(name: string, ground: Ground, redisPort: number | undefined): Promise<Target> {
  const started = await startBare(name, path.join(ground.folder, `${name}.log`), redisPort);
  ground.ends.add(() => started.stop());
  return targetOf(name, started, ground, BARE_PATHS);
}

/** Exchanges with the stores for one operation, each scenario by itself, on processes that are stopped afterwards. */
async function countStores(
  ground: Ground,
  scenarios: readonly Scenario[],
  open: (counter: Counter) => Promise<Target>,
): Promise<ReadonlyMap<string, Stores>> {
  const counter = createCounter();
  const target = await open(counter);
  const counted = new Map<string, Stores>();
  for (const scenario of scenarios) {
    if (!scenario.onYardstick && !target.carrier) continue;
    const operation = await scenario.prepare(target);
    await operation();
    Object.assign(counter.counts, { roundTrips: 0, waits: 0 });
    for (let index = 0; index < COUNTED; index += 1) await operation();
    const { roundTrips, waits } = counter.counts;
    counted.set(scenario.name, { storeRoundTrips: roundTrips / COUNTED, storeWaits: waits / COUNTED });
  }
  return counted;
}

async function countProduct(ground: Ground, scenarios: readonly Scenario[]) {
  const own: Ends = createEnds();
  const within = { ...ground, ends: own };
  try {
    return await countStores(within, scenarios, async (counter) => {
      const url = new URL(ground.postgresUrl);
      const postgres = await openRelay(Number(url.port), counter);
      const redis = await openRelay(ground.redisPort, counter);
      own.add(() => postgres.close());
      own.add(() => redis.close());
      url.port = String(postgres.port);
      return openProduct(within, false, { postgresUrl: url.href, redisPort: redis.port });
    });
  } finally {
    await own.run();
  }
}

async function countBare(ground: Ground, scenarios: readonly Scenario[]) {
  const own: Ends = createEnds();
  const within = { ...ground, ends: own };
  try {
    return await countStores(within, scenarios, async (counter) => {
      const redis = await openRelay(ground.redisPort, counter);
      own.add(() => redis.close());
      return openBare('bare-redis', within, redis.port);
    });
  } finally {
    await own.run();
  }
}

type Hashing = () => Promise<number>;

/** Processor milliseconds of one password verification, measured now on the servers' core. */
async function openHashing(ground: Ground): Promise<Hashing> {
  const started = await start({
    name: 'hash',
    core: 0,
    command: process.execPath,
    args: [
      fileURLToPath(new URL('hash.ts', import.meta.url)),
      String(HASHING.memoryKiB),
      String(HASHING.passes),
    ],
    env: {},
    log: path.join(ground.folder, 'hash.log'),
    ipc: true,
  });
  ground.ends.add(() => started.stop());
  return () =>
    new Promise((resolve) => {
      started.child.once('message', (message: { ms: number }) => resolve(message.ms));
      started.child.send(12);
    });
}

interface Rounds {
  readonly measured: ReadonlyMap<string, readonly Measured[]>;
  readonly hashMs: readonly number[];
}

/** Rounds of all targets one after the other, so that each is compared with what ran beside it. */
async function runRounds(
  scenario: Scenario,
  targets: readonly Target[],
  { rounds, bounds }: Options,
  hashing: Hashing,
): Promise<Rounds> {
  const measured = new Map<string, Measured[]>();
  const hashMs: number[] = [];
  const able = targets.filter((target) => scenario.onYardstick || target.carrier);
  const ready = [];
  for (const target of able) {
    const visitors = await Promise.all(Array.from({ length: VISITORS }, () => scenario.prepare(target)));
    await measure(target.pid, visitors, { seconds: bounds.seconds / 2, operations: bounds.operations });
    ready.push({ target, visitors });
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const { target, visitors } of ready) {
      const found = await measure(target.pid, visitors, bounds);
      measured.set(target.name, [...(measured.get(target.name) ?? []), found]);
    }
    if (scenario.name === 'login.password') hashMs.push(await hashing());
  }
  return { measured, hashMs };
}

type Results = ReadonlyMap<string, ReadonlyMap<string, readonly Measured[]>>;

/** The last line of a scenario: how the product stands against the yardstick on both of its stores. */
function summaryOf(
  scenario: string,
  yardstick: string,
  aim: number | undefined,
  results: Results,
  targets: readonly Target[],
  without?: readonly number[],
) {
  const product = results.get(scenario.replace('.unhashed', ''))?.get('product') ?? [];
  const bare = results.get(yardstick);
  const against = (name: string): number => ratioOf(product, bare?.get(name) ?? [], without);
  const ratioToRedis = against('bare-redis');
  return {
    scenario,
    ratioToRedis,
    ratioToMemory: against('bare-memory'),
    ...(yardstick === scenario ? {} : { comparedWith: yardstick }),
    ...(aim === undefined ? {} : { aim, aimMet: ratioToRedis >= aim }),
    rssMb: Object.fromEntries(targets.map((target) => [target.name, rssMbOf(target.pid)])),
  };
}

/** One scenario of the product over another of its own. */
function againstItself(scenario: string, other: string, aim: number | undefined, results: Results) {
  const of = (name: string): readonly Measured[] => results.get(name)?.get('product') ?? [];
  const ratio = ratioOf(of(scenario), of(other));
  return {
    scenario,
    comparedWith: other,
    ratio,
    ...(aim === undefined ? {} : { aim, aimMet: ratio >= aim }),
  };
}

async function bench(options: Options, ends: Ends): Promise<void> {
  const ground = await openGround(ends);
  const product = await openProduct(ground, options.profile);
  await registerClients({ ...ground, carrierUrl: ground.carrier.url, profile: false });
  if (options.scenarios.some(({ name }) => name.startsWith('clients')))
    await multiplyClients(ground.postgresUrl);
  await seedCitizens(product, ground.phones);
  const targets = [product];
  const stores = new Map([['product', await countProduct(ground, options.scenarios)]]);
  if (!options.productOnly) {
    stores.set('bare-redis', await countBare(ground, options.scenarios));
    targets.push(await openBare('bare-redis', ground, ground.redisPort));
    targets.push(await openBare('bare-memory', ground, undefined));
  }
  const hashing = await openHashing(ground);
  const results = new Map<string, ReadonlyMap<string, readonly Measured[]>>();
  for (const scenario of options.scenarios) {
    const { measured, hashMs } = await runRounds(scenario, targets, options, hashing);
    results.set(scenario.name, measured);
    for (const [name, rounds] of measured)
      print(lineOf(scenario.name, name, rounds, stores.get(name)?.get(scenario.name) ?? null));
    print(
      scenario.against
        ? againstItself(scenario.name, scenario.against, scenario.aim, results)
        : summaryOf(scenario.name, scenario.yardstick, scenario.aim, results, targets),
    );
    if (hashMs.length > 0) printUnhashed(results, hashMs, targets);
  }
}

/** The login without its password hash: measured login minus one verification measured in the same round. */
function printUnhashed(results: Results, hashMs: readonly number[], targets: readonly Target[]): void {
  const rounds = results.get('login.password')?.get('product') ?? [];
  const left = rounds.map((round, index) => cpuMsPerOperation(round) - (hashMs[index] ?? 0));
  print({
    ...summaryOf('login.password.unhashed', 'login.password', 1, results, targets, hashMs),
    cpuMsPerOp: Number(median(left).toFixed(2)),
    hashCpuMs: Number(median(hashMs).toFixed(2)),
  });
}

const ends = createEnds();
const finish = async (code: number): Promise<void> => {
  await ends.run();
  process.exit(code);
};
const fail = (error: unknown): Promise<void> => {
  if (!ends.begun())
    process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  return finish(1);
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void finish(130));
process.on('disconnect', () => void finish(1));
// A reader that left (`| head`) and a bug must not leave servers behind either.
process.stdout.on('error', () => void finish(1));
process.on('uncaughtException', (error) => void fail(error));

try {
  await bench(optionsOf(process.argv.slice(2)), ends);
  await finish(0);
} catch (error) {
  await fail(error);
}
