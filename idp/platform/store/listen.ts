// LISTEN on a connection of its own: a pooled one would be handed to the next query.
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

export interface ListenOptions {
  readonly url: string;
  /** Told of a lost connection and of every failed attempt to make a new one. */
  readonly onError: (error: Error) => void;
  /** Milliseconds between attempts. */
  readonly retryMs?: number;
}

const asError = (failure: unknown): Error =>
  failure instanceof Error ? failure : new Error(String(failure));

/**
 * Calls `heard` with the payload of every NOTIFY on the channel, until the returned function is called. The first
 * connection is made before this resolves (and its failure thrown); a lost one is made again for as long as it takes,
 * then `heard('')` says that a signal may have been missed.
 */
export async function listen(
  options: ListenOptions,
  channel: string,
  heard: (payload: string) => void,
): Promise<() => Promise<void>> {
  if (!/^[a-z_]{1,40}$/.test(channel)) throw new Error(`"${channel}" is not a channel name`);
  const stopping = new AbortController();
  let client = await connected(options, channel, heard);

  const watch = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await client.ended;
      for (let joined = false; !joined && !stopping.signal.aborted;) {
        await sleep(options.retryMs ?? 500, undefined, { ref: false });
        joined = await rejoin();
      }
    }
  };
  const rejoin = async (): Promise<boolean> => {
    if (stopping.signal.aborted) return false;
    try {
      client = await connected(options, channel, heard);
    } catch (failure) {
      options.onError(asError(failure));
      return false;
    }
    if (stopping.signal.aborted) await client.end();
    else heard('');
    return true;
  };
  void watch();

  return async () => {
    stopping.abort();
    await client.end();
  };
}

interface Listener {
  /** Resolves when the connection is gone, for whatever reason. */
  readonly ended: Promise<void>;
  end(): Promise<void>;
}

async function connected(
  options: ListenOptions,
  channel: string,
  heard: (payload: string) => void,
): Promise<Listener> {
  const client = new pg.Client({
    connectionString: options.url,
    keepAlive: true,
    connectionTimeoutMillis: 5_000,
  });
  client.on('error', options.onError);
  const ended = new Promise<void>((resolve) => client.once('end', resolve));
  client.on('notification', (message) => heard(message.payload ?? ''));
  try {
    await client.connect();
    await client.query(`listen ${channel}`);
  } catch (failure) {
    // Ending a client that never connected waits for an answer that nobody gives.
    void client.end().catch(options.onError);
    throw failure;
  }
  return { ended, end: () => client.end() };
}
