import pg from 'pg';
import type { AuditEvent } from '../../idp/audit/events.ts';
import type { Ial } from '../../idp/assurance/assurance.ts';
import {
  createCitizens,
  type CitizenId,
  type Citizens,
  type DocumentNumber,
  type Phone,
  type VerifiedIdentity,
} from '../../idp/citizens/citizens.ts';
import { uuidv7 } from '../../idp/platform/base/ids.ts';
import { sql, type Postgres, type Statement } from '../../idp/platform/store/postgres.ts';
import { auditFixture, type AuditFixture } from '../audit/fixture.ts';
import { keyringIndex, keyringSealer } from '../support/sealer.ts';

let fixture: AuditFixture;
let citizens: Citizens;
const statements: Statement[] = [];

/** Remembers the statements, to look at their plans. */
const watched = (postgres: Postgres): Postgres => ({
  ...postgres,
  row: (statement) => {
    statements.push(statement);
    return postgres.row(statement);
  },
});

beforeAll(async () => {
  fixture = await auditFixture(30);
  citizens = createCitizens({
    postgres: watched(fixture.database.postgres),
    sealer: keyringSealer(fixture.keyring),
    index: keyringIndex(fixture.keyring),
    clock: fixture.clock,
  });
});
afterAll(() => fixture.close());

const KIND = 'CN_RIC';
const nobody = '0198a000-0000-7000-8000-00000000ffff' as CitizenId;
let serial = 10_000_000;
const newPhone = (): Phone => `+86138${(serial += 1)}` as Phone;
const newNumber = (): DocumentNumber => `3301061985${(serial += 1)}` as DocumentNumber;
const identity = (number: DocumentNumber, name = '张三'): VerifiedIdentity => ({
  kind: KIND,
  number,
  name,
  birthdate: '1985-01-01',
  gender: 'male',
});

const registeredEvent = (citizenId: string): AuditEvent => ({
  type: 'citizen.registered',
  data: { method: 'sms' },
  citizenId,
  actor: 'system',
});

const register = (phone: Phone): ReturnType<Citizens['register']> =>
  fixture.audit.change(async (tx) => {
    const outcome = await citizens.register(tx, phone, fixture.clock.now());
    if (outcome.is === 'registered') tx.record(registeredEvent(outcome.id));
    return outcome;
  });

async function newCitizen(phone = newPhone()): Promise<CitizenId> {
  const outcome = await register(phone);
  if (outcome.is !== 'registered') throw new Error(outcome.is);
  return outcome.id;
}

const raise = (
  id: CitizenId,
  who: VerifiedIdentity,
  ial: Ial = 2,
  expiresAt?: Date,
): ReturnType<Citizens['raise']> =>
  fixture.audit.change(async (tx) => {
    const outcome = await citizens.raise(tx, id, { identity: who }, ial, expiresAt, fixture.clock.now());
    if (outcome.is === 'raised')
      tx.record({
        type: 'citizen.level_raised',
        data: { from: 0, to: ial, method: 'test', caseId: 'case' },
        citizenId: id,
        actor: 'system',
      });
    return outcome;
  });

const freeze = (id: CitizenId, at = fixture.clock.now()): Promise<void> =>
  fixture.audit.change(async (tx) => {
    await citizens.freeze(tx, id, at);
    tx.record({ type: 'citizen.frozen', data: { reason: 'test' }, citizenId: id, actor: 'operator:test' });
  });

const count = async (table: string, where = 'true'): Promise<number> =>
  (await fixture.tamper(`select from citizens.${table} where ${where}`)).rowCount ?? 0;

