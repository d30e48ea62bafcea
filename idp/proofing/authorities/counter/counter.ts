// The counter (柜台): tickets that lead an officer to a case, what one officer saw and another approved, and whose
// signatures count for that. Not here: the terminal itself, the officers' console, what a finding is worth
// (adjudicate.ts).
import type { Audit } from '../../../audit/audit.ts';
import type { CitizenId, Citizens } from '../../../citizens/citizens.ts';
import type { Clock } from '../../../platform/base/clock.ts';
import { seconds } from '../../../platform/base/duration.ts';
import type { BlindIndex } from '../../../platform/crypto/blind-index.ts';
import type { Sealer } from '../../../platform/crypto/seal.ts';
import type { Feature, Job } from '../../../platform/http/feature.ts';
import type { Limits } from '../../../platform/limits/limits.ts';
import type { Ephemeral } from '../../../platform/store/ephemeral.ts';
import type { Postgres } from '../../../platform/store/postgres.ts';
import type { Log } from '../../../platform/telemetry/log.ts';
import type { Authority } from '../../authority.ts';
import type { CaseId } from '../../proofing.ts';
import { createCounterAuthority } from './authority.ts';
import { counterCommands } from './directory/commands.ts';
import { createDirectory, type Directory } from './directory/directory.ts';
import { counterRoutes } from './routes.ts';
import type { CounterSettings } from './settings.ts';
import { sweepSubmissions } from './submissions.ts';
import { tellAgain } from './telling.ts';
import { createTickets, type Tickets } from './tickets.ts';

export { sealedSubmissions } from './store.ts';
export type { Directory } from './directory/directory.ts';
export { counterRecords } from './retention/records.ts';
export type { Ticket, Tickets } from './tickets.ts';

export interface Counter {
  readonly authority: Authority;
  /** The API for terminals, the commands, and the job that ends and erases. */
  readonly feature: Feature;
  readonly tickets: Tickets;
  readonly directory: Directory;
}

export interface CounterParts {
  readonly postgres: Postgres;
  readonly audit: Audit;
  readonly citizens: Pick<Citizens, 'attributes'>;
  readonly sealer: Sealer;
  readonly index: BlindIndex;
  readonly ephemeral: Ephemeral;
  readonly limits: Limits;
  /** Our public address, as terminals sign it. */
  readonly issuer: URL;
  readonly settings: CounterSettings;
  readonly log: Log;
  readonly clock: Clock;
  /** Told after a second officer has decided, so that the case is examined again at once. May throw: it is logged. */
  readonly onDecided: (citizenId: CitizenId, caseId: CaseId) => Promise<void>;
}

/** Builds the counter over its tables in the `proofing` schema. */
export function createCounter(parts: CounterParts): Counter {
  const { settings } = parts;
  const tickets = createTickets({ ...parts, lifeSeconds: seconds(settings.ticketLife) });
  const directory = createDirectory(parts);
  const lifeSeconds = seconds(settings.submissionLife);
  return {
    authority: createCounterAuthority({ ...parts, validitySeconds: seconds(settings.validity) }),
    feature: {
      name: 'counter',
      routes: (router) => counterRoutes(router, { ...parts, tickets, lifeSeconds }),
      commands: counterCommands(directory),
      jobs: [tellJob(parts), sweepJob(parts)],
    },
    tickets,
    directory,
  };
}

/** What a process did not live to tell, or proofing did not take: told again. */
function tellJob({ postgres, clock, log, onDecided }: CounterParts): Job {
  return {
    name: 'counter.tell',
    everySeconds: 60,
    exclusive: true,
    run: () => tellAgain({ postgres, clock, log, onDecided }),
  };
}

/** Few enough to hold no lock for long. */
const AT_A_TIME = 1_000;

/** No case waits longer than its ticket lives: until then an approved document is kept for it. */
function sweepJob({ audit, clock, settings }: CounterParts): Job {
  const keptSeconds = seconds(settings.ticketLife);
  return {
    name: 'counter.sweep',
    everySeconds: 600,
    exclusive: true,
    async run() {
      let more = true;
      while (more) more = await sweepSubmissions({ audit, clock }, keptSeconds, AT_A_TIME);
    },
  };
}
