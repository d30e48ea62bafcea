// `tongxing proofing regrade`: for the day on which a method turns out to be weak.
import { parseArgs } from 'node:util';
import { z } from 'zod';
import type { Ial } from '../../assurance/assurance.ts';
import type { Command, CommandIo } from '../../platform/http/feature.ts';
import { regrade, type RegradeParts, type Weak } from './regrade.ts';
import { methodsKept } from './store.ts';

const instant = z.iso
  .datetime({ offset: true })
  .or(z.iso.date())
  // A day begins in China.
  .transform((text) => new Date(text.length === 10 ? `${text}T00:00:00+08:00` : text));

const given = z.object({
  method: z.string().regex(/^[a-z_]+\.[a-z_]+$/),
  since: instant,
  until: instant.optional(),
  to: z.enum(['0', '1', '2', '3']).transform((level) => Number(level) as Ial),
});

const USAGE =
  'proofing regrade --method M --since DATE --to LEVEL [--until DATE] [--dry-run] [--json]: dates as 2026-11-22 or 2026-11-22T08:00:00+08:00, LEVEL 0 to 3';

/** Only methods that evidence names, on or off by now: a slip of the pen must not look like "nobody is affected". */
export function regradeCommand(parts: RegradeParts): Command {
  return {
    name: 'proofing regrade',
    usage: '--method M --since DATE --to LEVEL [--until DATE] [--dry-run] [--json]',
    summary: 'grade evidence of one method down, lower the accounts that rest on it and end their sessions',
    run: (args, io) => run(parts, args, io),
  };
}

interface Options {
  readonly weak: Weak;
  readonly dry: boolean;
  readonly json: boolean;
}

function optionsOf(args: readonly string[]): Options | undefined {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        method: { type: 'string' },
        since: { type: 'string' },
        until: { type: 'string' },
        to: { type: 'string' },
        'dry-run': { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    });
    const { method, since, until, to } = given.parse(values);
    return { weak: { method, since, until, to }, dry: values['dry-run'], json: values.json };
  } catch {
    // Whatever is wrong with the line, its usage is the answer.
    return undefined;
  }
}

async function run(parts: RegradeParts, args: readonly string[], io: CommandIo): Promise<number> {
  const options = optionsOf(args);
  if (!options) {
    io.err(USAGE);
    return 2;
  }
  const { weak, dry, json } = options;
  const methods = await methodsKept(parts.postgres);
  if (!methods.includes(weak.method)) {
    io.err(`--method: there is no ${weak.method}; there are ${methods.join(', ')}`);
    return 2;
  }
  const { accounts, lowered } = await regrade(parts, weak, dry);
  if (json) io.out(JSON.stringify({ accounts, lowered, dryRun: dry }));
  else
    io.out(
      dry
        ? `${accounts} accounts have such evidence; ${lowered} would fall. Nothing was changed.`
        : `${accounts} accounts had such evidence; ${lowered} fell and were signed out.`,
    );
  return 0;
}
