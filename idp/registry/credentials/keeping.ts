// Reads and writes the credentials of a client beside its registration, inside the transaction of who saves it.
import type { AuditedTx } from '../../audit/audit.ts';
import { addSeconds } from '../../platform/base/clock.ts';
import { uuidv7 } from '../../platform/base/ids.ts';
import { secret } from '../../platform/base/secret.ts';
import type { Sealer } from '../../platform/crypto/seal.ts';
import type { Queryable } from '../../platform/store/postgres.ts';
import type { HeldCredential } from './live.ts';
import type { Coming, Known, Plan } from './plan.ts';
import * as store from './store.ts';

export const SECRET_PLACE = 'registry.credential.secret';
/** Where secrets from before are sealed, bound to the client; see 0097. */
export const FIRST_PLACE = 'registry.client.secret';
export const DAY_SECONDS = 86_400;
export const LIFE_SECONDS = 365 * DAY_SECONDS;
/** Days before the end at which a notice goes out. */
export const NOTICE_DAYS = [60, 30, 7, 1] as const;

/** All of them, oldest first. */
export async function readCredentials(
  db: Queryable,
  sealer: Pick<Sealer, 'open'>,
  clientId: string,
  now: Date,
): Promise<readonly Known[]> {
  const rows = await store.credentialsOf(db, clientId);
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    expiresAt: row.expiresAt,
    expired: row.expiresAt <= now,
    revoked: row.revokedAt !== null,
    public: row.public ?? undefined,
    secret: secretIn(row, sealer),
  }));
}

function secretIn(
  { id, clientId, kind, secretSealed, firstSealed, revokedAt }: store.CredentialRow,
  sealer: Pick<Sealer, 'open'>,
): HeldCredential['secret'] {
  if (kind !== 'secret' || revokedAt !== null) return undefined;
  if (secretSealed) return secret(sealer.open(secretSealed, SECRET_PLACE, id));
  return firstSealed ? secret(sealer.open(firstSealed, FIRST_PLACE, clientId)) : undefined;
}

export interface KeepingParts {
  readonly sealer: Pick<Sealer, 'seal'>;
}

/** Seals what is secret and writes the credential. Answers its identifier. */
export async function insert(
  { sealer }: KeepingParts,
  tx: AuditedTx,
  coming: Coming,
  about: { readonly clientId: string; readonly by: string; readonly at: Date; readonly expiresAt: Date },
): Promise<string> {
  const { clientId, by, at, expiresAt } = about;
  const id = uuidv7(at);
  const days = (expiresAt.getTime() - at.getTime()) / (DAY_SECONDS * 1000);
  await store.insertCredential(tx, {
    id,
    clientId,
    kind: coming.kind,
    name: coming.name,
    secretSealed: coming.secret === undefined ? null : sealer.seal(coming.secret, SECRET_PLACE, id),
    public: coming.public ?? null,
    createdBy: by,
    createdAt: at,
    expiresAt,
    // What lives for 20 days was never to be told of at 60 and 30.
    noticedDays: NOTICE_DAYS.findLast((notice) => notice >= days) ?? null,
  });
  return id;
}

/** Does what `planOf` found. The event of who saves the registration tells of it. */
export async function carryOut(
  parts: KeepingParts,
  tx: AuditedTx,
  plan: Plan,
  about: {
    readonly clientId: string;
    readonly by: string;
    readonly at: Date;
    readonly expiresAt?: Date | undefined;
  },
): Promise<void> {
  const most = addSeconds(about.at, LIFE_SECONDS);
  const { expiresAt = most } = about;
  for (const id of plan.revoke) await store.revokeCredential(tx, id, about.by, about.at);
  for (const coming of plan.add)
    await insert(parts, tx, coming, { ...about, expiresAt: expiresAt < most ? expiresAt : most });
}
