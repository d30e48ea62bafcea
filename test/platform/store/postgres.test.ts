import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { Fault } from '../../../idp/platform/base/errors.ts';
import { openPostgres, sql, type Postgres } from '../../../idp/platform/store/postgres.ts';
import { createPostgresEphemeral } from '../../../idp/platform/store/ephemeral-postgres.ts';
import { freePort } from '../../support/global-setup.ts';
import { testDatabase, type TestDatabase } from '../../support/postgres.ts';
import { until } from '../../support/until.ts';

let database: TestDatabase;
let postgres: Postgres;
beforeAll(async () => {
  database = await testDatabase();
  postgres = database.postgres;
  await postgres.run(sql`create table note (id int primary key, text text)`);
});
afterAll(() => database.close());

const cutConnectionsThatListen = (): Promise<number> =>
  postgres.run(sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and query like 'listen %'`);

describe('statements', () => {
  test('a value never becomes SQL text', async () => {
    const text = `'; drop table note; -- $1`;
    await postgres.run(sql`insert into note values (1, ${text})`);
    await expect(postgres.row(sql`select text from note where id = ${1}`)).resolves.toEqual({ text });
    await expect(postgres.rows(sql`select id from note where id = any(${[1, 2]})`)).resolves.toEqual([
      { id: 1 },
    ]);
    await expect(postgres.row(sql`select 1 from note where id = ${99}`)).resolves.toBeUndefined();
  });

  test('a statement keeps its name, another text has another', () => {
    const read = (id: number): { name: string; values: readonly unknown[] } => sql`select ${id}::int`;
    expect(read(1).name).toBe(read(2).name);
    expect(read(2).values).toEqual([2]);
    expect(sql`select ${1}::text`.name).not.toBe(read(1).name);
  });
});

describe('transactions', () => {
  test('a throw undoes everything and reaches the caller', async () => {
    const work = postgres.tx(async (tx) => {
      await tx.run(sql`insert into note values (10, 'undone')`);
      throw new Fault('conflict');
    });
    await expect(work).rejects.toMatchObject({ code: 'conflict' });
    await expect(postgres.row(sql`select 1 from note where id = 10`)).resolves.toBeUndefined();
  });

  test('a connection that dies inside a transaction is unavailable and not used again', async () => {
    const work = postgres.tx(async (tx) => {
      const row = await tx.row<{ pid: number }>(sql`select pg_backend_pid() as pid`);
      await postgres.run(sql`select pg_terminate_backend(${row?.pid})`);
      await tx.run(sql`insert into note values (11, 'lost')`);
    });
    await expect(work).rejects.toMatchObject({ code: 'unavailable', detail: { retryAfterSeconds: 5 } });
    await expect(Promise.all(Array.from({ length: 20 }, () => postgres.ping()))).resolves.toBeDefined();
    await expect(postgres.row(sql`select 1 from note where id = 11`)).resolves.toBeUndefined();
  });
});

describe('trouble', () => {
  test('a mistake in SQL is a bug, a standby asked to write and a cancelled statement are outages', async () => {
    await expect(postgres.run(sql`select from nowhere`)).rejects.not.toBeInstanceOf(Fault);
    const onStandby = postgres.tx(async (tx) => {
      await tx.run(sql`set transaction read only`);
      await tx.run(sql`insert into note values (12, 'standby')`);
    });
    await expect(onStandby).rejects.toMatchObject({ code: 'unavailable' });
    const slow = openPostgres({
      url: database.url,
      poolSize: 1,
      statementTimeoutMs: 50,
      onIdleError: () => undefined,
    });
    await expect(slow.run(sql`select pg_sleep(5)`)).rejects.toMatchObject({ code: 'unavailable' });
    await slow.close();
  });

  test('where nobody listens, every use is unavailable', async () => {
    const url = `postgres://nobody@127.0.0.1:${await freePort()}/none`;
    const none = openPostgres({ url, poolSize: 2, statementTimeoutMs: 1_000, onIdleError: () => undefined });
    const unavailable = { code: 'unavailable' };
    await expect(none.run(sql`select 1`)).rejects.toMatchObject(unavailable);
    await expect(none.ping()).rejects.toMatchObject(unavailable);
    await expect(none.tx(() => Promise.resolve())).rejects.toMatchObject(unavailable);
    await expect(none.listen('somewhere', () => undefined)).rejects.toMatchObject(unavailable);
    await expect(
      createPostgresEphemeral(none).spend('k', { burst: 1, periodSeconds: 1 }),
    ).rejects.toMatchObject(unavailable);
    await none.close();
  });
});

