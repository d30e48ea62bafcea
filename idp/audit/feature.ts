// What the audit brings to the system: its jobs and its command.
import type { Command, CommandIo, Feature } from '../platform/http/feature.ts';
import type { Audit, AuditVerdict, Trail } from './audit.ts';

/** A week: as long as a stopped job may go unnoticed before events fall into the net. */
const DAYS_AHEAD = 8;

/**
 * Sealing, preparing the days to come, checking the chain once a day, and `audit verify`. `sealSeconds`: how often events are sealed, whole seconds.
 */
export function auditFeature(audit: Audit, trail: Trail, sealSeconds = 5): Feature {
  return {
    name: 'audit',
    jobs: [
      {
        name: 'audit.seal',
        everySeconds: sealSeconds,
        exclusive: true,
        run: async () => void (await audit.seal()),
      },
      {
        name: 'audit.prepare_days',
        everySeconds: 3_600,
        exclusive: true,
        run: async () => void (await audit.prepareDays(DAYS_AHEAD)),
      },
      {
        name: 'audit.check',
        everySeconds: 60,
        exclusive: true,
        run: async () => void (await trail.check()),
      },
    ],
    commands: [verifyCommand(audit)],
  };
}

function verifyCommand(audit: Audit): Command {
  return {
    name: 'audit verify',
    usage: '[--head DIGEST] [--json]',
    summary: 'Recompute the audit and name every edited, removed, inserted or reordered event.',
    async run(args, io) {
      const asked = parse(args);
      if (typeof asked === 'string') {
        io.err(asked);
        return 1;
      }
      const verdict = await audit.verify(asked.head);
      if (asked.json) io.out(JSON.stringify(verdict));
      else print(verdict, io);
      return verdict.sound ? 0 : 1;
    },
  };
}

function parse(args: readonly string[]): { json: boolean; head: string | undefined } | string {
  let json = false;
  let head: string | undefined;
  for (let place = 0; place < args.length; place += 1) {
    const arg = args[place]!;
    if (arg === '--json') json = true;
    else if (arg === '--head') {
      place += 1;
      head = args[place] ?? '';
      if (!/^[0-9a-f]{64}$/i.test(head))
        return '--head: must be the 64 hexadecimal digits printed by an earlier run';
    } else return `"${arg}" is not an option of audit verify: use [--head DIGEST] [--json]`;
  }
  return { json, head };
}

function print(verdict: AuditVerdict, io: CommandIo): void {
  for (const fault of verdict.faults) io.err(fault);
  io.out(
    `${verdict.sound ? 'sound' : 'NOT SOUND'}: ${verdict.events} events, ${verdict.batches} batches, ${verdict.unsealed} not sealed yet, ${verdict.faults.length} faults`,
  );
  io.out(`head ${verdict.head || '(none yet)'}`);
}
