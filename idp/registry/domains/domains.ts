// Host names that units have shown to be their own. Not here: which addresses a client may use below them (checks/).
import type { Audit } from '../../audit/audit.ts';
import { addSeconds, type Clock } from '../../platform/base/clock.ts';
import { Fault } from '../../platform/base/errors.ts';
import { randomToken, uuidv7 } from '../../platform/base/ids.ts';
import type { Limits } from '../../platform/limits/limits.ts';
import type { Postgres } from '../../platform/store/postgres.ts';
import type { Access } from '../operators/access.ts';
import { by } from '../operators/operators.ts';
import { scopesOf, type Actor } from '../operators/roles.ts';
import type { Bilingual, UnitId } from '../registry.ts';
import { findUnit } from '../units/store.ts';
import { look, METHODS, type ChallengeParts, type Findings, type Method } from './challenge.ts';
import { HOST_RULES, readHost } from './hosts.ts';
import * as store from './store.ts';

/** `lost`: it was shown once, and three daily looks in a row did not find it any more. */
export type DomainState = 'waiting' | 'verified' | 'lost';

export interface Domain {
  readonly id: string;
  readonly unitId: UnitId;
  readonly unitName: Bilingual;
  readonly host: string;
  /** The random part of what is to be published. */
  readonly value: string;
  readonly state: DomainState;
  readonly method: Method | undefined;
  /** Of the last look; empty before the first. */
  readonly findings: Partial<Findings>;
  readonly failures: number;
  readonly addedAt: Date;
  readonly checkedAt: Date | undefined;
  readonly verifiedAt: Date | undefined;
}

export interface Domains {
  /** What a unit claims, and what it holds through the units above it. Faults: `not_found`. */
  list(actor: Actor, unitId: string): Promise<readonly Domain[]>;
  /** Lost ones that this actor can do something about, the oldest first, at most 100: work for the queue. */
  lost(actor: Actor): Promise<readonly Domain[]>;
  /**
   * Claims a host. Faults: `bad_request` (no host name that anybody can hold; the note says which rule), `not_found`,
   * `forbidden`, `conflict` (claimed already, or 50 claims).
   */
  add(actor: Actor, unitId: string, host: string): Promise<Domain>;
  /**
   * Looks for the value. Faults: `not_found`, `forbidden`, `too_many`, `conflict` when another unit holds the host. What
   * was not found is no Fault: `state` and `findings` of the answer say it.
   */
  check(actor: Actor, id: string): Promise<Domain>;
  /** Gives a host up; clients that use it keep running. Faults: `not_found`, `forbidden`. */
  remove(actor: Actor, id: string): Promise<void>;
  /**
   * What clients of the unit may use, in the form that `covers` (hosts.ts) reads: held by the unit or by one above it below the
   * nation. Empty for a unit that there is not.
   */
  domainsOf(unitId: string): Promise<readonly string[]>;
  /** Looks again at what was not looked at for a day; for a job. Returns how many. */
  recheck(): Promise<number>;
}

export interface DomainsParts extends ChallengeParts {
  readonly postgres: Postgres;
  readonly audit: Audit;
  readonly access: Access;
  readonly limits: Limits;
  readonly clock: Clock;
  /** Hosts that every unit may use without showing anything, with what lies below: development only. */
  readonly openDomains: readonly string[];
}

const MOST_DOMAINS = 50;
const DAY_SECONDS = 86_400;
/** Failures in a row: a name server may be down for a day. */
const FAILURES_AT_MOST = 3;
const LOOKS_IN_ONE_RUN = 200;

export function createDomains(parts: DomainsParts): Domains {
  const { postgres, audit, access, limits } = parts;
  const perUnit = limits.declare({
    name: 'domain.check',
    per: 'unit',
    burst: 30,
    periodSeconds: 3_600,
    why: 'Each look is a request to a host that somebody else wrote.',
  });
  return {
    async list(actor, unitId) {
      const unit = await findUnit(postgres, unitId);
      if (!unit) throw new Fault('not_found', { note: `unit ${unitId}` });
      access.demand(actor, 'registry.read', unit.path, unitId);
      const rows = await store.domainsAt(postgres, holders(unit.path));
      // What others only claim is no concern of this unit.
      return rows.filter((row) => row.unitId === unitId || row.state === 'verified').map(domainOf);
    },
    async lost(actor) {
      const scopes = scopesOf(actor, 'domain.write');
      return (await store.lostBelow(postgres, scopes, 100)).map(domainOf);
    },
    add: (actor, unitId, host) => add(parts, actor, unitId, host),
    async check(actor, id) {
      const row = await claimed(parts, actor, id);
      await limits.spend(perUnit, row.unitId);
      await check(parts, actor, row);
      return await sure(parts, id);
    },
    async remove(actor, id) {
      const { unitId, host } = await claimed(parts, actor, id);
      await audit.change(async (tx) => {
        if ((await store.deleteDomain(tx, id)) === 0) return tx.unchanged();
        tx.record({ type: 'domain.removed', data: { unitId, host }, ...by(actor) });
      });
    },
    domainsOf: (unitId) => domainsOf(parts, unitId),
    recheck: () => recheck(parts),
  };
}

