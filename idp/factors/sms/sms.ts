// The code by text message: what it shows is control of a phone. Not here: carriers (platform/notify), accounts that
// are created with a confirmed phone (signin/).
import type { Audit } from '../../audit/audit.ts';
import type { Citizens } from '../../citizens/citizens.ts';
import type { Clock } from '../../platform/base/clock.ts';
import { seconds } from '../../platform/base/duration.ts';
import type { Feature } from '../../platform/http/feature.ts';
import type { Keyring } from '../../platform/crypto/keyring.ts';
import type { Challenges } from '../../platform/challenge/challenge.tsx';
import type { Sealer } from '../../platform/crypto/seal.ts';
import type { Limits } from '../../platform/limits/limits.ts';
import type { Notify } from '../../platform/notify/notify.ts';
import type { Ephemeral } from '../../platform/store/ephemeral.ts';
import type { Log } from '../../platform/telemetry/log.ts';
import type { Metrics } from '../../platform/telemetry/metrics.ts';
import type { Factor } from '../factors.ts';
import { createTries, type Tries } from '../tries.ts';
import { SMS_AMR } from './checking.ts';
import { createChange, createListing } from './change/change.ts';
import { createRecovery } from './change/number.tsx';
import { createCodes, type CodeFor } from './codes.ts';
import { createConversion } from './sending/conversion.ts';
import { createFirst } from './first.ts';
import { M } from './messages.ts';
import { switchCommands } from './operators.ts';
import { createSecond } from './second.ts';
import { createSending } from './sending/sending.ts';
import type { SmsSettings } from './settings.ts';

export { smsSettings, type SmsSettings } from './settings.ts';

export interface SmsParts {
  readonly ephemeral: Ephemeral;
  readonly citizens: Citizens;
  readonly audit: Audit;
  readonly limits: Limits;
  readonly keyring: Keyring;
  readonly sealer: Sealer;
  readonly notify: Notify;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly challenges: Challenges;
  readonly clock: Clock;
  /** Host of the sign-in pages: browsers fill the code in there and nowhere else. A port is left out of messages. */
  readonly host: string;
  readonly settings: SmsSettings;
}

export interface SmsFactor extends Factor {
  /** The commands of the kill switch, and the watch over codes that nobody uses. */
  readonly feature: Feature;
}

/** Restricted in SP 800-63B-4 3.1.3.3, so never the only way that is offered. */
export function createSmsFactor(parts: SmsParts): SmsFactor {
  const { citizens, notify, settings } = parts;
  const conversion = createConversion({
    ...parts,
    leastPercent: settings.leastUsedPercent,
    leastCount: settings.leastUsedCount,
  });
  const codes = createCodes({ ...parts, lifeSeconds: seconds(settings.codeLife) });
  const checking = {
    codes,
    sending: createSending({ ...parts, codes, conversion }),
    tries: {
      signin: declareTries(parts, 'signin'),
      second: declareTries(parts, 'second'),
      change: declareTries(parts, 'change'),
      recover: declareTries(parts, 'recover'),
    },
    audit: parts.audit,
    times: { codeLifeSeconds: seconds(settings.codeLife), resendSeconds: seconds(settings.resendAfter) },
    citizens,
    notify,
  };
  const asking = { ...checking, sealer: parts.sealer, challenge: parts.challenges.before('sms') };
  const watch = {
    name: 'sms.used',
    everySeconds: seconds(settings.usedWindow),
    exclusive: false,
    run: () => Promise.resolve(conversion.closeWindow()),
  };
  return {
    feature: {
      name: 'sms',
      jobs: [watch],
      commands: switchCommands({ audit: parts.audit, switch: notify.switch }),
    },
    id: 'sms',
    amr: SMS_AMR,
    label: (locale) => M.text(locale, 'label'),
    brings: async (citizenId) => ((await citizens.attributes(citizenId)).phone ? [SMS_AMR] : []),
    first: createFirst(asking),
    second: createSecond(checking),
    enrol: createChange({ ...asking, clock: parts.clock }),
    recover: createRecovery(asking),
    account: createListing(parts),
    confirmsPhone: true,
  };
}

/** Counted by number and purpose over all codes and browsers: a new code is no new set of tries (SP 800-63B-4 3.1.3.2). */
function declareTries({ limits, audit, clock, settings }: SmsParts, purpose: CodeFor['purpose']): Tries {
  const limit = limits.declare({
    name: `sms.code_${purpose}`,
    per: 'phone number',
    burst: settings.tries,
    periodSeconds: seconds(settings.window),
    why: 'six digits stand five guesses, not a thousand; a new message gives no new guesses',
  });
  return createTries({
    limits,
    audit,
    clock,
    limit,
    space: `sms.${purpose}`,
    lockSeconds: seconds(settings.lock),
  });
}
