// When the mobile operators last gave out a SIM for a number, and since when it belongs to whom it belongs to now. Asked
// at a sign-in, so the wait is short and no answer is an answer: none of the operators' troubles may keep anybody out.
import { z } from 'zod';
import type { Clock } from '../../../platform/base/clock.ts';
import { randomToken } from '../../../platform/base/ids.ts';
import { openLine, type Ask } from '../exchange.ts';
import type { AuthoritySettings } from '../settings.ts';

/** Where it is asked, under the operators' address. */
const BELOW = '/sim-changed';

const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

// BizCode 1: known; 3: no such number, or a virtual operator's.
const answer = z.object({
  Code: z.literal('200'),
  TransactionId: z.string().min(1).max(64),
  ResultObject: z.discriminatedUnion('BizCode', [
    z.object({
      BizCode: z.literal('1'),
      SimChangedAt: instant.optional(),
      SubscriberSince: instant.optional(),
    }),
    z.object({ BizCode: z.literal('3') }),
  ]),
});

/** Undefined members: the operator does not say. */
export interface SimHistory {
  readonly simChangedAt: Date | undefined;
  readonly subscriberSince: Date | undefined;
}

export interface SimHistoryParts {
  readonly settings: AuthoritySettings;
  readonly clock: Clock;
  /** Longest wait in milliseconds; the question itself is given up soon after. */
  readonly waitMs: number;
  readonly fetch?: Ask | undefined;
}

/**
 * A function from a phone (E.164) to what the operators say of it; undefined when they did not answer in time or not
 * properly. On a line of its own: its failures must not close the breaker of real-name proofing.
 */
export function createSimHistory({
  settings,
  clock,
  waitMs,
  fetch,
}: SimHistoryParts): (phone: string) => Promise<SimHistory | undefined> {
  const line = openLine({ settings: { ...settings, totalTimeout: '1s' }, clock, fetch });
  const exchange = line.exchange(answer, BELOW);
  const asked = async (phone: string): Promise<SimHistory | undefined> => {
    const outcome = await exchange.ask(randomToken(), { Mobile: phone.slice('+86'.length) });
    if (outcome.is === 'unavailable') return undefined;
    const { ResultObject: result } = outcome.answer;
    const told = result.BizCode === '1' ? result : undefined;
    return { simChangedAt: told?.SimChangedAt, subscriberSince: told?.SubscriberSince };
  };
  return (phone) => patiently(asked(phone), waitMs);
}

function patiently<T>(work: Promise<T>, waitMs: number): Promise<T | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), waitMs);
  return Promise.race([work, promise]).finally(() => clearTimeout(timer));
}
