// PostgreSQL: one pool, SQL as a tagged template, transactions. Only this folder imports a database driver.
import { createHash } from 'node:crypto';
import { types } from 'node:util';
import pg from 'pg';
import { Fault } from '../base/errors.ts';
import { listen } from './listen.ts';

/** A statement with its parameters. Made only by the `sql` tag, so that a value can never become SQL text. */
export interface Statement {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

const prepared = new WeakMap<TemplateStringsArray, { name: string; text: string }>();

/**
 * sql`select status from citizens.citizen where id = ${id}`: every interpolation becomes a parameter, and the
 * statement is prepared under a name derived from its text (a named point read is about a third faster).
 */
export function sql(strings: TemplateStringsArray, ...values: readonly unknown[]): Statement {
  if (values.some(isStatement)) return composed(strings, values);
  let known = prepared.get(strings);
  if (!known) {
    const text = strings.reduce((joined, part, index) => `${joined}$${index}${part}`);
    known = { text, name: nameOf(text) };
    prepared.set(strings, known);
  }
  return { ...known, values };
}

const nameOf = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 22);

const statements = new WeakSet<object>();
const isStatement = (value: unknown): value is Statement =>
  typeof value === 'object' && value !== null && statements.has(value);

/** Marks a statement as one that may stand inside another: only texts written in the code ever do. */
export function part(statement: Statement): Statement {
  statements.add(statement);
  return statement;
}

/** A statement with parts: their text stands where they stood, their parameters are counted on. */
function composed(strings: TemplateStringsArray, values: readonly unknown[]): Statement {
  const all: unknown[] = [];
  let text = strings[0] ?? '';
  for (const [index, value] of values.entries()) {
    if (isStatement(value)) {
      const before = all.length;
      text += value.text.replace(/\$(\d+)/g, (_, number: string) => `$${before + Number(number)}`);
      all.push(...value.values);
    } else {
      all.push(value);
      text += `$${all.length}`;
    }
    text += strings[index + 1] ?? '';
  }
  return { text, name: nameOf(text), values: all };
}

/** Anything that runs statements: the pool, or one transaction. */
export interface Queryable {
  /** All rows. Row types are the caller's promise about its own columns. */
  rows<Row extends object>(statement: Statement): Promise<Row[]>;
  /** The first row, or undefined. */
  row<Row extends object>(statement: Statement): Promise<Row | undefined>;
  /** The number of rows touched. */
  run(statement: Statement): Promise<number>;
}

/** A transaction in progress. It commits when the function given to `tx` returns and rolls back when it throws. */
export interface Tx extends Queryable {
  readonly __tx: true;
}

export interface Postgres extends Queryable {
  tx<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /**
   * Calls `heard` with the payload of every NOTIFY on the channel. Reconnects by itself; after a reconnect it
   * calls `heard('')` once, because a signal may have been missed. Channel names are lower-case identifiers.
   */
  listen(channel: string, heard: (payload: string) => void): Promise<() => Promise<void>>;
  /** One round trip; throws Fault `unavailable` when the server does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface PostgresOptions {
  readonly url: string;
  readonly poolSize: number;
  /** Milliseconds after which a statement is cancelled by the server. */
  readonly statementTimeoutMs: number;
  /** Told of errors on idle connections, which must not end the process. */
  readonly onIdleError: (error: Error) => void;
}

/**
 * Classes 08, 53, 57 and 58 of SQLSTATE say that the server, not the statement, is the trouble; 25006 that a standby
 * was asked to write.
 */
const OUTAGE = /^(08|53|57|58|25006)/;
const SOCKET = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

function outageOf(error: unknown): unknown {
  // Not instanceof: errors of Node's own sockets may come from another realm than ours.
  if (!types.isNativeError(error)) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const lost =
    /Connection terminated|timeout expired|timeout exceeded when trying to connect|not queryable/.test(
      error.message,
    );
  if (OUTAGE.test(code) || SOCKET.has(code) || lost)
    return new Fault('unavailable', {
      retryAfterSeconds: 5,
      note: `postgres ${code || 'connection lost'}`,
      cause: error,
    });
  return error;
}

function queryable(run: (statement: Statement) => Promise<pg.QueryResult>): Queryable {
  const attempt = async (statement: Statement): Promise<pg.QueryResult> => {
    try {
      return await run(statement);
    } catch (error) {
      throw outageOf(error);
    }
  };
  return {
    rows: async <Row extends object>(statement: Statement) => (await attempt(statement)).rows as Row[],
    row: async <Row extends object>(statement: Statement) =>
      (await attempt(statement)).rows[0] as Row | undefined,
    run: async (statement) => (await attempt(statement)).rowCount ?? 0,
  };
}

// bigint columns hold counters far below 2^53; text would leak string arithmetic into callers.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

/** Opens the pool. Connections are made on first use. */
export function openPostgres(options: PostgresOptions): Postgres {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.poolSize,
    connectionTimeoutMillis: 5_000,
    statement_timeout: options.statementTimeoutMs,
    idle_in_transaction_session_timeout: 30_000,
  });
  pool.on('error', options.onIdleError);
  const asQuery = (statement: Statement): pg.QueryConfig => ({ ...statement, values: [...statement.values] });

  return {
    ...queryable((statement) => pool.query(asQuery(statement))),
    tx: (work) => transaction(pool, asQuery, work),
    async listen(channel, heard) {
      try {
        return await listen({ url: options.url, onError: options.onIdleError }, channel, heard);
      } catch (error) {
        throw outageOf(error);
      }
    },
    async ping() {
      try {
        await pool.query('select 1');
      } catch (error) {
        throw new Fault('unavailable', {
          retryAfterSeconds: 5,
          note: 'postgres does not answer',
          cause: error,
        });
      }
    },
    close: () => pool.end(),
  };
}

async function transaction<T>(
  pool: pg.Pool,
  asQuery: (statement: Statement) => pg.QueryConfig,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  let client: pg.PoolClient;
  try {
    client = await pool.connect();
  } catch (error) {
    throw outageOf(error);
  }
  let broken: Error | undefined;
  const fails = (error: Error): void => {
    broken = error;
  };
  // Nobody else listens while a connection is out of the pool, and an unheard 'error' event ends the process.
  client.on('error', fails);
  try {
    await client.query('begin');
    const tx: Tx = { ...queryable((statement) => client.query(asQuery(statement))), __tx: true };
    const result = await work(tx);
    await client.query('commit');
    return result;
  } catch (error) {
    // A connection that cannot even roll back is thrown away, not returned to the pool.
    await client.query('rollback').catch(fails);
    throw outageOf(error);
  } finally {
    client.off('error', fails);
    client.release(broken);
  }
}
