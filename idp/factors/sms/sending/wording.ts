// The message that carries a code: for the screen of the phone, for the ear, and for carriers with templates. Pure.
import { seconds } from '../../../platform/base/duration.ts';
import { randomToken } from '../../../platform/base/ids.ts';
import { personalPhone, secret } from '../../../platform/base/secret.ts';
import type { TextMessage } from '../../../platform/notify/notify.ts';
import { M } from '../messages.ts';
import type { ToSend } from './sending.ts';
import type { SmsSettings } from '../settings.ts';

/** `host`: what browsers bind the code to (WICG origin-bound one-time codes). */
export interface WordingParts {
  readonly settings: SmsSettings;
  readonly host: string;
}

/** Each call is another message, with a name of its own. */
export function messageOf(parts: WordingParts, what: ToSend, code: string): TextMessage {
  return {
    to: personalPhone(what.of.phone),
    text: secret(what.voice ? callOf(parts, what, code) : textOf(parts, what, code)),
    locale: what.locale,
    messageId: randomToken(),
    purpose: what.wording,
    voice: what.voice,
    blanks: {
      code: secret(code),
      minutes: secret(String(minutesOf(parts))),
      service: secret(serviceOf(what) ?? parts.settings.signature),
    },
  };
}

function textOf(parts: WordingParts, what: ToSend, code: string): string {
  return M.text(what.locale, 'sms', {
    signature: parts.settings.signature,
    code,
    purpose: purposeOf(what),
    min: minutesOf(parts),
    host: parts.host.replace(/:\d+$/, ''),
  });
}

/** The code is read digit by digit, and twice: nobody has a pencil at hand the first time. */
function callOf({ settings }: WordingParts, what: ToSend, code: string): string {
  const spoken = Array.from(code).join(M.text(what.locale, 'call_between'));
  return M.text(what.locale, 'call', { signature: settings.signature, purpose: purposeOf(what), spoken });
}

const minutesOf = ({ settings }: WordingParts): number => Math.floor(seconds(settings.codeLife) / 60);

/** One line: the last line of the message belongs to the origin-bound code alone. */
const serviceOf = ({ service }: ToSend): string | undefined => service?.replaceAll(/\s+/g, ' ').trim();

function purposeOf(what: ToSend): string {
  const purpose = M.text(what.locale, `purpose_${what.wording}`);
  const service = serviceOf(what);
  return service ? M.text(what.locale, 'purpose_for', { purpose, service }) : purpose;
}
