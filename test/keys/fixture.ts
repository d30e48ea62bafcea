// Several nodes over one real database, each with its own reading of the keys; some hear of no change.
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { SEALED_TABLES } from '../../idp/app.ts';
import { createAudit, type Audit } from '../../idp/audit/audit.ts';
import {
  createCitizens,
  createReindexing,
  lookupUses,
  type CitizenId,
  type Citizens,
  type DocumentNumber,
  type Phone,
} from '../../idp/citizens/citizens.ts';
import { createKeys, type KeysParts } from '../../idp/keys/keys.ts';
import type { Ial } from '../../idp/assurance/assurance.ts';
import { createBlindIndex, type BlindIndex } from '../../idp/platform/crypto/blind-index.ts';
import { openKeyring, type Key, type Keyring, type KeyPurpose } from '../../idp/platform/crypto/keyring.ts';
import { createSealer, type Sealer } from '../../idp/platform/crypto/seal.ts';
import { createLimits } from '../../idp/platform/limits/limits.ts';
import { createPostgresEphemeral } from '../../idp/platform/store/ephemeral-postgres.ts';
import { openPostgres, type Postgres } from '../../idp/platform/store/postgres.ts';
import { createLog } from '../../idp/platform/telemetry/log.ts';
import { testDatabase } from '../support/postgres.ts';
import { until } from '../support/until.ts';
import { testClock, type TestClock } from '../support/clock.ts';

export interface Node {
  readonly keyring: Keyring;
  readonly sealer: Sealer;
  readonly index: BlindIndex;
  readonly audit: Audit;
  readonly citizens: Citizens;
  readonly logged: readonly string[];
  readonly parts: KeysParts;
  /** Runs a command of the `keys` feature and gives its exit code and lines. */
  command(words: string): Promise<{ readonly code: number; readonly out: string; readonly err: string }>;
  /** One turn of a background job. */
  job(name: string): Promise<void>;
  register(phone: Phone): ReturnType<Citizens['register']>;
  raise(id: CitizenId, number: DocumentNumber, ial?: Ial, name?: string): ReturnType<Citizens['raise']>;
}

