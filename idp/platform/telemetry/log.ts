// JSON lines. Only these fields exist, so that a name, a number or a code has no field to be written to.
import { pino } from 'pino';

export interface LogFields {
  readonly reference?: string | undefined;
  readonly method?: string | undefined;
  /** The route pattern, never the path: paths hold interaction identifiers. */
  readonly route?: string | undefined;
  readonly status?: number | undefined;
  readonly ms?: number | undefined;
  readonly clientId?: string | undefined;
  readonly citizenId?: string | undefined;
  readonly code?: string | undefined;
  readonly job?: string | undefined;
  readonly part?: string | undefined;
  readonly count?: number | undefined;
}

const ALLOWED: ReadonlySet<string> = new Set<keyof LogFields>([
  'reference',
  'method',
  'route',
  'status',
  'ms',
  'clientId',
  'citizenId',
  'code',
  'job',
  'part',
  'count',
]);

export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  /** Writes the error's name, code and stack frames; its message only after quoted values and digits are cut out. */
  error(message: string, error: unknown, fields?: LogFields): void;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Quoted values and runs of digits may be somebody's: PostgreSQL, for one, quotes what it refused. */
function withoutValues(message: string): string {
  return message
    .replace(/"[^"]*"|'[^']*'|\([^)]*\)=\([^)]*\)/g, '…')
    .replace(/\d{3,}/g, '…')
    .slice(0, 300);
}

/** The field `code` is for kinds of errors (23505, ECONNREFUSED); a code out of a text message has six digits. */
const isOneTimeCode = (name: string, value: unknown): boolean =>
  name === 'code' && /^\d{6,}$/.test(String(value));

function describe(error: unknown): Record<string, string | undefined> {
  if (typeof error !== 'object' || error === null) return { error: typeof error };
  const { name, code, message, stack } = error as Partial<Record<string, unknown>>;
  const frames = typeof stack === 'string' ? stack.split('\n').filter((line) => /^\s+at /.test(line)) : [];
  return {
    error: typeof name === 'string' ? name : 'Error',
    code: typeof code === 'string' ? code : undefined,
    reason: typeof message === 'string' ? withoutValues(message) : undefined,
    stack: frames
      .slice(0, 8)
      .map((line) => line.trim())
      .join(' | '),
  };
}

/** JSON lines through `write`; fields that LogFields does not name are dropped even when a caller casts them in. */
export function createLog(parts: { readonly level: LogLevel; readonly write: (line: string) => void }): Log {
  const logger = pino(
    {
      level: parts.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
    },
    { write: parts.write },
  );
  const allowed = (fields: LogFields = {}): LogFields =>
    Object.fromEntries(
      Object.entries(fields).filter(
        ([name, value]) => ALLOWED.has(name) && value !== undefined && !isOneTimeCode(name, value),
      ),
    );
  return {
    info: (message, fields) => logger.info(allowed(fields), message),
    warn: (message, fields) => logger.warn(allowed(fields), message),
    error: (message, error, fields) => logger.error({ ...allowed(fields), ...describe(error) }, message),
  };
}