describe('an unknown account', () => {
  test('is not found, has no attributes, cannot be raised or frozen', async () => {
    expect(await citizens.find(nobody)).toBeUndefined();
    expect(await citizens.findByPhone(newPhone())).toBeUndefined();
    expect(await citizens.findByDocument(KIND, newNumber())).toBeUndefined();
    await expect(citizens.attributes(nobody)).rejects.toMatchObject({ code: 'not_found' });
    await expect(raise(nobody, identity(newNumber()))).rejects.toMatchObject({ code: 'not_found' });
    await expect(freeze(nobody)).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('registering', () => {
  test('a phone that is taken answers so and writes nothing', async () => {
    const phone = newPhone();
    const id = await newCitizen(phone);
    const before = await count('citizen');
    expect(await register(phone)).toEqual({ is: 'phone_taken' });
    expect(await count('citizen')).toBe(before);
    expect(await citizens.findByPhone(phone)).toBe(id);
  });

  test('gives an active account of level 0 whose phone opens again', async () => {
    const phone = newPhone();
    const id = await newCitizen(phone);
    expect(await citizens.find(id)).toEqual({
      id,
      status: 'active',
      ial: 0,
      ialExpiresAt: undefined,
      sessionsNotBefore: new Date(0),
    });
    const attributes = await citizens.attributes(id);
    expect(attributes.phone?.reveal()).toBe(phone);
    expect(String(attributes.phone)).toMatch(/^138\*{4}\d{4}$/);
    expect(attributes).toMatchObject({ name: undefined, documentNumber: undefined, birthdate: undefined });
  });

  test('one phone a hundred times at once makes one account', async () => {
    const phone = newPhone();
    const outcomes = await Promise.all(Array.from({ length: 100 }, () => register(phone)));
    const made = outcomes.filter((outcome) => outcome.is === 'registered');
    expect(made).toHaveLength(1);
    expect(made[0]).toMatchObject({ id: await citizens.findByPhone(phone) });
  });

  test('that is rolled back leaves the phone free', async () => {
    const phone = newPhone();
    const broken = fixture.audit.change(async (tx) => {
      await citizens.register(tx, phone, fixture.clock.now());
      throw new Error('the power went');
    });
    await expect(broken).rejects.toThrow('the power went');
    expect(await citizens.findByPhone(phone)).toBeUndefined();
    expect((await register(phone)).is).toBe('registered');
  });
});

describe('raising', () => {
  test('into a second account is refused and writes nothing', async () => {
    const number = newNumber();
    const [first, second] = [await newCitizen(), await newCitizen()];
    expect(await raise(first, identity(number))).toEqual({ is: 'raised' });
    expect(await raise(second, identity(number))).toEqual({ is: 'held_by_another' });
    expect(await citizens.findByDocument(KIND, number)).toBe(first);
    expect(await citizens.find(second)).toMatchObject({ ial: 0 });
    expect(await count('document', `citizen_id = '${second}'`)).toBe(0);
  });

  test('an account with another human being’s number is refused, and that number stays free', async () => {
    const [mine, theirs] = [newNumber(), newNumber()];
    const id = await newCitizen();
    await raise(id, identity(mine));
    expect(await raise(id, identity(theirs), 4)).toEqual({ is: 'held_by_another' });
    expect(await citizens.find(id)).toMatchObject({ ial: 2 });
    expect(await citizens.findByDocument(KIND, theirs)).toBeUndefined();
  });

  test('the account of a deceased person is refused, a frozen one is not: a proof is what opens it again', async () => {
    const [dead, frozen] = [await newCitizen(), await newCitizen()];
    await fixture.audit.change(async (tx) => {
      await citizens.decease(tx, dead, fixture.clock.now());
      tx.record({
        type: 'citizen.deceased',
        data: { caseId: 'test' },
        citizenId: dead,
        actor: 'operator:test',
      });
    });
    await expect(raise(dead, identity(newNumber()))).rejects.toMatchObject({ code: 'forbidden' });
    await freeze(frozen);
    expect(await raise(frozen, identity(newNumber()))).toEqual({ is: 'raised' });
    expect(await citizens.find(frozen)).toMatchObject({ status: 'frozen' });
  });

  test('never lowers, and a level that has expired reads as 0', async () => {
    const number = newNumber();
    const id = await newCitizen();
    const expiresAt = new Date(fixture.clock.now().getTime() + 3_600_000);
    await raise(id, identity(number), 3, expiresAt);
    await raise(id, identity(number), 1);
    expect(await citizens.find(id)).toMatchObject({ ial: 3, ialExpiresAt: expiresAt });
    fixture.clock.forward(3_600);
    expect(await citizens.find(id)).toMatchObject({ ial: 0 });
    await raise(id, identity(number), 1);
    expect(await citizens.find(id)).toMatchObject({ ial: 1, ialExpiresAt: undefined });
  });

  test('keeps the newest authoritative spelling, with rare characters intact', async () => {
    const number = newNumber();
    const id = await newCitizen();
    await raise(id, identity(number, '吉三'));
    await raise(id, identity(number, '𠮷三·买买提'));
    const attributes = await citizens.attributes(id);
    expect(attributes.name?.reveal()).toBe('𠮷三·买买提');
    expect(attributes.documentNumber?.reveal()).toBe(number);
    expect(attributes).toMatchObject({ documentKind: KIND, birthdate: '1985-01-01', gender: 'male' });
    expect(await count('document', `citizen_id = '${id}'`)).toBe(1);
  });

  test('one number into a hundred accounts at once: exactly one gets it', async () => {
    const number = newNumber();
    const accounts = await Promise.all(Array.from({ length: 100 }, () => newCitizen()));
    const outcomes = await Promise.all(accounts.map((id) => raise(id, identity(number))));
    const winners = accounts.filter((_, place) => outcomes[place]?.is === 'raised');
    expect(winners).toEqual([await citizens.findByDocument(KIND, number)]);
    const levels = await Promise.all(accounts.map((id) => citizens.find(id)));
    expect(levels.filter((citizen) => citizen?.ial === 2)).toHaveLength(1);
    const held = accounts.map((id) => `'${id}'`).join();
    expect(await count('document', `citizen_id in (${held})`)).toBe(1);
  });

  test('one account with a hundred numbers at once: it becomes one human being', async () => {
    const id = await newCitizen();
    const numbers = Array.from({ length: 100 }, newNumber);
    const outcomes = await Promise.all(numbers.map((number) => raise(id, identity(number))));
    expect(outcomes.filter((outcome) => outcome.is === 'raised')).toHaveLength(1);
    expect(await count('lookup', `citizen_id = '${id}' and space <> 'phone'`)).toBe(1);
  });

  test('fifty times at once while fifty freezes run: the account ends frozen, with or without the level', async () => {
    const id = await newCitizen();
    const number = newNumber();
    const at = fixture.clock.now();
    const raises = Array.from({ length: 50 }, () =>
      raise(id, identity(number)).catch((error: { code?: string }) => error.code),
    );
    const freezes = Array.from({ length: 50 }, () => freeze(id, at));
    const outcomes = await Promise.all(raises);
    await Promise.all(freezes);
    const raisedOnce = outcomes.some((outcome) => typeof outcome === 'object');
    expect(outcomes.every((outcome) => typeof outcome === 'object' || outcome === 'forbidden')).toBe(true);
    expect(await citizens.find(id)).toMatchObject({
      status: 'frozen',
      ial: raisedOnce ? 2 : 0,
      sessionsNotBefore: at,
    });
  });
});

describe('freezing', () => {
  test('ends the sessions that began before, and a second freeze never moves that instant back', async () => {
    const id = await newCitizen();
    const at = fixture.clock.now();
    await freeze(id, at);
    await freeze(id, new Date(at.getTime() - 60_000));
    expect(await citizens.find(id)).toMatchObject({ status: 'frozen', sessionsNotBefore: at });
  });

  test('does not bring a closed account back', async () => {
    const id = await newCitizen();
    await fixture.tamper(`update citizens.citizen set status = 'closed' where id = $1`, [id]);
    await freeze(id);
    expect(await citizens.find(id)).toMatchObject({ status: 'closed' });
  });
});

describe('sealed attributes', () => {
  test('do not open in another citizen’s row', async () => {
    const [mine, theirs] = [await newCitizen(), await newCitizen()];
    await raise(mine, identity(newNumber(), '李四'));
    await raise(theirs, identity(newNumber(), '王五'));
    await fixture.tamper(
      `update citizens.document set name_sealed = (select name_sealed from citizens.document where citizen_id = $2)
       where citizen_id = $1`,
      [mine, theirs],
    );
    await expect(citizens.attributes(mine)).rejects.toThrow();
    await expect(citizens.attributes(theirs)).resolves.toBeDefined();
  });

  test('stand in no table in clear, in no encoding', async () => {
    const planted = ['测试植入·姓名', '110101199003071234', '+8613912345678', '13912345678', '1990-03-07'];
    const id = await newCitizen(planted[2] as Phone);
    await raise(id, {
      kind: KIND,
      number: planted[1] as DocumentNumber,
      name: planted[0]!,
      birthdate: planted[4]!,
      gender: 'female',
    });
    const dump = await dumpAll();
    expect(dump).toContain(id);
    for (const value of [...planted, 'female'])
      for (const encoding of ['utf8', 'hex', 'base64', 'base64url'] as const)
        expect(dump).not.toContain(Buffer.from(value).toString(encoding));
  });
});

/** Every table of every schema that is ours, as text. */
async function dumpAll(): Promise<string> {
  const tables = await fixture.tamper(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema')`,
  );
  const parts: string[] = [];
  for (const { name } of tables.rows as { name: string }[]) {
    const rows = await fixture.tamper(`select t::text as line from ${name} t`);
    parts.push(...rows.rows.map((row: { line: string }) => row.line));
  }
  return parts.join('\n');
}

describe('a citizen’s path', () => {
  /** Names of the partitions that the plan of a statement touches. */
  async function touched({ text, values }: Statement): Promise<readonly string[]> {
    const client = new pg.Client({ connectionString: fixture.database.url });
    await client.connect();
    // What many citizens make the planner do; an empty table would be scanned whole.
    await client.query('set enable_seqscan = off');
    const plan = await client.query(`explain (costs off) ${text}`, [...values]);
    await client.end();
    const lines = plan.rows.map((row: { 'QUERY PLAN': string }) => row['QUERY PLAN']).join('\n');
    expect(lines).not.toMatch(/Seq Scan|Append/);
    return [...new Set(lines.match(/(?:citizen|document|lookup)_\d+(?= )/g))];
  }

  test('reads one partition of each table that it needs, by index', async () => {
    const number = newNumber();
    const phone = newPhone();
    const id = await newCitizen(phone);
    await raise(id, identity(number));
    const planOf = async (call: () => Promise<unknown>): Promise<readonly string[]> => {
      statements.length = 0;
      await call();
      expect(statements).toHaveLength(1);
      return touched(statements[0]!);
    };
    expect(await planOf(() => citizens.find(id))).toHaveLength(1);
    expect(await planOf(() => citizens.findByPhone(phone))).toHaveLength(1);
    expect(await planOf(() => citizens.findByDocument(KIND, number))).toHaveLength(1);
    const both = await planOf(() => citizens.attributes(id));
    expect([...both].map((name) => name.replace(/_\d+$/, '')).sort()).toEqual(['citizen', 'document']);
  });

  test('writes one partition of each table', async () => {
    const id = uuidv7(fixture.clock.now()) as CitizenId;
    await newCitizen();
    const seen: Statement[] = [];
    await fixture.audit.change(async (tx) => {
      const spy = {
        ...tx,
        run: (statement: Statement) => {
          seen.push(statement);
          return tx.run(statement);
        },
      };
      const outcome = await citizens.register(spy, newPhone(), fixture.clock.now());
      const citizen = outcome.is === 'registered' ? outcome.id : id;
      await citizens.raise(
        spy,
        citizen,
        { identity: identity(newNumber()) },
        2,
        undefined,
        fixture.clock.now(),
      );
      await citizens.freeze(spy, citizen, fixture.clock.now());
      tx.record(registeredEvent(citizen));
    });
    const updates = seen.filter((statement) => /^\s*update/.test(statement.text));
    expect([seen.length, updates.length]).toEqual([5, 2]);
    for (const statement of updates) expect(await touched(statement)).toHaveLength(1);
  });

  test('has sixteen partitions for each table', async () => {
    const parts = await fixture.database.postgres.rows<{ parent: string; n: number }>(sql`
      select inhparent::regclass::text as parent, count(*) as n from pg_inherits
      where inhparent::regclass::text like 'citizens.%' and inhparent::regclass::text not like '%key'
        and (select relkind from pg_class where oid = inhparent) = 'p' group by 1 order by 1`);
    expect(parts).toEqual(
      ['citizen', 'document', 'likeness', 'lookup', 'recovery'].map((table) => ({
        parent: `citizens.${table}`,
        n: 16,
      })),
    );
  });
});