/** The unit and those above it. The nation holds nothing: it would cover everybody. */
const holders = (path: string): readonly string[] => path.split('/').filter((id) => id !== '' && id !== 'cn');

const domainOf = (row: store.DomainRow): Domain => ({
  ...row,
  unitId: row.unitId as UnitId,
  method: row.method ?? undefined,
  checkedAt: row.checkedAt ?? undefined,
  verifiedAt: row.verifiedAt ?? undefined,
});

async function sure({ postgres }: DomainsParts, id: string): Promise<Domain> {
  const row = await store.findDomain(postgres, id);
  if (!row) throw new Fault('not_found', { note: `domain ${id}` });
  return domainOf(row);
}

async function domainsOf({ postgres, openDomains }: DomainsParts, unitId: string) {
  const unit = await findUnit(postgres, unitId);
  if (!unit) return [];
  const held = (await store.domainsAt(postgres, holders(unit.path))).filter(
    ({ state }) => state === 'verified',
  );
  return [...openDomains, ...held.map(({ host, method }) => (method === 'dns' ? host : `=${host}`))];
}

async function add(parts: DomainsParts, actor: Actor, unitId: string, text: string): Promise<Domain> {
  const { postgres, audit, access, clock } = parts;
  const unit = await findUnit(postgres, unitId);
  if (!unit) throw new Fault('not_found', { note: `unit ${unitId}` });
  access.demand(actor, 'domain.write', unit.path, unitId);
  // A trial unit is nobody's organisation, and what the nation holds would cover everybody.
  if (unit.level === 'trial' || unit.level === 'nation')
    throw new Fault('forbidden', { note: `a ${unit.level} unit holds no domains` });
  const read = readHost(text);
  if (read.is === 'fault')
    throw new Fault('bad_request', { note: `host "${text.slice(0, 253)}": ${HOST_RULES[read.fault]}` });
  const { host } = read;
  const at = clock.now();
  const row = { id: uuidv7(at), unitId, host, value: randomToken(24), by: actor.name, at };
  await audit.change(async (tx) => {
    if ((await store.insertDomain(tx, row, MOST_DOMAINS)) === 0)
      throw new Fault('conflict', {
        note: `host "${host}": is claimed already, or there are ${MOST_DOMAINS}`,
      });
    tx.record({ type: 'domain.added', data: { unitId, host }, ...by(actor) });
  });
  return await sure(parts, row.id);
}

/** A claim that this actor may change. */
async function claimed({ postgres, access }: DomainsParts, actor: Actor, id: string) {
  const row = /^[0-9a-f-]{36}$/.test(id) ? await store.findDomain(postgres, id) : undefined;
  if (!row) throw new Fault('not_found', { note: `domain ${id.slice(0, 36)}` });
  access.demand(actor, 'domain.write', row.path, id);
  return row;
}

async function check(parts: DomainsParts, actor: Actor, row: store.DomainRow): Promise<void> {
  const { postgres, audit, clock } = parts;
  const { id, unitId, host } = row;
  const findings = await look(parts, host, row.value);
  // DNS first: it covers more.
  const method = METHODS.find((one) => findings[one].is === 'right');
  const gains = row.state !== 'verified' || (row.method === 'file' && method === 'dns');
  if (method === undefined || !gains) {
    // By hand nothing is lost: three days have to pass.
    const failures = method === row.method ? 0 : row.failures;
    await store.noteLook(postgres, id, findings, failures, clock.now());
    return;
  }
  await audit.change(async (tx) => {
    if ((await store.holdDomain(tx, row, method, findings, clock.now())) === 0)
      throw new Fault('conflict', {
        note: `host "${host}": is held by another unit; let it give the host up`,
      });
    tx.record({ type: 'domain.verified', data: { unitId, host, method }, ...by(actor) });
  });
}

async function recheck(parts: DomainsParts): Promise<number> {
  const { postgres, clock } = parts;
  const due = await store.dueDomains(postgres, addSeconds(clock.now(), -DAY_SECONDS), LOOKS_IN_ONE_RUN);
  const turns = [...due];
  // A few at a time: most of the time is waiting for others.
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let row = turns.shift(); row; row = turns.shift()) await recheckOne(parts, row);
    }),
  );
  return due.length;
}

async function recheckOne({ postgres, audit, clock, ...parts }: DomainsParts, row: store.DomainRow) {
  const { id, unitId, host, method } = row;
  const findings = await look(parts, host, row.value);
  const stands = method !== null && findings[method].is === 'right';
  const failures = stands ? 0 : row.failures + 1;
  if (failures < FAILURES_AT_MOST) {
    await store.noteLook(postgres, id, findings, failures, clock.now());
    return;
  }
  await audit.change(async (tx) => {
    if ((await store.loseDomain(tx, id, findings, failures, clock.now())) === 0) return tx.unchanged();
    tx.record({ type: 'domain.lost', data: { unitId, host, failures }, actor: 'system' });
  });
}
