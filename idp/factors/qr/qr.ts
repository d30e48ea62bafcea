// Signing in on a computer by a phone that is signed in: the code, its two sides, and the address that the computer's page
// asks how things stand. Not here: the phone's pages (account/scan), what the sign-in reaches (assurance/).
import type { Audit } from '../../audit/audit.ts';
import type { Citizens } from '../../citizens/citizens.ts';
import type { Clock } from '../../platform/base/clock.ts';
import { seconds } from '../../platform/base/duration.ts';
import type { Sealer } from '../../platform/crypto/seal.ts';
import type { Feature } from '../../platform/http/feature.ts';
import { forPrograms } from '../../platform/http/guards.ts';
import type { Limits } from '../../platform/limits/limits.ts';
import type { Ephemeral } from '../../platform/store/ephemeral.ts';
import type { Factor } from '../factors.ts';
import { createCodes, type ShownCodes } from './codes.ts';
import { createFirst, QR_AMR } from './first.ts';
import { nearby, type MayUse, type PlaceOf } from './fitness.ts';
import { M } from './messages.ts';
import { createScans, type Scans } from './scans.ts';
import type { QrSettings } from './settings.ts';

export { sameCity, type MayUse, type Meeting, type PlaceOf, type Unfit } from './fitness.ts';
export type { Phone, Scans, Seen } from './scans.ts';
export { qrSettings, type QrSettings } from './settings.ts';

export interface QrParts {
  readonly ephemeral: Ephemeral;
  readonly citizens: Citizens;
  readonly audit: Audit;
  readonly limits: Limits;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly issuer: URL;
  readonly settings: QrSettings;
  /** Absent: a computer whose network lies elsewhere than the phone's is not signed in. */
  readonly mayUse?: MayUse;
  /** Absent: the phone is told whether the networks are near each other, and no city. */
  readonly placeOf?: PlaceOf;
}

export interface Qr {
  readonly factor: Factor;
  /** Where the computer's page asks how its code stands. */
  readonly feature: Feature;
  /** The phone's side. */
  readonly scans: Scans;
}

const WINDOW_SECONDS = 600;

export function createQr(parts: QrParts): Qr {
  const lifeSeconds = seconds(parts.settings.life);
  const codes = createCodes({ ...parts, lifeSeconds });
  const limits = declareLimits(parts);
  return {
    factor: {
      id: 'qr',
      amr: QR_AMR,
      label: (locale) => M.text(locale, 'label'),
      // It begins a sign-in and adds nothing to one.
      brings: () => Promise.resolve([]),
      first: createFirst({ ...parts, ...limits, codes, lifeSeconds }),
      confirmsPhone: false,
    },
    feature: watching(codes),
    scans: createScans({ ...parts, ...limits, mayUse: parts.mayUse ?? nearby, codes, lifeSeconds }),
  };
}

function declareLimits({ limits, settings }: QrParts) {
  return {
    perFlow: limits.declare({
      name: 'qr.flow',
      per: 'sign-in',
      burst: 20,
      periodSeconds: WINDOW_SECONDS,
      why: 'a page left open, or a person who keeps pressing, needs no more codes than that',
    }),
    perAddress: limits.declare({
      name: 'qr.address',
      per: 'address',
      burst: settings.perAddress,
      periodSeconds: WINDOW_SECONDS,
      why: 'codes for phishing by the hundred are made by beginning sign-in after sign-in (ASVS 5.0 6.6.4)',
    }),
    perAccount: limits.declare({
      name: 'qr.account',
      per: 'account',
      burst: 10,
      periodSeconds: WINDOW_SECONDS,
      why: 'who is sent code after code must not be worn down into picking a number',
    }),
  };
}

/** One read of one word, found by a value that only the page with the code was given. */
function watching(codes: ShownCodes): Feature {
  return {
    name: 'qr',
    routes(router) {
      router.get('/qr/:watch', forPrograms, async (ctx) => {
        ctx.body = { stage: (await codes.stage(ctx.params['watch'] ?? '')) ?? 'gone' };
      });
    },
  };
}
