// What an officer decided about a ticket, brought to the case it was given out for.
import type { CitizenId } from '../../citizens/citizens.ts';
import type { Cases } from '../cases.ts';
import type { CaseId } from '../proofing.ts';
import type { Tell } from './tell.ts';

const COUNTER = 'counter';

/** The attempt that the ticket was printed for goes on at the counter, however it ended elsewhere. */
export async function decided(cases: Cases, tell: Tell, citizenId: CitizenId, caseId: CaseId): Promise<void> {
  const given = await cases.find(citizenId, caseId);
  if (!given) throw new Error('a ticket leads to no case');
  const row = await cases.reopen(given, COUNTER);
  if (row) await tell(row, await cases.examine(row, undefined));
}
