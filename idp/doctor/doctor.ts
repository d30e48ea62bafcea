// `tongxing doctor`: is this machine, with these settings, fit to sign people in? Reads and measures; changes nothing.
// Not here: whether a running node is well (platform/http/serving/health.ts).
import type { Command, Feature } from '../platform/http/feature.ts';
import { examine, type Found, type Ground } from './checks.ts';
import { measure } from './hashing.ts';

export type DoctorParts = Omit<Ground, 'measure'>;

export function createDoctor(parts: DoctorParts): Feature {
  return { name: 'doctor', commands: [doctorCommand({ ...parts, measure })] };
}

/** Exit code 1 when something is wrong; advice alone is 0. Takes some seconds, because it hashes. */
export function doctorCommand(ground: Ground): Command {
  return {
    name: 'doctor',
    usage: '[--json]',
    summary: 'what this machine offers, and how hard passwords should be hashed on it',
    async run(args, io) {
      const checks = await examine(ground);
      const well = checks.every(({ verdict }) => verdict !== 'wrong');
      if (args.includes('--json')) io.out(JSON.stringify({ well, checks }));
      else for (const line of checks.map(lineOf)) io.out(line);
      return well ? 0 : 1;
    },
  };
}

const lineOf = ({ check, verdict, text }: Found): string => `${verdict.padEnd(6)} ${check}: ${text}`;
