// Waits for Redis, never for long: an answer, or Fault `unavailable`. Errors of the driver carry the command with its
// arguments, which are other people's sessions, so they never leave this file.
import { types } from 'node:util';
import { Fault } from '../../base/errors.ts';

/** Replies that say the server, not the command, is the trouble: full, read-only, loading, failing over. */
const OUTAGE =
  /^(OOM|READONLY|LOADING|MISCONF|MASTERDOWN|NOREPLICAS|CLUSTERDOWN|TRYAGAIN|BUSY|NOAUTH|WRONGPASS|NOPERM|ERR max number of clients)\b/;

const outage = (note: string): Fault =>
  new Fault('unavailable', { retryAfterSeconds: 2, note: `redis: ${note}` });

function faultOf(error: unknown): Error {
  if (!types.isNativeError(error)) return outage('failed');
  // Only replies are the command's own fault; everything else (closed, refused, timed out) is the connection's.
  if (!('command' in error) && error.name !== 'ReplyError') return outage(error.message);
  return OUTAGE.test(error.message) ? outage(error.message) : new Error(`redis: ${error.message}`);
}

/**
 * Returns `answer(work)`: runs a command and gives its reply within `answerWithinMs`, or throws Fault `unavailable`
 * (no answer, no connection, refused writes). More than `pendingLimit` unanswered commands are refused without being
 * queued: the driver keeps what it cannot send, and memory must not grow with an outage.
 */
export function answering(
  answerWithinMs: number,
  pendingLimit = 10_000,
): <T>(work: () => Promise<T>) => Promise<T> {
  let pending = 0;
  return async (work) => {
    if (pending >= pendingLimit) throw outage('too many unanswered commands');
    pending += 1;
    const command = work().finally(() => {
      pending -= 1;
    });
    try {
      return await inTime(command, answerWithinMs);
    } catch (error) {
      throw faultOf(error);
    }
  };
}

/** The reply, or an error after so many milliseconds, whatever becomes of the command then. */
function inTime<T>(command: Promise<T>, milliseconds: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('no answer in time')), milliseconds);
    void command.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
