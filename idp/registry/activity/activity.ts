// What the requests of a client did: the funnel by hour, and the last requests with why each failed. Not here: who asks
// (console and portal), what a request should look like (explain/).
import { addSeconds, type Clock } from '../../platform/base/clock.ts';
import { Fault } from '../../platform/base/errors.ts';
import { uuidv7 } from '../../platform/base/ids.ts';
import type { Feature } from '../../platform/http/feature.ts';
import type { Postgres } from '../../platform/store/postgres.ts';
import type { Access } from '../operators/access.ts';
import { scopesOf, type Actor } from '../operators/roles.ts';
import type { Bilingual, ClientId, Environment, UnitId } from '../registry.ts';
import { keptParams, type KeptParams } from './kept.ts';
import * as store from './store.ts';
import { createWaiting, LAST, type Waiting } from './waiting.ts';

export const FUNNEL = ['authorize', 'login', 'consent', 'code', 'token', 'userinfo'] as const;
/** How far a request had come. */
export type FunnelStage = (typeof FUNNEL)[number];
export type Endpoint = 'authorize' | 'token' | 'userinfo';

export interface Counted {
  readonly clientId: string;
  readonly hour: Date;
  readonly stage: FunnelStage;
  /** `ok`, or the OAuth error code. */
  readonly outcome: string;
  readonly count: number;
}

export interface Seen {
  readonly at: Date;
  readonly endpoint: Endpoint;
  /** The OAuth error code; undefined when it went well. */
  readonly error: string | undefined;
  /** The engine's words for developers; never shown to citizens. */
  readonly reason: string | undefined;
  readonly params: KeptParams;
}

/** A request as it is told to this folder: parameters as the engine read them. */
export interface Told {
  readonly endpoint: Endpoint;
  readonly error?: string | undefined;
  readonly reason?: string | undefined;
  readonly params: Readonly<Record<string, unknown>>;
}

/** What listens to the protocol: neither call waits or writes. */
export interface Watch {
  /** A request came so far; `outcome` is an OAuth error code when it went no further. */
  counted(clientId: string, stage: FunnelStage, outcome?: string): void;
  told(clientId: string, told: Told): void;
}

export interface Funnel {
  readonly since: Date;
  /** By stage: how many came so far, and how many ended there by error code. */
  readonly stages: readonly {
    readonly stage: FunnelStage;
    readonly passed: number;
    readonly failed: Readonly<Record<string, number>>;
  }[];
}

export interface TeamClient {
  readonly clientId: ClientId;
  readonly name: Bilingual;
  readonly environment: Environment;
  readonly enabled: boolean;
  readonly unitId: UnitId;
  readonly unitName: Bilingual;
  /** Logins of the last 24 hours. */
  readonly logins: number;
  /** When something last came from it; undefined: nothing yet. */
  readonly lastAt: Date | undefined;
}

export interface Activity extends Watch {
  /** `hours`: 1 to 2,208. Fault `not_found` for a client that this actor cannot see. */
  funnel(actor: Actor, clientId: string, hours: number): Promise<Funnel>;
  /** Newest first: the last twenty of a sandbox client, the last twenty failed ones of a production client. */
  requests(actor: Actor, clientId: string): Promise<readonly Seen[]>;
  /** The clients of the own team, at most 100, sandbox clients first. */
  team(actor: Actor): Promise<readonly TeamClient[]>;
  /** Writes what waits. Throws Fault `unavailable`; what waited is kept and tried again. */
  flush(): Promise<void>;
  close(): Promise<void>;
  readonly feature: Feature;
}

export interface ActivityParts {
  readonly postgres: Postgres;
  readonly access: Access;
  readonly clock: Clock;
  /** Told when figures could not be written. */
  readonly onError: (error: unknown) => void;
}

const FLUSH_SECONDS = 3;
const HOUR_MS = 3_600_000;
/** A quarter, so that a season can be compared with its beginning; requests only as long as somebody looks at them. */
const KEEP_FIGURES_DAYS = 92;
const KEEP_REQUESTS_DAYS = 30;
const DAY_SECONDS = 86_400;
const TEAM_AT_MOST = 100;
const HOURS_AT_MOST = KEEP_FIGURES_DAYS * 24;

