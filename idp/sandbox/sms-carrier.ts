// The stand-in for a text-message carrier: takes a message once, however often it is sent, and shows it.
import type { Clock } from '../platform/base/clock.ts';
import type { Outbox } from './outbox.ts';
import { signedRoute, textOf, type SignedRoute, type StandInParts } from './stand-in.ts';

/** POST { message_id, to, text, purpose } -> { accepted: true, id }, or { accepted: false } when told to be wrong. */
export function smsCarrier(parts: StandInParts, outbox: Outbox): SignedRoute {
  return signedRoute(parts, 'message_id', (question, behaviour) => {
    const id = textOf(question['message_id']);
    // A carrier that is slow or signs badly still delivers; one that is wrong, half or failing does not.
    const delivers = behaviour === 'normal' || behaviour === 'slow' || behaviour === 'bad_signature';
    if (!delivers || id === '') return { body: { accepted: false } };
    outbox.add({ ...messageOf(question), id, at: stamp(parts.clock) });
    return { body: { accepted: true, id } };
  });
}

const stamp = (clock: Clock): string => clock.now().toISOString();

function messageOf(question: Readonly<Record<string, unknown>>): {
  phone: string;
  text: string;
  purpose: string;
} {
  return {
    phone: textOf(question['to']),
    text: textOf(question['text']),
    purpose: textOf(question['purpose']),
  };
}
