// What a right secret opens when the account itself may not be used.
import type { Citizen } from '../citizens/citizens.ts';
import { Fault } from '../platform/base/errors.ts';

/**
 * Throws Fault `forbidden` for a frozen, closed or deceased account. Called only after the secret was right: its owner
 * must learn why no password helps, and someone who guesses learns nothing that the guess had not told already.
 */
export function refuseUnusable(citizen: Citizen): void {
  if (citizen.status !== 'active') throw new Fault('forbidden', { note: `the account is ${citizen.status}` });
}
