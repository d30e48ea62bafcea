// The documents of one human being: none (network identity), one, or several. A number is never the key of anything.
import { Fault } from '../platform/base/errors.ts';
import { uuidv7 } from '../platform/base/ids.ts';
import { personalName, personalNumber } from '../platform/base/secret.ts';
import type { AuditedTx } from '../audit/audit.ts';
import type { KeyedDigest } from '../platform/crypto/blind-index.ts';
import type { Sealer } from '../platform/crypto/seal.ts';
import type { Queryable } from '../platform/store/postgres.ts';
import type {
  AccountParts,
  Attachment,
  CitizenId,
  CitizensParts,
  HeldDocument,
  VerifiedIdentity,
} from './citizens.ts';
import { LIKENESS_SPACE, likenessText } from './likeness.ts';
import { documentSpace, PSEUDONYM_SPACE } from './spaces.ts';
import * as store from './store.ts';

export async function documents(
  { postgres, sealer }: CitizensParts,
  id: CitizenId,
): Promise<readonly HeldDocument[]> {
  return (await store.findDocuments(postgres, id)).map((row) => opened(sealer, row));
}

function opened(sealer: Sealer, row: store.DocumentRow): HeldDocument {
  const open = (sealed: Buffer, column: string): string =>
    sealer.open(sealed, `citizens.document.${column}`, row.id);
  return {
    kind: row.kind,
    number: personalNumber(open(row.number, 'number')),
    name: personalName(open(row.name, 'name')),
    birthdate: row.birthdate ? open(row.birthdate, 'birthdate') : undefined,
    gender: row.gender ? (open(row.gender, 'gender') as HeldDocument['gender']) : undefined,
    verifiedAt: row.verifiedAt,
    former: row.supersededAt !== null,
  };
}

/** True when document and pseudonym are this account's, now or already. Claims them in the blind index. */
export async function attach(
  parts: AccountParts,
  tx: AuditedTx,
  id: CitizenId,
  { identity, pseudonym: presented, as = 'first' }: Attachment,
  at: Date,
): Promise<boolean> {
  // Both or nothing: a refusal by one half must not leave the other half written.
  if (identity !== undefined && !(await attachDocument(parts, tx, { id, identity, as, at }))) return false;
  if (presented === undefined || (await attachPseudonym(parts, tx, id, presented))) return true;
  if (identity === undefined) return false;
  throw new Fault('conflict', { note: 'the document is this person’s, the pseudonym another account’s' });
}

/** What the seal of the pseudonym is bound to, beside its row. */
export const PSEUDONYM_PLACE = 'citizens.citizen.pseudonym';

export async function pseudonym(
  { sealer }: CitizensParts,
  db: Queryable,
  id: CitizenId,
): Promise<string | undefined> {
  const sealed = await store.findPseudonym(db, id);
  return sealed && sealer.open(sealed, PSEUDONYM_PLACE, id);
}

/** One human being has one: a second pseudonym is a second human being's. */
async function attachPseudonym(
  parts: AccountParts,
  tx: AuditedTx,
  id: CitizenId,
  presented: string,
): Promise<boolean> {
  const held = await pseudonym(parts, tx, id);
  if (held !== undefined) return held === presented;
  if (!(await hold(parts, tx, PSEUDONYM_SPACE, presented, id))) return false;
  await store.setPseudonym(tx, id, parts.sealer.seal(presented, PSEUDONYM_PLACE, id));
  return true;
}

async function hold(
  { lookup }: AccountParts,
  tx: AuditedTx,
  space: string,
  value: string,
  id: CitizenId,
): Promise<boolean> {
  return (await lookup.claim(tx, space, value, id)) || (await lookup.find(tx, space, value)) === id;
}

interface Attaching {
  readonly id: CitizenId;
  readonly identity: VerifiedIdentity;
  readonly as: NonNullable<Attachment['as']>;
  readonly at: Date;
}

async function attachDocument(parts: AccountParts, tx: AuditedTx, attaching: Attaching): Promise<boolean> {
  const { id, identity, as, at } = attaching;
  const space = documentSpace(identity.kind);
  // Read after the account is locked: what another transaction attached while this one waited must be seen.
  const rows = await store.findDocuments(tx, id);
  const same = rows.find(
    (row) => row.kind === identity.kind && numberOf(parts.sealer, row) === identity.number,
  );
  // An account that has a document is one human being's for good: a second number must not slip in.
  if (!same && rows.length > 0 && as === 'first') return false;
  if (!(await hold(parts, tx, space, identity.number, id))) return false;
  if (as === 'renumbered') await store.supersede(tx, id, identity.kind, at);
  await store.saveDocument(tx, sealDocument(parts.sealer, attaching, same?.id ?? uuidv7(at)));
  await store.noteLikeness(tx, likenessOf(parts, identity), id, identity.kind);
  return true;
}

const numberOf = (sealer: Sealer, row: store.DocumentRow): string =>
  sealer.open(row.number, 'citizens.document.number', row.id);

function sealDocument(
  sealer: Sealer,
  { id, identity, at }: Attaching,
  documentId: string,
): store.SealedDocument {
  const seal = (value: string, column: string): Buffer =>
    sealer.seal(value, `citizens.document.${column}`, documentId);
  const { kind, number, name, birthdate, gender } = identity;
  return {
    id: documentId,
    citizenId: id,
    kind,
    number: seal(number, 'number'),
    name: seal(name, 'name'),
    birthdate: birthdate === undefined ? null : seal(birthdate, 'birthdate'),
    gender: gender === undefined ? null : seal(gender, 'gender'),
    at,
  };
}

const likenessOf = (
  { index }: CitizensParts,
  { name, birthdate }: VerifiedIdentity,
): readonly KeyedDigest[] => index.digests(LIKENESS_SPACE, likenessText(name, birthdate));

export async function alike(
  parts: CitizensParts,
  id: CitizenId,
  identity: VerifiedIdentity,
): Promise<boolean> {
  if (identity.birthdate === undefined) return false;
  return store.hasLikeness(parts.postgres, likenessOf(parts, identity), id, identity.kind);
}