/** Codes of OAuth and OpenID Connect; anything else is counted under one name, so that no caller makes rows. */
const ERROR_CODE = /^[a-z_]{3,48}$/;

export function createActivity(parts: ActivityParts): Activity {
  const { postgres, access, clock, onError } = parts;
  const waiting = createWaiting();
  let writing: Promise<void> = Promise.resolve();
  const flush = (): Promise<void> => {
    writing = writing.catch(() => undefined).then(() => write(postgres, waiting));
    return writing;
  };
  const timer = setInterval(() => void flush().catch(onError), FLUSH_SECONDS * 1000).unref();
  const see = async (actor: Actor, clientId: string): Promise<void> => {
    const path = await store.pathOf(postgres, clientId);
    if (path === undefined) throw new Fault('not_found', { note: `client ${clientId}` });
    access.demand(actor, 'registry.read', path, clientId);
  };

  return {
    counted(clientId, stage, outcome = 'ok') {
      const now = clock.now().getTime();
      const code = ERROR_CODE.test(outcome) ? outcome : 'other';
      waiting.add(clientId, new Date(now - (now % HOUR_MS)), stage, outcome === 'ok' ? 'ok' : code, 1);
    },
    told(clientId, { endpoint, error, reason, params }) {
      const words = reason?.slice(0, 300);
      waiting.keep(clientId, { at: clock.now(), endpoint, error, reason: words, params: keptParams(params) });
    },
    async funnel(actor, clientId, hours) {
      await see(actor, clientId);
      const within = Math.min(Math.max(1, Math.trunc(hours)), HOURS_AT_MOST);
      const since = addSeconds(clock.now(), -within * 3_600);
      return { since, stages: stagesOf(await store.figures(postgres, clientId, since)) };
    },
    async requests(actor, clientId) {
      await see(actor, clientId);
      return await store.lastRequests(postgres, clientId, LAST);
    },
    async team(actor) {
      const scopes = scopesOf(actor, 'sandbox.write');
      const rows = await store.clientsBelow(
        postgres,
        scopes,
        addSeconds(clock.now(), -DAY_SECONDS),
        TEAM_AT_MOST,
      );
      return rows.map((row) => ({
        ...row,
        clientId: row.clientId as ClientId,
        unitId: row.unitId as UnitId,
        lastAt: row.lastAt ?? undefined,
      }));
    },
    flush,
    async close() {
      clearInterval(timer);
      await flush().catch(onError);
    },
    feature: { name: 'activity', jobs: [forgetting(parts)] },
  };
}

function stagesOf(rows: readonly store.Figure[]): Funnel['stages'] {
  return FUNNEL.map((stage) => {
    const own = rows.filter((row) => row.stage === stage);
    const passed = own.find(({ outcome }) => outcome === 'ok')?.count ?? 0;
    const failed = own
      .filter(({ outcome }) => outcome !== 'ok')
      .map(({ outcome, count }) => [outcome, count]);
    return { stage, passed, failed: Object.fromEntries(failed) as Record<string, number> };
  });
}

/** One statement for all figures and one for all requests, whatever the traffic was. */
async function write(postgres: Postgres, waiting: Waiting): Promise<void> {
  const { figures, requests } = waiting.take();
  try {
    if (figures.length > 0) await store.addFigures(postgres, figures);
  } catch (error) {
    // One statement wrote all of them or none.
    for (const { clientId, hour, stage, outcome, count } of error instanceof Fault ? figures : [])
      waiting.add(clientId, hour, stage, outcome, count);
    throw error;
  }
  const rows = requests.map((request) => ({ ...request, id: uuidv7(request.at) }));
  if (rows.length > 0) await store.addRequests(postgres, rows, LAST);
}

function forgetting({ postgres, clock }: ActivityParts): NonNullable<Feature['jobs']>[number] {
  return {
    name: 'activity-forgetting',
    everySeconds: DAY_SECONDS,
    exclusive: true,
    async run() {
      const now = clock.now();
      await store.forget(
        postgres,
        addSeconds(now, -KEEP_FIGURES_DAYS * DAY_SECONDS),
        addSeconds(now, -KEEP_REQUESTS_DAYS * DAY_SECONDS),
      );
    },
  };
}
