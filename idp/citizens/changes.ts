// What becomes of an account later: lowered, its phone passed on, merged into the account of the same person, ended.
import { Fault } from '../platform/base/errors.ts';
import type { AuditedTx } from '../audit/audit.ts';
import type { AccountParts, CitizenId, Citizens, Phone } from './citizens.ts';
import { effectiveIal, type IdentityLevel } from './level.ts';
import { PHONE_SPACE } from './spaces.ts';
import * as store from './store.ts';

async function locked(tx: AuditedTx, id: CitizenId): Promise<store.LockedCitizen> {
  const account = await store.lockCitizen(tx, id);
  if (!account) throw new Fault('not_found', { note: 'no such account' });
  return account;
}

/** The same level, but for longer than what is left can carry it. */
const endsLater = ({ ialExpiresAt: has }: IdentityLevel, { ialExpiresAt: left }: IdentityLevel): boolean =>
  left !== undefined && (has === undefined || has > left);

export async function lower(tx: AuditedTx, id: CitizenId, level: IdentityLevel, at: Date): Promise<boolean> {
  const account = await locked(tx, id);
  const has = effectiveIal(account, at);
  if (has < level.ial || (has === level.ial && !endsLater(account, level))) return false;
  await store.setLevel(tx, id, account.version, level, at);
  await store.endSessions(tx, id, at);
  return true;
}

export async function releasePhone(
  { sealer, lookup }: AccountParts,
  tx: AuditedTx,
  id: CitizenId,
  at: Date,
): Promise<void> {
  const account = await locked(tx, id);
  if (account.phone) {
    const phone = sealer.open(account.phone, 'citizens.citizen.phone', id);
    await lookup.release(tx, PHONE_SPACE, phone, id);
  }
  await store.setPhone(tx, id, null, null);
  await store.endSessions(tx, id, at);
}

export async function merge(
  parts: AccountParts,
  tx: AuditedTx,
  from: CitizenId,
  into: CitizenId,
  at: Date,
): Promise<boolean> {
  const { phone } = await locked(tx, from);
  const target = await locked(tx, into);
  // Nobody is moved to an account that nobody can sign in to, and two proven accounts are no machine's to join.
  if (target.status !== 'active' || (await store.findPseudonym(tx, from)) !== undefined) return false;
  if ((await store.findDocuments(tx, from)).length > 0) return false;
  if (phone) {
    const number = parts.sealer.open(phone, 'citizens.citizen.phone', from);
    await releasePhone(parts, tx, from, at);
    await releasePhone(parts, tx, into, at);
    await parts.lookup.claim(tx, PHONE_SPACE, number, into);
    await store.setPhone(tx, into, parts.sealer.seal(number, 'citizens.citizen.phone', into), at);
    await store.notePhoneChange(tx, into, at);
  }
  await store.setStatus(tx, from, 'closed');
  await store.endSessions(tx, from, at);
  return true;
}

export async function decease(tx: AuditedTx, id: CitizenId, at: Date): Promise<void> {
  await locked(tx, id);
  await store.setStatus(tx, id, 'deceased');
  await store.endSessions(tx, id, at);
}

export async function changePhone(
  { sealer, lookup }: AccountParts,
  tx: AuditedTx,
  id: CitizenId,
  phone: Phone,
  at: Date,
): ReturnType<Citizens['changePhone']> {
  const account = await locked(tx, id);
  if (account.status !== 'active') throw new Fault('forbidden', { note: `the account is ${account.status}` });
  // The new one first: of those that want it the others are told before anything of theirs was given up.
  if (!(await lookup.claim(tx, PHONE_SPACE, phone, id))) {
    tx.unchanged();
    return { is: 'phone_taken' };
  }
  if (account.phone)
    await lookup.release(tx, PHONE_SPACE, sealer.open(account.phone, 'citizens.citizen.phone', id), id);
  await store.setPhone(tx, id, sealer.seal(phone, 'citizens.citizen.phone', id), at);
  await store.notePhoneChange(tx, id, at);
  return { is: 'changed' };
}

export async function endSessions(tx: AuditedTx, id: CitizenId, at: Date): Promise<void> {
  await locked(tx, id);
  await store.endSessions(tx, id, at);
}

export async function unfreeze(tx: AuditedTx, id: CitizenId): Promise<boolean> {
  const account = await locked(tx, id);
  if (account.status !== 'frozen') {
    tx.unchanged();
    return false;
  }
  await store.unfreeze(tx, id);
  return true;
}
