// Offices, their terminals and officers: whose signatures count. Registered by an operator, with public keys only.
import { z } from 'zod';
import type { Audit, AuditedTx } from '../../../../audit/audit.ts';
import type { Clock } from '../../../../platform/base/clock.ts';
import { Fault } from '../../../../platform/base/errors.ts';
import type { Brand } from '../../../../platform/base/ids.ts';
import type { Postgres } from '../../../../platform/store/postgres.ts';
import { readPublicKey } from './public-key.ts';
import * as store from '../store.ts';

export type OfficeId = Brand<string, 'OfficeId'>;
export type TerminalId = Brand<string, 'TerminalId'>;
export type OfficerId = Brand<string, 'OfficerId'>;

export interface Office {
  readonly id: OfficeId;
  readonly name: string;
  /** Administrative division, six digits (GB/T 2260). */
  readonly region: string;
}

export interface Terminal {
  readonly id: TerminalId;
  readonly office: OfficeId;
  readonly name: string;
  readonly enabled: boolean;
  readonly registeredAt: Date;
}

export interface Officer {
  readonly id: OfficerId;
  readonly office: OfficeId;
  readonly enabled: boolean;
  readonly registeredAt: Date;
}

/** What an operator hands in. `key`: a public JWK as parsed from JSON. */
export interface NewSigner {
  readonly id: string;
  readonly office: string;
  readonly key: unknown;
}

/**
 * Adding throws Fault `bad_request` for a malformed member, `not_found` for an office that there is not, `conflict` for
 * an identifier or a key that is in use; each with a sentence for the operator. An entry is never changed: a new key
 * is a new entry, and the old one is disabled.
 */
export interface Directory {
  addOffice(office: Readonly<Record<keyof Office, string>>, actor: string): Promise<void>;
  addTerminal(terminal: NewSigner & { readonly name: string }, actor: string): Promise<void>;
  addOfficer(officer: NewSigner, actor: string): Promise<void>;
  /** False when there is no such entry, or it is disabled already. At once: keys are read with every request. */
  disableTerminal(id: string, actor: string): Promise<boolean>;
  disableOfficer(id: string, actor: string): Promise<boolean>;
  offices(): Promise<readonly Office[]>;
  terminals(): Promise<readonly Terminal[]>;
  officers(): Promise<readonly Officer[]>;
}

export interface DirectoryParts {
  readonly postgres: Postgres;
  readonly audit: Audit;
  readonly clock: Clock;
}

/** As it stands in signatures and records. */
const IDENTIFIER = /^[a-z0-9][a-z0-9-]{1,62}$/;

const rules = z.object({
  id: z.string().regex(IDENTIFIER, 'must be 2 to 63 small letters, digits and hyphens'),
  name: z.string().trim().min(1, 'must be given').max(100, 'must be 100 characters at most').optional(),
  region: z
    .string()
    .regex(/^\d{6}$/, 'must be six digits (GB/T 2260)')
    .optional(),
});

function check(given: z.input<typeof rules>): void {
  const [issue] = rules.safeParse(given).error?.issues ?? [];
  if (issue) throw new Fault('bad_request', { note: `${issue.path.join('.')}: ${issue.message}` });
}

const inUse = (what: string): Fault =>
  new Fault('conflict', { note: `${what}: registered already, or its key is; a new entry needs a new key` });

/** Builds the directory over its tables. */
export function createDirectory(parts: DirectoryParts): Directory {
  const { postgres, audit } = parts;
  return {
    async addOffice({ id, name, region }, actor) {
      check({ id, name, region });
      await audit.change(async (tx) => {
        if (!(await store.insertOffice(tx, { id, name, region })))
          throw new Fault('conflict', { note: `office "${id}": registered already` });
        tx.record({ type: 'counter.office_added', data: { office: id }, actor });
      });
    },
    addTerminal: (terminal, actor) => addTerminal(parts, terminal, actor),
    addOfficer: (officer, actor) => addOfficer(parts, officer, actor),
    disableTerminal: (id, actor) =>
      audit.change(async (tx) => {
        const disabled = await store.disableTerminal(tx, id);
        if (disabled) tx.record({ type: 'counter.terminal_disabled', data: { terminal: id }, actor });
        return disabled;
      }),
    disableOfficer: (id, actor) =>
      audit.change(async (tx) => {
        const disabled = await store.disableOfficer(tx, id);
        if (disabled) tx.record({ type: 'counter.officer_disabled', data: { officer: id }, actor });
        return disabled;
      }),
    offices: () => store.offices(postgres),
    terminals: () => store.terminals(postgres),
    officers: () => store.officers(postgres),
  };
}

async function demandOffice(tx: AuditedTx, id: string): Promise<void> {
  if (!(await store.officeExists(tx, id)))
    throw new Fault('not_found', { note: `office "${id}": there is none; add it first` });
}

async function addTerminal(
  { audit, clock }: DirectoryParts,
  { id, office, name, key }: NewSigner & { readonly name: string },
  actor: string,
): Promise<void> {
  check({ id, name });
  const publicKey = await readPublicKey(key);
  await audit.change(async (tx) => {
    await demandOffice(tx, office);
    if (!(await store.insertTerminal(tx, { id, office, name, ...publicKey, at: clock.now() })))
      throw inUse(`terminal "${id}"`);
    tx.record({ type: 'counter.terminal_added', data: { terminal: id, office }, actor });
  });
}

async function addOfficer(
  { audit, clock }: DirectoryParts,
  { id, office, key }: NewSigner,
  actor: string,
): Promise<void> {
  check({ id });
  const publicKey = await readPublicKey(key);
  await audit.change(async (tx) => {
    await demandOffice(tx, office);
    if (!(await store.insertOfficer(tx, { id, office, ...publicKey, at: clock.now() })))
      throw inUse(`officer "${id}"`);
    tx.record({ type: 'counter.officer_added', data: { officer: id, office }, actor });
  });
}
