// What a client proves itself with: secrets, keys, certificates. Two of a kind may count at once, so that one can be
// changed without a failed login. Not here: the comparing (oidc/), what is registered (importing, changes).
import type { Audit, AuditedTx } from '../../audit/audit.ts';
import { addSeconds, type Clock } from '../../platform/base/clock.ts';
import { Fault } from '../../platform/base/errors.ts';
import { randomToken } from '../../platform/base/ids.ts';
import { secret, type Secret } from '../../platform/base/secret.ts';
import type { Sealer } from '../../platform/crypto/seal.ts';
import { FIRST_UUID } from '../../platform/crypto/sealed-table.ts';
import type { Feature } from '../../platform/http/feature.ts';
import type { Postgres } from '../../platform/store/postgres.ts';
import type { Access } from '../operators/access.ts';
import { by } from '../operators/operators.ts';
import { scopesOf, type Actor } from '../operators/roles.ts';
import { rule, type Complaint } from '../checks/rules.ts';
import type { Bilingual, UnitId } from '../registry.ts';
import { announce } from '../store.ts';
import { DAY_SECONDS, insert, LIFE_SECONDS, NOTICE_DAYS } from './keeping.ts';
import type { CredentialKind } from './live.ts';
import { sendNotices } from './notices.ts';
import * as store from './store.ts';
import { createUsage } from './usage.ts';
import { comingOf } from './wish.ts';

export interface Credential {
  readonly id: string;
  readonly kind: CredentialKind;
  readonly name: string;
  readonly state: 'live' | 'expired' | 'revoked';
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** Within an hour; undefined when it never was. */
  readonly usedAt: Date | undefined;
  readonly revokedAt: Date | undefined;
  readonly revokedBy: string | undefined;
  /** The public key or the subject of the certificate. */
  readonly public: Readonly<Record<string, unknown>> | undefined;
}

export interface Wish {
  readonly kind: CredentialKind;
  /** 1 to 80 characters, for its team. */
  readonly name: string;
  /** At most a year ahead; a year when left out. */
  readonly expiresAt?: Date | undefined;
  /** Of a key: the public key (RFC 7517). Of a certificate: one `tls_client_auth_*` member. */
  readonly public?: unknown;
}

export type Added =
  | { readonly is: 'added'; readonly id: string; /** Shown once. */ readonly secret: Secret | undefined }
  /** `already two`, a key that cannot be used, a kind that the client does not authenticate with. */
  | { readonly is: 'refused'; readonly complaints: readonly Complaint[] };

export interface Expiring extends Credential {
  readonly clientId: string;
  readonly clientName: Bilingual;
  readonly unitId: UnitId;
}

export interface Credentials {
  /** Newest first. Faults: `not_found`, `forbidden`. */
  list(actor: Actor, clientId: string): Promise<readonly Credential[]>;
  /** Counts on every node within a second. Faults: `not_found`, `forbidden`. */
  add(actor: Actor, clientId: string, wish: Wish): Promise<Added>;
  /**
   * Ends one at once. `last`: it is the only one that counts of a live client, and `evenLast` does not say that this is
   * meant. Faults: `not_found`, `forbidden`, `conflict` when somebody else was faster.
   */
  revoke(
    actor: Actor,
    clientId: string,
    id: string,
    choice?: { readonly evenLast: boolean },
  ): Promise<'revoked' | 'last'>;
  /** What runs out within 60 days in the reach of the actor, the nearest first; `after`: the `next` of the page before. */
  expiring(
    actor: Actor,
    after?: string,
  ): Promise<{ readonly rows: readonly Expiring[]; readonly next: string | undefined }>;
  /** Told by who compares. Never waits. */
  used(id: string): void;
  readonly feature: Feature;
}

export interface CredentialsParts {
  readonly postgres: Postgres;
  readonly audit: Audit;
  readonly access: Access;
  readonly sealer: Sealer;
  readonly clock: Clock;
  /** A text message to the phone of that account; never throws for what is outside. */
  readonly tell: (citizenId: string, text: string) => Promise<void>;
}

const MOST = 2;
const PAGE = 50;

export function createCredentials(parts: CredentialsParts): Credentials {
  const usage = createUsage(parts);
  return {
    async list(actor, clientId) {
      await placeFor(parts, actor, clientId, 'see');
      const rows = await store.credentialsOf(parts.postgres, clientId);
      return rows.map((row) => credentialOf(row, parts.clock.now())).toReversed();
    },
    add: (actor, clientId, wish) => add(parts, actor, clientId, wish),
    revoke: (actor, clientId, id, choice) => revoke(parts, actor, clientId, id, choice?.evenLast ?? false),
    expiring: (actor, after) => expiring(parts, actor, after),
    used: (id) => usage.note(id),
    feature: {
      name: 'credentials',
      jobs: [
        { name: 'credentials.used', everySeconds: 60, exclusive: false, run: () => usage.flush() },
        {
          name: 'credentials.notices',
          everySeconds: 3_600,
          exclusive: true,
          run: async () => void (await sendNotices(parts)),
        },
      ],
    },
  };
}

