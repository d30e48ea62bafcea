// `keys list` and `keys rotate`: what there is, and the next key of a purpose put to use.
import type { Audit } from '../audit/audit.ts';
import type { Clock } from '../platform/base/clock.ts';
import type { Key, Keyring, KeyPurpose } from '../platform/crypto/keyring.ts';
import type { Command } from '../platform/http/feature.ts';

export interface RotateParts {
  readonly keyring: Keyring;
  readonly audit: Audit;
  readonly clock: Clock;
  /** How long a service may keep our key set before it asks again: the next key must have been public that long. */
  readonly jwksMaxAgeSeconds: number;
  /** Within which every node has read the keys again, also one that heard of no change. */
  readonly hearingSeconds: number;
  readonly sleep: (ms: number) => Promise<void>;
}

const ROTATED: readonly KeyPurpose[] = [
  'signing',
  'signing-rsa',
  'seal',
  'index',
  'audit',
  'otp',
  'pepper',
  'cookie',
];

/** Seconds until everybody who must know the next key has had the time to read it. None when it came with the active one. */
export function waitBeforeRotation(active: Key, next: Key | undefined, now: Date, seconds: number): number {
  if (!next || next.createdAt.getTime() === active.createdAt.getTime()) return 0;
  return Math.max(0, Math.ceil(seconds - (now.getTime() - next.createdAt.getTime()) / 1000));
}

export function listCommand({ keyring }: Pick<RotateParts, 'keyring'>): Command {
  return {
    name: 'keys list',
    usage: '[--json]',
    summary: 'keys by purpose and state, never their material',
    async run(args, io) {
      const rows = [...ROTATED, 'pairwise' as const].flatMap((purpose) =>
        keyring
          .all(purpose)
          .map(({ id, state, createdAt }) => ({ purpose, id, state, createdAt: createdAt.toISOString() })),
      );
      if (args.includes('--json')) io.out(JSON.stringify(rows));
      else
        for (const row of rows)
          io.out(`${row.purpose.padEnd(9)} ${row.state.padEnd(8)} ${row.createdAt} ${row.id}`);
      return 0;
    },
  };
}

export function rotateCommand(parts: RotateParts): Command {
  return {
    name: 'keys rotate',
    usage: '[PURPOSE] [--now]',
    summary: 'next -> active -> retired, with no failed verification (default purpose: signing)',
    async run(args, io) {
      const named = args.find((arg) => !arg.startsWith('--')) ?? 'signing';
      const purpose = ROTATED.find((known) => known === named);
      if (!purpose) {
        io.err(`"${named}" cannot be rotated; one of: ${ROTATED.join(', ')}`);
        return 1;
      }
      const wait = args.includes('--now') ? 0 : waitFor(parts, purpose);
      if (wait > 0) {
        const who = purpose.startsWith('signing') ? 'service' : 'node';
        io.err(`waiting ${wait} s until every ${who} has seen the next key (--now skips this)`);
        await parts.sleep(wait * 1000);
      }
      const key = await rotate(parts, purpose);
      io.out(`${purpose}: ${key.id} is active`);
      return 0;
    },
  };
}

function waitFor({ keyring, clock, ...parts }: RotateParts, purpose: KeyPurpose): number {
  const next = keyring.all(purpose).find((key) => key.state === 'next');
  const seconds = purpose.startsWith('signing') ? parts.jwksMaxAgeSeconds : parts.hearingSeconds;
  return waitBeforeRotation(keyring.active(purpose), next, clock.now(), seconds);
}

async function rotate({ keyring, audit }: RotateParts, purpose: KeyPurpose): Promise<Key> {
  return audit.change(async (tx) => {
    const key = await keyring.rotate(purpose, tx);
    tx.record({ type: 'key.rotated', data: { purpose, keyId: key.id }, actor: 'operator:cli' });
    return key;
  });
}
