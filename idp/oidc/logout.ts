// Telling the services that a citizen signed out (OpenID Connect Back-Channel Logout 1.0). The engine would do it
// inside the citizen's request, once; here each logout is written down first, sent at once, and sent again until the
// service confirms or gives up its right to know.
import { randomUUID } from 'node:crypto';
import { decodeJwt } from 'jose';
import { Provider } from 'oidc-provider';
import type { Audit } from '../audit/audit.ts';
import type { Job } from '../platform/http/feature.ts';
import type { Postgres } from '../platform/store/postgres.ts';
import type { Log } from '../platform/telemetry/log.ts';
import type { DueLogout, OidcStore } from './store.ts';

type Fetch = (url: string | URL, options: RequestInit) => Promise<Response>;

export interface LogoutParts {
  readonly postgres: Postgres;
  readonly store: OidcStore;
  readonly audit: Audit;
  readonly log: Log;
  /** SSRF-safe, bounded in time and size, follows no redirect. */
  readonly outbound: Fetch;
  /** The engine of the moment. */
  readonly engine: () => Provider;
}

/** About a day of doubling pauses. */
const ATTEMPTS = 12;

export interface LogoutQueue {
  /** The engine's `fetch`: logout tokens are queued, everything else goes out. */
  readonly fetch: Fetch;
  readonly job: Job;
}

export function createLogoutQueue(parts: LogoutParts): LogoutQueue {
  const { postgres, store, outbound } = parts;
  const fetch: Fetch = async (url, options) => {
    const token = options.body instanceof URLSearchParams ? options.body.get('logout_token') : null;
    const citizenId = Provider.ctx?.oidc.session?.accountId;
    if (token === null || citizenId === undefined) return outbound(url, options);
    const { aud, sid } = decodeJwt(token);
    const due = {
      id: randomUUID(),
      clientId: String(aud),
      citizenId,
      sid: typeof sid === 'string' ? sid : '',
      attempts: 1,
    };
    await store.enqueueLogout(postgres, due, 10);
    // Not awaited: a service that hangs must not hold the citizen.
    void settle(
      parts,
      due,
      outbound(url, { ...options, signal: AbortSignal.timeout(10_000) }).then(accepted),
    );
    return new Response(null, { status: 200 });
  };
  return {
    fetch,
    job: { name: 'logout.deliver', everySeconds: 5, exclusive: false, run: () => deliverDue(parts) },
  };
}

function accepted(response: Response): void {
  if (response.status !== 200 && response.status !== 204) throw new Error(`answered ${response.status}`);
}

async function deliverDue(parts: LogoutParts): Promise<void> {
  const due = await parts.store.dueLogouts(50);
  await Promise.all(due.map((row) => settle(parts, row, remint(parts, row))));
}

/** The part of the engine's client that its published types leave out. */
interface LogoutClient {
  readonly backchannelLogoutUri?: string;
  backchannelLogout(citizenId: string, sid: string): Promise<void>;
}

/** A logout token lives two minutes: each attempt carries a new one. */
async function remint({ engine }: LogoutParts, row: DueLogout): Promise<void> {
  const client = (await engine().Client.find(row.clientId)) as LogoutClient | undefined;
  if (client?.backchannelLogoutUri === undefined) throw new NobodyToTell();
  await client.backchannelLogout(row.citizenId, row.sid);
}

/** The service was disabled, or takes no logouts any more, before it could be told. */
class NobodyToTell extends Error {
  override readonly name = 'NobodyToTell';
}

async function settle(
  { store, audit, log }: LogoutParts,
  row: DueLogout,
  sent: Promise<void>,
): Promise<void> {
  const about = { citizenId: row.citizenId, clientId: row.clientId, actor: 'system' };
  try {
    await sent;
    audit.note({ type: 'logout.delivered', data: { attempts: row.attempts }, ...about });
    await store.logoutDelivered(row.id);
  } catch (error) {
    log.warn('a service did not take a logout', { clientId: row.clientId, count: row.attempts });
    if (row.attempts < ATTEMPTS && !(error instanceof NobodyToTell)) return;
    const reason = error instanceof Error ? error.name : 'error';
    audit.note({ type: 'logout.undelivered', data: { attempts: row.attempts, error: reason }, ...about });
    await store
      .logoutDelivered(row.id)
      .catch((failure: unknown) => log.error('a logout stays queued', failure));
  }
}