function credentialOf(row: store.CredentialRow, now: Date): Credential {
  const { id, kind, name, createdBy, createdAt, expiresAt } = row;
  const ended = row.revokedAt ? 'revoked' : 'expired';
  return {
    id,
    kind,
    name,
    state: row.revokedAt === null && expiresAt > now ? 'live' : ended,
    createdBy,
    createdAt,
    expiresAt,
    usedAt: row.usedAt ?? undefined,
    revokedAt: row.revokedAt ?? undefined,
    revokedBy: row.revokedBy ?? undefined,
    public: row.public ?? undefined,
  };
}

/** The client, if this actor may see it, or change its credentials. */
async function placeFor(
  { postgres, access }: CredentialsParts,
  actor: Actor,
  clientId: string,
  what: 'see' | 'change',
): Promise<store.ClientPlace> {
  const place = await store.placeOf(postgres, clientId);
  if (!place) throw new Fault('not_found', { note: `client ${clientId}` });
  const change = place.environment === 'sandbox' ? 'sandbox.write' : 'credential.write';
  access.demand(actor, what === 'see' ? 'registry.read' : change, place.path, clientId);
  return place;
}

async function add(parts: CredentialsParts, actor: Actor, clientId: string, wish: Wish): Promise<Added> {
  const { audit, clock } = parts;
  const place = await placeFor(parts, actor, clientId, 'change');
  const at = clock.now();
  const made = wish.kind === 'secret' ? randomToken(32) : undefined;
  const { coming, complaints } = comingOf(wish, place, made, at);
  if (complaints.length > 0) return { is: 'refused', complaints };
  const expiresAt = wish.expiresAt ?? addSeconds(at, LIFE_SECONDS);
  return await audit.change(async (tx): Promise<Added> => {
    await changed(tx, clientId);
    const standing = await liveOf(tx, clientId, wish.kind, at);
    if (standing.length >= MOST) {
      tx.unchanged();
      return { is: 'refused', complaints: [ALREADY] };
    }
    const id = await insert(parts, tx, coming, { clientId, by: actor.name, at, expiresAt });
    const data = { credential: id, kind: wish.kind, expires: expiresAt.toISOString() };
    tx.record({ type: 'credential.added', data, clientId, ...by(actor) });
    return { is: 'added', id, secret: made === undefined ? undefined : secret(made) };
  });
}

const ALREADY: Complaint = {
  member: 'kind',
  text: rule('已有两个在用；请先撤销一个', 'has two that count already; revoke one first'),
};

async function liveOf(
  tx: AuditedTx,
  clientId: string,
  kind: CredentialKind,
  now: Date,
): Promise<readonly store.CredentialRow[]> {
  const rows = await store.credentialsOf(tx, clientId);
  return rows.filter((row) => row.kind === kind && row.revokedAt === null && row.expiresAt > now);
}

/** Every node is told with the commit. What waits for approval stays as it is: the client's own version does not move. */
async function changed(tx: AuditedTx, clientId: string): Promise<void> {
  await store.raiseVersion(tx, clientId);
  await announce(tx, clientId);
}

async function revoke(
  parts: CredentialsParts,
  actor: Actor,
  clientId: string,
  id: string,
  evenLast: boolean,
): Promise<'revoked' | 'last'> {
  const { audit, clock } = parts;
  const { state } = await placeFor(parts, actor, clientId, 'change');
  const at = clock.now();
  return await audit.change(async (tx) => {
    await changed(tx, clientId);
    const row = (await store.credentialsOf(tx, clientId)).find((one) => one.id === id);
    if (!row) throw new Fault('not_found', { note: `credential ${id.slice(0, 36)}` });
    const live = await liveOf(tx, clientId, row.kind, at);
    const last = live.length === 1 && live[0]?.id === id;
    if (last && state === 'live' && !evenLast) {
      tx.unchanged();
      return 'last';
    }
    if ((await store.revokeCredential(tx, id, actor.name, at)) === 0) throw new Fault('conflict');
    const data = { credential: id, kind: row.kind, last };
    tx.record({ type: 'credential.revoked', data, clientId, ...by(actor) });
    return 'revoked';
  });
}

const CURSOR = /^(\d{1,15})\.([0-9a-f-]{36})$/;

async function expiring({ postgres, clock }: CredentialsParts, actor: Actor, after = '') {
  const now = clock.now();
  const [, time = '0', id = FIRST_UUID] = CURSOR.exec(after) ?? [];
  const until = addSeconds(now, NOTICE_DAYS[0] * DAY_SECONDS);
  const from = { expiresAt: new Date(Number(time)), id };
  const scopes = scopesOf(actor, 'registry.read');
  const rows = await store.expiring(postgres, scopes, { from: now, until }, from, PAGE);
  const last = rows.length === PAGE ? rows.at(-1) : undefined;
  return {
    rows: rows.map((row) => ({
      ...credentialOf(row, now),
      clientId: row.clientId,
      clientName: row.clientName,
      unitId: row.unitId as UnitId,
    })),
    next: last && `${last.expiresAt.getTime()}.${last.id}`,
  };
}
