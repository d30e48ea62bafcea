// An event as it is stored: with its identifier, its instant and the writer's seal.
import type { Clock } from '../platform/base/clock.ts';
import { uuidv7 } from '../platform/base/ids.ts';
import type { AuditEvent } from './events.ts';
import type { Seals } from './seal.ts';

/** The columns of an event that its seal covers. */
export interface EventRow {
  readonly id: string;
  /** UTC with microseconds, `2026-07-30T09:30:00.123000Z`: as exact as the column, so that no edit hides in rounding. */
  readonly at: string;
  readonly type: string;
  readonly citizenId: string | null;
  readonly clientId: string | null;
  readonly actor: string;
  readonly reference: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface Stamped extends EventRow {
  readonly keyId: string;
  readonly mac: Buffer;
}

/** Stamps events with the present instant and the active audit key. */
export function createStamp(clock: Clock, seals: Seals): (event: AuditEvent) => Stamped {
  return (event) => {
    const at = clock.now();
    const row: EventRow = {
      id: uuidv7(at),
      at: at.toISOString().replace('Z', '000Z'),
      type: event.type,
      citizenId: event.citizenId ?? null,
      clientId: event.clientId ?? null,
      actor: event.actor,
      reference: event.reference ?? null,
      // What is sealed must be what is read back: members that are undefined do not reach the column.
      data: JSON.parse(JSON.stringify(event.data)) as Record<string, unknown>,
    };
    return { ...row, ...seals.event(row) };
  };
}
