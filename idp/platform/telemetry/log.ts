// JSON lines. Only these fields exist, so that a name, a number or a code has no field to be written to.

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

export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  /** Writes the error's name, code and stack frames; its message only after quoted values and digits are cut out. */
  error(message: string, error: unknown, fields?: LogFields): void;
}
