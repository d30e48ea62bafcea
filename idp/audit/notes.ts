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

/** Writes what waits, oldest first. Stops at an outage, with everything unwritten still waiting. */
async function drain(waiting: Stamped[], { write, onError }: NotesParts): Promise<void> {
  while (waiting.length > 0) {
    const batch = waiting.slice(0, TOGETHER);
    try {
      await write(batch);
    } catch (error) {
      if (error instanceof Fault) throw error;
      // One event that the store refuses must not hold up the others.
      for (const event of batch) await writeOrDrop(event, write, onError);
    }
    // Only now: events that an attempt wrote before it failed are skipped by their identifier the next time.
    waiting.splice(0, batch.length);
  }
}

async function writeOrDrop(
  event: Stamped,
  write: NotesParts['write'],
  onError: NotesParts['onError'],
): Promise<void> {
  try {
    await write([event]);
  } catch (error) {
    if (error instanceof Fault) throw error;
    onError(new Error(`an audit note of type ${event.type} was dropped`, { cause: error }));
  }
}

export function createNotes(parts: NotesParts): Notes {
  const { flushMs, onError } = parts;
  const waiting: Stamped[] = [];
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  let failing = false;

  const flush = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    // Whoever started the earlier writing hears of its failure.
    writing = writing.catch(() => undefined).then(() => drain(waiting, parts));
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
