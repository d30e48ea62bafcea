// Passkeys: a key on the citizen's device that its unlocking opens, bound to our domain, so that nobody can be talked out
// of it. Not here: what level it reaches (assurance/), who decides that one is offered (signin/).
import type { Audit, Records } from '../../audit/audit.ts';
import type { Citizens } from '../../citizens/citizens.ts';
import { addSeconds, type Clock } from '../../platform/base/clock.ts';
import { seconds } from '../../platform/base/duration.ts';
import type { Keyring } from '../../platform/crypto/keyring.ts';
import type { Sealer } from '../../platform/crypto/seal.ts';
import type { Limits } from '../../platform/limits/limits.ts';
import type { Ephemeral } from '../../platform/store/ephemeral.ts';
import type { Postgres } from '../../platform/store/postgres.ts';
import type { Factor, FactorOffer } from '../factors.ts';
import { createPasskeyAccount } from './account.ts';
import { PASSKEY_SCRIPT } from './browser/asset.ts';
import { createChallenges } from './ceremony/challenge.ts';
import type { Party } from './ceremony/verify.ts';
import { createEnrol } from './enrol.ts';
import { M } from './messages.ts';
import { amrOf, WEBAUTHN_AMR } from './passkey.ts';
import { passkeyRecords } from './retention/records.ts';
import type { WebauthnSettings } from './settings.ts';
import { ambient, createFirst, createSecond } from './sign-in.ts';
import * as store from './store.ts';

export { webauthnSettings, type WebauthnSettings } from './settings.ts';
export { sealedPasskeys } from './store.ts';

export interface WebauthnParts {
  readonly postgres: Postgres;
  readonly ephemeral: Ephemeral;
  readonly citizens: Citizens;
  readonly audit: Audit;
  readonly limits: Limits;
  readonly keyring: Keyring;
  readonly sealer: Sealer;
  readonly clock: Clock;
  /** The only origin where a ceremony of ours may run. */
  readonly issuer: URL;
  readonly settings: WebauthnSettings;
}

export interface WebauthnFactor extends Factor {
  readonly records: Records;
}

/** WebAuthn L3. Throws a plain Error naming `webauthn.rpId` when it is not the issuer's domain. */
export function createWebauthnFactor(parts: WebauthnParts): WebauthnFactor {
  const party = partyOf(parts);
  const perAddress = parts.limits.declare({
    name: 'passkey.address',
    per: 'address',
    burst: parts.settings.perAddress,
    periodSeconds: 60,
    why: 'each failure is recorded, and one machine must not write the records of everybody',
  });
  const shared = { ...parts, party, perAddress, challenges: createChallenges(parts) };
  return {
    id: 'passkey',
    amr: WEBAUTHN_AMR,
    label: (locale) => M.text(locale, 'label'),
    async brings(citizenId) {
      const now = parts.clock.now();
      const held = await store.findAll(parts.postgres, citizenId);
      const kinds = held.map((passkey) => amrOf(passkey, now)).filter((amr) => amr.length > 0);
      return [...new Set(kinds)];
    },
    first: createFirst(shared),
    second: createSecond(shared),
    enrol: createEnrol(shared),
    ambient: (context, frame) => ambient(shared, context, frame),
    account: createPasskeyAccount(parts),
    offer: createOffer(parts),
    confirmsPhone: false,
    assets: [PASSKEY_SCRIPT],
    records: passkeyRecords(parts),
  };
}

/** L3 5.1.3: a page may ask for keys of its own host or of a registrable domain above it, and gets no others. */
function partyOf({ issuer, settings }: WebauthnParts): Party {
  const { hostname, origin } = issuer;
  const rpId = settings.rpId === '' ? hostname : settings.rpId;
  if (hostname !== rpId && !hostname.endsWith(`.${rpId}`))
    throw new Error(`webauthn.rpId: ${rpId} is not the host of the issuer, nor a domain above it`);
  return { rpId, rpName: M.text('zh-CN', 'party'), origins: [origin] };
}

function createOffer({ postgres, audit, clock, settings }: WebauthnParts): FactorOffer {
  return {
    due: (citizenId) =>
      store.offerDue(postgres, citizenId, addSeconds(clock.now(), -seconds(settings.offerAgain))),
    declined: (citizenId) =>
      audit.change(async (tx) => {
        await store.decline(tx, citizenId, clock.now());
        tx.record({ type: 'factor.passkey_declined', data: {}, citizenId, actor: `citizen:${citizenId}` });
      }),
  };
}
