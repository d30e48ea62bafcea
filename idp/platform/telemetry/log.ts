// JSON lines. Only these fields exist, so that a name, a number or a code has no field to be written to.
import { pino } from 'pino';
import { describeError } from './describe-error.ts';

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

const ALLOWED: Readonly<Record<keyof LogFields, 'string' | 'number'>> = {
  reference: 'string',
  method: 'string',
  route: 'string',
  status: 'number',
  ms: 'number',
  clientId: 'string',
  citizenId: 'string',
  code: 'string',
  job: 'string',
  part: 'string',
  count: 'number',
};

export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  /** Writes the error's name, code and stack frames; its message only after quoted values and digits are cut out. */
  error(message: string, error: unknown, fields?: LogFields): void;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** The field `code` is for kinds of errors (23505, ECONNREFUSED); a code out of a text message has six digits. */
const isOneTimeCode = (name: string, value: unknown): boolean =>
  name === 'code' && /^\d{6,}$/.test(String(value));

/** JSON lines through `write`; fields that LogFields does not name, or of another type, are dropped even when a caller
 * casts them in. */
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
        ([name, value]) =>
          Object.hasOwn(ALLOWED, name) &&
          typeof value === ALLOWED[name as keyof LogFields] &&
          !isOneTimeCode(name, value),
      ),
    );
  return {
    info: (message, fields) => logger.info(allowed(fields), message),
    warn: (message, fields) => logger.warn(allowed(fields), message),
    error: (message, error, fields) => logger.error({ ...allowed(fields), ...describeError(error) }, message),
  };
}
