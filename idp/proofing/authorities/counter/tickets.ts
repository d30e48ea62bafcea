// Tickets: the number that a citizen brings to the counter. It opens one case, for as long as it lives, and says
// nothing about anybody.
import { randomBytes } from 'node:crypto';
import type { AuditedTx } from '../../../audit/audit.ts';
import type { CitizenId } from '../../../citizens/citizens.ts';
import { addSeconds, type Clock } from '../../../platform/base/clock.ts';
import type { BlindIndex } from '../../../platform/crypto/blind-index.ts';
import type { Postgres } from '../../../platform/store/postgres.ts';
import type { CaseId } from '../../proofing.ts';
import * as store from './store.ts';

export interface Ticket {
  readonly citizenId: CitizenId;
  readonly caseId: CaseId;
  readonly expiresAt: Date;
}

export interface Tickets {
  /**
   * Returns the number as it is printed, `1A2B-3C4D-5E6F`: 60 random bits, of which only a digest is kept here. A case
   * may have several.
   */
  issue(tx: AuditedTx, citizenId: CitizenId, caseId: CaseId): Promise<string>;
  /** Undefined for a number that was never issued and for one that has expired, which nobody can tell apart. */
  find(number: string): Promise<Ticket | undefined>;
}

export interface TicketsParts {
  readonly postgres: Postgres;
  readonly index: BlindIndex;
  readonly clock: Clock;
  /** Seconds for which a number is taken. */
  readonly lifeSeconds: number;
}

/** Crockford base 32, without I, L, O and U: nothing in it is read as something else. */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 12;
const NUMBER = new RegExp(`^[${LETTERS}]{${LENGTH}}$`);

const SPACE = 'counter.ticket';

const newNumber = (): string => Array.from(randomBytes(LENGTH), (byte) => LETTERS[byte & 31]).join('');

/** What was typed or read out, as twelve letters: O is zero, I and L are one. Undefined for anything else. */
function normalNumber(text: string): string | undefined {
  const plain = text.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
  return NUMBER.test(plain) ? plain : undefined;
}

/** Builds the tickets over their table. Whoever reads the table finds keyed digests, and can print none. */
export function createTickets({ postgres, index, clock, lifeSeconds }: TicketsParts): Tickets {
  return {
    async issue(tx, citizenId, caseId) {
      const at = clock.now();
      const number = newNumber();
      const digest = index.digest(SPACE, number);
      await store.insertTicket(tx, { digest, citizenId, caseId, at, expiresAt: addSeconds(at, lifeSeconds) });
      tx.record({
        type: 'counter.ticket_issued',
        data: { caseId },
        citizenId,
        actor: `citizen:${citizenId}`,
      });
      return number.replace(/(.{4})(?=.)/g, '$1-');
    },
    async find(text) {
      const number = normalNumber(text);
      const digests = number === undefined ? [] : index.digests(SPACE, number).map(({ digest }) => digest);
      const ticket = number && (await store.findTicket(postgres, digests));
      return ticket && ticket.expiresAt > clock.now() ? ticket : undefined;
    },
  };
}
