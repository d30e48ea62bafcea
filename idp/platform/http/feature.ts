// What a folder brings to the system. A feature is on when app.ts lists it, gone when it does not.
import type Router from '@koa/router';
import type { Locale } from '../i18n/messages.ts';

/** What the middlewares of server.ts put on every Koa context. */
export interface RequestState {
  /** Shown on failure pages and written to every log line of the request. */
  reference: string;
  /** The language of this page: `?lang`, cookie, Accept-Language, zh-CN. */
  locale: Locale;
  /** 长辈版 or standard, and the saved theme. */
  display: { readonly mode: 'standard' | 'elder'; readonly theme: 'auto' | 'light' | 'dark' };
  /** The caller's address: the socket's, or the one a trusted proxy vouches for. IPv6 is cut to its /64. */
  address: string;
  /** A random value in a cookie of its own: CSRF tokens are bound to it. */
  browser: string;
  /** A random value that stays with this device for a year after a sign-in; undefined on a device never seen. A secret. */
  device: string | undefined;
}

export type Routes = Router<RequestState>;

/** A background job of every node; `exclusive` jobs run on one node at a time (advisory lock). */
export interface Job {
  readonly name: string;
  readonly everySeconds: number;
  readonly exclusive: boolean;
  run(): Promise<void>;
}

/** A command of the `tongxing` tool: `tongxing client import FILE`. */
export interface Command {
  /** `client import` */
  readonly name: string;
  /** `FILE [--disabled]` */
  readonly usage: string;
  readonly summary: string;
  /** Returns the process exit code. Prints results to `out`, complaints to `err`; `--json` prints one JSON value. */
  run(args: readonly string[], io: CommandIo): Promise<number>;
}

export interface CommandIo {
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
}

export interface HealthCheck {
  readonly name: string;
  /** Resolves when well, throws when not. */
  check(): Promise<void>;
}

export interface Feature {
  readonly name: string;
  routes?(router: Routes): void;
  readonly jobs?: readonly Job[];
  readonly commands?: readonly Command[];
  readonly health?: readonly HealthCheck[];
  /** Opens servers of its own (the sandbox does). Called after the main server listens; returns how to close them. */
  listen?(): Promise<() => Promise<void>>;
}
