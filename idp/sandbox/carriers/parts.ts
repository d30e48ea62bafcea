// What the carrier's stand-in is built from, whichever language it speaks.
import type { Log } from '../../platform/telemetry/log.ts';
import type { Behaviour } from '../behaviour.ts';
import type { Outbox } from '../outbox.ts';
import type { StandInParts } from '../stand-in.ts';

export interface CarrierParts extends StandInParts {
  readonly outbox: Outbox;
  readonly log: Log;
  /** Where receipts go; undefined: none are sent. */
  readonly receipts?: URL | undefined;
}

/** A carrier that is slow or signs badly still delivers; one that is wrong, half or failing does not. */
export const delivers = (behaviour: Behaviour): boolean =>
  ['normal', 'slow', 'bad_signature', 'twice'].includes(behaviour);