describe('listening', () => {
  test('hears what is said after commit, and nothing after it stopped', async () => {
    const heard: string[] = [];
    const stop = await postgres.listen('test_said', (payload) => heard.push(payload));
    await postgres.tx(async (tx) => {
      await tx.run(sql`select pg_notify('test_said', ${'one'})`);
      await sleep(100);
      expect(heard).toEqual([]);
    });
    await until(() => heard.length === 1, 8);
    await stop();
    await postgres.run(sql`select pg_notify('test_said', ${'two'})`);
    await sleep(200);
    expect(heard).toEqual(['one']);
  });

  test('a lost connection is made again, and says that something may have been missed', async () => {
    const heard: string[] = [];
    const stop = await postgres.listen('test_lost', (payload) => heard.push(payload));
    for (let cut = 1; cut <= 2; cut += 1) {
      await cutConnectionsThatListen();
      await until(() => heard.length === cut, 8);
    }
    await postgres.run(sql`select pg_notify('test_lost', ${'again'})`);
    await until(() => heard.length === 3, 8);
    expect(heard).toEqual(['', '', 'again']);
    await stop();
  });

  test('an outage leaves one connection behind, not one for every failed attempt', async () => {
    const errors: Error[] = [];
    const name = new URL(database.url).pathname.slice(1);
    const admin = new pg.Client({ connectionString: database.url.replace(name, 'postgres') });
    await admin.connect();
    const other = openPostgres({
      url: database.url,
      poolSize: 1,
      statementTimeoutMs: 1_000,
      onIdleError: (e) => errors.push(e),
    });
    const heard: string[] = [];
    const stop = await other.listen('test_outage', (payload) => heard.push(payload));
    await admin.query(`alter database ${name} with allow_connections false`);
    await cutConnectionsThatListen();
    await until(() => errors.length >= 4, 8);
    await admin.query(`alter database ${name} with allow_connections true`);
    await until(() => heard.length > 0, 8);
    await sleep(1_500);
    const { rows } = await admin.query<{ count: string }>(
      `select count(*) from pg_stat_activity where datname = $1 and query = 'listen test_outage'`,
      [name],
    );
    expect(Number(rows[0]?.count)).toBe(1);
    expect(heard).toEqual(['']);
    await stop();
    await other.close();
    await admin.end();
  });

  test('a channel is a plain name', async () => {
    await expect(postgres.listen('a; drop table note', () => undefined)).rejects.toThrow('channel name');
  });
});

describe('sweeping short-lived state', () => {
  test('only what has expired goes', async () => {
    const store = createPostgresEphemeral(postgres);
    await Promise.all(Array.from({ length: 30 }, (_, index) => store.put(`short-${index}`, 1, 1)));
    await store.put('long', 1, 60);
    await store.spend('limit', { burst: 2, periodSeconds: 60 });
    await expect(store.sweep()).resolves.toBe(0);
    await sleep(1_200);
    await expect(store.sweep()).resolves.toBe(30);
    await expect(store.get('long')).resolves.toBeDefined();
    await expect(store.spend('limit', { burst: 2, periodSeconds: 60 })).resolves.toMatchObject({
      remaining: 0,
    });
    await store.close();
  });

  test('two deletions of the same rows in different orders do not deadlock', async () => {
    const store = createPostgresEphemeral(postgres);
    const keys = Array.from({ length: 200 }, (_, index) => `row-${index}`);
    for (let round = 0; round < 5; round += 1) {
      await Promise.all(keys.map((key) => store.put(key, 1, 60, 'all')));
      await Promise.all([store.delete(...keys), store.delete(...keys.toReversed()), store.dropGroup('all')]);
    }
    await expect(store.get('row-0')).resolves.toBeUndefined();
  });
});
