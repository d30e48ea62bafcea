// Ends what was kept long enough: once a day, and `tongxing retention`. The rules stand in the folders that keep.
import { addSeconds, type Clock } from '../../platform/base/clock.ts';
import type { Command, CommandIo, Feature } from '../../platform/http/feature.ts';
import type { Audit } from '../audit.ts';
import type { Records, Removal, RetentionRule } from './records.ts';

export interface RetentionParts {
  readonly records: readonly Records[];
  readonly audit: Audit;
  readonly clock: Clock;
}

const DAY_SECONDS = 86_400;
/** Rows in one transaction: short enough to hold up nobody. */
const TOGETHER = 500;
/** What a run leaves is removed by the next one. */
const BATCHES_A_RUN = 200;

/** The job and the command over the rules of all parts. */
export function retentionFeature(parts: RetentionParts): Feature {
  return {
    name: 'retention',
    jobs: [{ name: 'retention', everySeconds: DAY_SECONDS, exclusive: true, run: () => runAll(parts) }],
    commands: [retentionCommand(parts)],
  };
}

const rulesOf = ({ records }: RetentionParts): readonly RetentionRule[] =>
  records.flatMap(({ rules }) => rules);

const endOf = ({ days }: Removal, clock: Clock): Date => addSeconds(clock.now(), -days * DAY_SECONDS);

/** A table that cannot be cleared does not hold up the others; all failures are told at the end. */
async function runAll(parts: RetentionParts): Promise<void> {
  const failures: unknown[] = [];
  for (const rule of rulesOf(parts)) await removeDue(parts, rule).catch((error) => void failures.push(error));
  if (failures.length > 0) throw new AggregateError(failures, 'retention failed for some tables');
}

/** Batch by batch, each a transaction with its event: a run that is cut off has done what it had done. */
async function removeDue(
  { audit, clock }: RetentionParts,
  { table, removal }: RetentionRule,
): Promise<number> {
  if (!removal) return 0;
  const before = endOf(removal, clock);
  let removed = 0;
  for (let batch = 0; batch < BATCHES_A_RUN; batch += 1) {
    const rows = await audit.change(async (tx) => {
      const gone = await removal.remove(tx, before, TOGETHER);
      if (gone === 0) tx.unchanged();
      else tx.record({ type: 'retention.removed', data: { table, rows: gone }, actor: 'system' });
      return gone;
    });
    removed += rows;
    if (rows < TOGETHER) break;
  }
  return removed;
}

interface Told extends Pick<RetentionRule, 'table' | 'keeps' | 'why'> {
  /** Null: the job removes nothing here. */
  readonly days: number | null;
  readonly rows: number;
}

function retentionCommand(parts: RetentionParts): Command {
  return {
    name: 'retention',
    usage: '[--dry-run] [--json]',
    summary: 'removes what was kept long enough; lists every rule with its reason and law',
    async run(args, io) {
      const unknown = args.find((arg) => arg !== '--dry-run' && arg !== '--json');
      if (unknown !== undefined) {
        io.err(`"${unknown}" is not an option of retention: use [--dry-run] [--json]`);
        return 1;
      }
      const dry = args.includes('--dry-run');
      const told: Told[] = [];
      for (const rule of rulesOf(parts)) told.push(await tell(parts, rule, dry));
      print(told, dry, args.includes('--json'), io);
      return 0;
    },
  };
}

async function tell(parts: RetentionParts, rule: RetentionRule, dry: boolean): Promise<Told> {
  const { table, keeps, why, removal } = rule;
  const rows = dry ? ((await removal?.due(endOf(removal, parts.clock))) ?? 0) : await removeDue(parts, rule);
  return { table, keeps, why, days: removal?.days ?? null, rows };
}

function print(told: readonly Told[], dry: boolean, json: boolean, { out }: CommandIo): void {
  const count = dry ? 'due' : 'removed';
  if (json) return out(JSON.stringify(told.map(({ rows, ...rule }) => ({ ...rule, [count]: rows }))));
  for (const { table, keeps, why, days, rows } of told) {
    out(`${table}: ${keeps} (${why})`);
    if (days !== null) out(`  after ${days} days: ${rows} ${count}`);
  }
}
