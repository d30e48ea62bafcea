// The passkeys of a citizen as the account centre lists, renames and removes them.
import { Fault } from '../../platform/base/errors.ts';
import type { CitizenId } from '../../citizens/citizens.ts';
import type { Sealer } from '../../platform/crypto/seal.ts';
import { formatInstant } from '../../platform/i18n/format.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import type { Postgres } from '../../platform/store/postgres.ts';
import type { FactorAccount, Held } from '../factors.ts';
import { MOST } from './enrol.ts';
import { M } from './messages.ts';
import { NAME_PLACE, type Passkey } from './passkey.ts';
import { providerOf } from './providers.ts';
import * as store from './store.ts';

/** In code points: what a person counts. */
const LONGEST_NAME = 30;
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

export function createPasskeyAccount(parts: {
  readonly postgres: Postgres;
  readonly sealer: Sealer;
}): FactorAccount {
  const { postgres, sealer } = parts;
  const nameOf = ({ id, name, aaguid }: Passkey, locale: Locale): string =>
    name ? sealer.open(name, NAME_PLACE, id) : (providerOf(aaguid) ?? M.text(locale, 'name_default'));
  return {
    heading: (locale) => M.text(locale, 'label'),
    async list(citizenId, locale, now) {
      const all = await store.findAll(postgres, citizenId);
      return all.map((passkey): Held => ({
        id: passkey.id,
        name: nameOf(passkey, locale),
        lines: linesOf(passkey, locale, now),
        canRename: true,
        canRemove: true,
      }));
    },
    add: (locale, held) => (held.length < MOST ? M.text(locale, 'add') : undefined),
    async rename(tx, citizenId, id, typed) {
      const name = readName(typed);
      const renamed =
        UUID.test(id) && (await store.rename(tx, citizenId, id, sealer.seal(name, NAME_PLACE, id)));
      if (!renamed) tx.unchanged();
      else tx.record({ type: 'factor.passkey_renamed', data: { passkey: id }, ...by(citizenId) });
      return renamed;
    },
    async remove(tx, citizenId, id) {
      const removed = UUID.test(id) && (await store.remove(tx, citizenId, id));
      if (!removed) tx.unchanged();
      else tx.record({ type: 'factor.passkey_removed', data: { passkey: id }, ...by(citizenId) });
      return removed;
    },
  };
}

const by = (citizenId: CitizenId) => ({ citizenId, actor: `citizen:${citizenId}` });

/** Throws Fault `bad_request` for what cannot be a name: nothing, too much, or characters that nobody sees. */
function readName(typed: string): string {
  const name = typed.normalize('NFC').trim();
  const length = Array.from(name).length;
  if (length === 0 || length > LONGEST_NAME || /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(name))
    throw new Fault('bad_request', { note: 'not a name of a passkey' });
  return name;
}

function linesOf(passkey: Passkey, locale: Locale, now: Date): readonly string[] {
  const { createdAt, usedAt, synced, fullFrom, suspectAt } = passkey;
  const created = formatInstant(createdAt, now, locale);
  const used = usedAt && formatInstant(usedAt, now, locale);
  const full = !synced && fullFrom > now ? formatInstant(fullFrom, now, locale) : undefined;
  return [
    used ? M.text(locale, 'used', { used, created }) : M.text(locale, 'not_used', { created }),
    M.text(locale, synced ? 'synced' : 'one_device'),
    ...(full === undefined ? [] : [M.text(locale, 'full_later', { when: full })]),
    ...(suspectAt ? [M.text(locale, 'suspect')] : []),
  ];
}
