// `logs tail`: what is written to the audit trail, as it comes.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Trail } from '../../audit/audit.ts';
import type { Clock } from '../../platform/base/clock.ts';
import { shanghaiTime } from '../../platform/base/calendar.ts';
import { Fault } from '../../platform/base/errors.ts';
import type { Command } from '../../platform/http/feature.ts';
import type { ClientSearch } from '../search/clients.ts';
import { command, MACHINE } from './words.ts';

export interface LogsCommandParts {
  readonly trail: Pick<Trail, 'search'>;
  readonly search: Pick<ClientSearch, 'subtree'>;
  readonly clock: Clock;
}

type Event = Awaited<ReturnType<Trail['search']>>['rows'][number];

/** A transaction that began earlier may commit later: each look goes back this far, and nothing is told twice. */
const OVERLAP_MS = 15_000;
const PAUSE_MS = 1_000;
const LINES_AT_MOST = 1_000;
const DAY_MS = 86_400_000;

export const logsCommand = (parts: LogsCommandParts): Command =>
  command(
    {
      name: 'logs tail',
      usage: '[--client CLIENT_ID] [--unit UNIT] [--type TYPE] [--lines N] [--follow] [--json]',
      summary: 'The newest audit events of the last day, oldest first; --follow goes on as they come.',
      options: {
        client: { type: 'string' },
        unit: { type: 'string' },
        type: { type: 'string' },
        lines: { type: 'string', short: 'n', default: '20' },
        follow: { type: 'boolean' },
      },
      words: 0,
    },
    async ({ values, io }) => {
      const json = (values as { json?: boolean }).json === true;
      const limit = Number(values.lines);
      if (!Number.isSafeInteger(limit) || limit < 1 || limit > LINES_AT_MOST)
        throw new Fault('bad_request', {
          note: `--lines: must be a whole number from 1 to ${LINES_AT_MOST}`,
        });
      const wanted = { clientId: values.client, type: values.type, unit: values.unit };
      const look = (sinceMs: number, most: number) => newest(parts, wanted, sinceMs, most);
      const told = new Set<string>();
      const tell = (events: readonly Event[]): void => {
        for (const event of events.filter(({ id }) => !told.has(id))) {
          told.add(event.id);
          // One JSON value a line: whoever follows cannot wait for the end of a list.
          io.out(json ? JSON.stringify(event) : lineOf(event));
        }
      };
      tell(await look(DAY_MS, limit));
      while (values.follow === true) {
        await sleep(PAUSE_MS);
        tell(await look(OVERLAP_MS, LINES_AT_MOST));
      }
      return 0;
    },
  );

/** Oldest first, those of the last `sinceMs`, at most `limit`. */
async function newest(
  { trail, search, clock }: LogsCommandParts,
  { unit, ...filter }: { clientId: string | undefined; type: string | undefined; unit: string | undefined },
  sinceMs: number,
  limit: number,
): Promise<readonly Event[]> {
  const now = clock.now().getTime();
  const scope = await search.subtree(MACHINE, 'audit.read', unit);
  const range = { from: new Date(now - sinceMs), to: new Date(now + 1_000) };
  const { rows } = await trail.search({ ...filter, ...range, scopes: scope ? [scope] : [], limit });
  return rows.toReversed();
}

function lineOf({ at, type, actor, clientId, reference, data }: Event): string {
  const about = [clientId, reference].filter((text) => text !== null).join(' ');
  return `${shanghaiTime(new Date(at))} ${type} ${actor} ${about} ${JSON.stringify(data)}`.replace('  ', ' ');
}