export interface KeysFixture {
  readonly postgres: Postgres;
  readonly clock: TestClock;
  /** A node that hears of changed keys at once; `deaf`: it never does, and never reads them again by itself. */
  node(how?: { readonly deaf?: boolean }): Promise<Node>;
  /** Rotates through this node and waits until it, and these others, have heard. */
  rotate(purpose: KeyPurpose, node: Node, ...others: readonly Node[]): Promise<Key>;
  sql<Row extends pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

/** `poolSize`: connections of each node. */
export async function keysFixture(poolSize = 10): Promise<KeysFixture> {
  const database = await testDatabase(poolSize);
  const clock = testClock();
  const superuser = new pg.Pool({ connectionString: database.url, max: 3 });
  const nodes: Node[] = [];
  return {
    postgres: database.postgres,
    clock,
    async node({ deaf = false } = {}) {
      const node = await openNode(
        openPostgres({
          url: database.url,
          poolSize,
          statementTimeoutMs: 30_000,
          onIdleError: () => undefined,
        }),
        clock,
        deaf,
      );
      nodes.push(node);
      return node;
    },
    async rotate(purpose, node, ...others) {
      const key = await database.postgres.tx((tx) => node.keyring.rotate(purpose, tx));
      for (const { keyring } of [node, ...others])
        await until(() => keyring.active(purpose).id === key.id, 20, `the new ${purpose} key`);
      return key;
    },
    sql: async (text, values = []) => (await superuser.query(text, [...values])).rows,
    async close() {
      for (const { keyring, audit, parts } of nodes) {
        await Promise.all([keyring.close(), audit.close()]);
        await parts.postgres.close();
      }
      await superuser.end();
      await database.close();
    },
  };
}

async function openNode(own: Postgres, clock: TestClock, deaf: boolean): Promise<Node> {
  const postgres: Postgres = deaf ? { ...own, listen: async () => async () => undefined } : own;
  const onError = (error: Error): void => {
    throw error;
  };
  const keyEncryptionKey = Buffer.alloc(32, 9);
  const keyring = await openKeyring({ postgres, keyEncryptionKey, clock, onError, reloadSeconds: 3_600 });
  const sealer = createSealer(keyring);
  const index = createBlindIndex(keyring);
  const audit = createAudit({ postgres, keyring, clock, flushMs: 50, onError });
  const citizens = createCitizens({ postgres, sealer, index, clock });
  const logged: string[] = [];
  const log = createLog({ level: 'info', write: (line) => void logged.push(line) });
  const parts: KeysParts = {
    postgres,
    keyring,
    sealer,
    audit,
    clock,
    log,
    tables: SEALED_TABLES,
    limits: createLimits({ ephemeral: createPostgresEphemeral(postgres), postgres, keyring, clock }),
    reindexing: createReindexing({ postgres, audit, sealer, index }),
    uses: lookupUses({ postgres }),
    keepSeconds: { seal: 3_600, index: 3_600 },
    jwksMaxAgeSeconds: 60,
    hearingSeconds: 120,
    sleep: (ms) => sleep(Math.min(ms, 20)),
  };
  const { commands = [], jobs = [] } = createKeys(parts);
  return {
    keyring,
    sealer,
    index,
    audit,
    citizens,
    logged,
    parts,
    async command(words) {
      const found = commands.find(({ name }) => words.startsWith(name));
      if (!found) throw new Error(`no command ${words}`);
      const args = words.slice(found.name.length).split(' ').filter(Boolean);
      const [out, err]: [string[], string[]] = [[], []];
      const code = await found.run(args, {
        out: (line) => void out.push(line),
        err: (line) => void err.push(line),
      });
      return { code, out: out.join('\n'), err: err.join('\n') };
    },
    async job(name) {
      const found = jobs.find((job) => job.name === name);
      if (!found) throw new Error(`no job ${name}`);
      await found.run();
    },
    ...accounts(audit, citizens, clock),
  };
}

/** Accounts as the flows make them, each with its event. */
function accounts(audit: Audit, citizens: Citizens, clock: TestClock): Pick<Node, 'register' | 'raise'> {
  return {
    register: (phone) =>
      audit.change(async (tx) => {
        const outcome = await citizens.register(tx, phone, clock.now());
        if (outcome.is === 'registered')
          tx.record({
            type: 'citizen.registered',
            data: { method: 'sms' },
            citizenId: outcome.id,
            actor: 'system',
          });
        return outcome;
      }),
    raise: (id, number, ial = 2, name = '张三') =>
      audit.change(async (tx) => {
        const identity = { kind: 'CN_RIC', number, name, birthdate: '1985-01-01', gender: 'male' } as const;
        const outcome = await citizens.raise(tx, id, { identity }, ial, undefined, clock.now());
        // As proofing does: what was refused is recorded too, so that the transaction commits in any case.
        tx.record({
          type: 'case.decided',
          data: { caseId: id, authority: 'none', finding: 'none', decision: outcome.is },
          citizenId: id,
          actor: 'system',
        });
        return outcome;
      }),
  };
}

let serial = 10_000_000;
export const newPhone = (): Phone => `+86139${(serial += 1)}` as Phone;
export const newNumber = (): DocumentNumber => `3301061985${(serial += 1)}` as DocumentNumber;

/** A new account, with a document when it is given a number. */
export async function newCitizen(
  node: Node,
  phone: Phone = newPhone(),
  number?: DocumentNumber,
): Promise<CitizenId> {
  const outcome = await node.register(phone);
  if (outcome.is !== 'registered') throw new Error(outcome.is);
  if (number) await node.raise(outcome.id, number);
  return outcome.id;
}
