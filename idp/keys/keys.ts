// The life of the stored keys: rotated, what they protect moved to the next key, then forgotten. Not here: the ring and
// the cryptography (platform/crypto), how the engine signs (oidc/keys.ts).
import type { Log } from '../platform/telemetry/log.ts';
import { addSeconds } from '../platform/base/clock.ts';
import type { KeyUse } from '../platform/crypto/key-use.ts';
import type { SealedTable } from '../platform/crypto/sealed-table.ts';
import type { Feature, Job } from '../platform/http/feature.ts';
import type { Limits } from '../platform/limits/limits.ts';
import {
  pruneCommand,
  REINDEX_JOB,
  reindexCommand,
  RESEAL_JOB,
  resealCommand,
  type CommandParts,
} from './commands.ts';
import { countSealed, isResealingDue, reseal, type ResealParts } from './reseal.ts';
import { listCommand, rotateCommand, type RotateParts } from './rotate.ts';

export interface KeysParts extends RotateParts, CommandParts {
  readonly log: Log;
  /** Every table with sealed columns. */
  readonly tables: readonly SealedTable[];
  readonly limits: Pick<Limits, 'lockedUnder'>;
  /** Who else may need a retired key, besides those tables and the locks that stand. */
  readonly uses: readonly KeyUse[];
}

/** A turn of a background job is short, so that a node that stops waits for none. */
const TURN_MS = 5_000;

/** Jobs and commands: `keys list`, `keys rotate`, `keys reseal`, `keys reindex`, `keys prune`. */
export function createKeys(parts: KeysParts): Feature {
  const pruning = { ...parts, uses: [...sealUses(parts), lockUse(parts), ...parts.uses] };
  return {
    name: 'keys',
    jobs: [resealJob(parts), reindexJob(parts)],
    commands: [
      listCommand(parts),
      rotateCommand(parts),
      resealCommand(parts),
      reindexCommand(parts),
      pruneCommand(pruning),
    ],
  };
}

function sealUses({ postgres, tables }: ResealParts): readonly KeyUse[] {
  return tables.map((table) => ({
    purpose: 'seal',
    what: `sealed values of ${table.name}`,
    async count(keyId) {
      const [counted] = await countSealed({ postgres, tables: [table] }, (id) => id === keyId);
      return counted?.left ?? 0;
    },
  }));
}

const lockUse = ({ limits }: Pick<KeysParts, 'limits'>): KeyUse => ({
  purpose: 'index',
  what: 'standing locks',
  count: (keyId) => limits.lockedUnder(keyId),
});

/** Not at once after a rotation: a node that has not heard of it yet would seal under the old key behind the walk. */
function resealJob(parts: KeysParts): Job {
  const { keyring, clock, log, hearingSeconds } = parts;
  return {
    name: RESEAL_JOB,
    everySeconds: 60,
    exclusive: true,
    async run() {
      const { activatedAt } = keyring.active('seal');
      if (activatedAt && addSeconds(activatedAt, hearingSeconds) > clock.now()) return;
      if (!(await isResealingDue(parts))) return;
      const { faults } = await reseal(parts, turn());
      if (faults.length > 0)
        log.warn('sealed values do not open: run tongxing keys reseal', {
          job: RESEAL_JOB,
          count: faults.length,
        });
    },
  };
}

/** At once after a rotation: claims ask the database which keys count, not the node. */
function reindexJob({ reindexing, log }: KeysParts): Job {
  return {
    name: REINDEX_JOB,
    everySeconds: 60,
    exclusive: true,
    async run() {
      const faults = await reindexing.run(turn());
      if (faults.length > 0)
        log.warn('lookups cannot move to the next key: run tongxing keys reindex', {
          job: REINDEX_JOB,
          count: faults.length,
        });
    },
  };
}

function turn(): () => boolean {
  const end = performance.now() + TURN_MS;
  return () => performance.now() < end;
}
