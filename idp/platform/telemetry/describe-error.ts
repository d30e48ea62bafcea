// What a log may tell about an error: where and of what kind, never with which values. Pure.
import { types } from 'node:util';

/** How far causes are followed: the refusal, the driver's error, the socket's. */
const MAX_CAUSES = 3;
const MAX_FRAMES = 8;
const WORD = /^[\w.-]{1,40}$/;

export interface DescribedError {
  readonly error: string;
  readonly code?: string;
  readonly reason?: string;
  readonly stack?: string;
  readonly cause?: DescribedError;
}

/**
 * The error's name, code, first line of message without values, frames, and the same of its causes. Anything else
 * that was thrown is told by its type alone.
 */
export function describeError(error: unknown, causes = MAX_CAUSES): DescribedError {
  // Errors of another realm (a vm context) are errors too, but not instances of ours.
  if (!(error instanceof Error) && !types.isNativeError(error)) return { error: typeof error };
  const code = 'code' in error ? error.code : undefined;
  const next = error.cause;
  return {
    error: WORD.test(error.name) ? error.name : 'Error',
    ...(typeof code === 'string' && WORD.test(code) && !/\d{6}/.test(code) ? { code } : {}),
    reason: withoutValues(error.message),
    stack: framesOf(error).join(' | '),
    ...(next === undefined || causes === 0 ? {} : { cause: describeError(next, causes - 1) }),
  };
}

const QUOTED = /"[^"]*"|'[^']*'|`[^`]*`|“[^”]*”|‘[^’]*’|\([^)]*\)=\([^)]*\)/g;

/**
 * Quoted values, digits in a row and words that are not English may be somebody's: PostgreSQL quotes what it refused,
 * names are Chinese. Later lines of a message are details.
 */
function withoutValues(message: string): string {
  const [line = ''] = message.split('\n');
  return line
    .replaceAll(QUOTED, '…')
    .replaceAll(/[^\u0020-\u007e…]+/g, '…')
    .replaceAll(/\d{3,}/g, '…')
    .slice(0, 300);
}

/** The frames stand after the message, which may itself hold lines that look like frames. */
function framesOf({ stack = '', message }: Error): readonly string[] {
  const begins = message === '' ? -1 : stack.indexOf(message);
  return stack
    .slice(begins < 0 ? 0 : begins + message.length)
    .split('\n')
    .filter((line) => /^\s+at .+:\d+:\d+\)?$/.test(line))
    .slice(0, MAX_FRAMES)
    .map((line) => line.trim());
}
