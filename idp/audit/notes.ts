// Events that changed no durable state wait here and are written together. When the store is down they are kept, up
// to a bound, and tried again.
import { Fault } from '../platform/base/errors.ts';
import type { Stamped } from './stamp.ts';

export interface NotesParts {
  readonly write: (events: readonly Stamped[]) => Promise<void>;
  readonly flushMs: number;
  readonly onError: (error: Error) => void;
}

export interface Notes {
  add(event: Stamped): void;
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Events in one statement. */
const TOGETHER = 100;
/** About 10 MB: an outage of the store must not become an outage of memory. */
const KEPT_AT_MOST = 10_000;

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

export function createNotes({ write, flushMs, onError }: NotesParts): Notes {
  const waiting: Stamped[] = [];
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  let failing = false;

  /** One event that the store refuses must not hold up the others. */
  const writeSingly = async (events: readonly Stamped[]): Promise<void> => {
    for (const event of events) {
      await write([event]).catch((error: unknown) => {
        if (error instanceof Fault) throw error;
        onError(new Error(`an audit note of type ${event.type} was dropped`, { cause: error }));
      });
    }
  };

  const writeAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, TOGETHER);
      try {
        await write(batch);
      } catch (error) {
        // Rows that a failed attempt did write are skipped by their identifier.
        if (error instanceof Fault) throw error;
        await writeSingly(batch);
      }
      waiting.splice(0, batch.length);
    }
  };

  const flush = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    writing = writing.catch(() => undefined).then(writeAll);
    return writing;
  };

  const flushLater = (afterMs: number): void => {
    timer ??= setTimeout(() => void flushQuietly(), afterMs).unref();
  };

  const flushQuietly = async (): Promise<void> => {
    try {
      await flush();
      failing = false;
    } catch (error) {
      failing = true;
      onError(asError(error));
      flushLater(Math.max(flushMs, 1_000));
    }
  };

  return {
    add(event) {
      if (waiting.length >= KEPT_AT_MOST) {
        onError(new Error(`an audit note of type ${event.type} was dropped: the store is down for too long`));
        return;
      }
      waiting.push(event);
      if (waiting.length >= TOGETHER && waiting.length % TOGETHER === 0 && !failing) void flushQuietly();
      else flushLater(flushMs);
    },
    flush,
    async close() {
      try {
        await flush();
      } catch (error) {
        onError(new Error(`${waiting.length} audit notes were lost at closing`, { cause: error }));
      } finally {
        clearTimeout(timer);
      }
    },
  };
}
