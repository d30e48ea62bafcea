// Counts what a server says to its stores, from outside: a relay that stands between them. Nothing in the product is
// changed for it, and it is not there while times are measured.
import net from 'node:net';

export interface Counts {
  /** Exchanges: what a connection sent before it was answered counts once, however many commands were in it. */
  roundTrips: number;
  /** Moments at which the server began to wait for its stores; exchanges side by side on two connections are one. */
  waits: number;
}

export interface Counter {
  readonly counts: Counts;
  /** The sender of this connection spoke. */
  asked(connection: object): void;
  /** The store spoke; what nobody asked for (a notification) is not counted. */
  answered(connection: object): void;
}

export function createCounter(): Counter {
  const waiting = new Set<object>();
  const counts = { roundTrips: 0, waits: 0 };
  return {
    counts,
    asked(connection) {
      if (waiting.has(connection)) return;
      counts.roundTrips += 1;
      if (waiting.size === 0) counts.waits += 1;
      waiting.add(connection);
    },
    answered: (connection) => void waiting.delete(connection),
  };
}

export interface Relay {
  readonly port: number;
  close(): Promise<void>;
}

/** Listens on a free port of the loopback address and passes everything on to `port`. */
export async function openRelay(port: number, counter: Counter): Promise<Relay> {
  const open = new Set<net.Socket>();
  const server = net.createServer((near) => {
    const far = net.connect(port, '127.0.0.1');
    for (const socket of [near, far]) {
      open.add(socket.setNoDelay(true));
      socket.on('error', () => socket.destroy()).on('close', () => open.delete(socket));
    }
    near.on('data', (chunk) => {
      counter.asked(near);
      far.write(chunk);
    });
    far.on('data', (chunk) => {
      counter.answered(near);
      near.write(chunk);
    });
    near.on('close', () => {
      counter.answered(near);
      far.destroy();
    });
    far.on('close', () => near.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as net.AddressInfo).port,
    close() {
      for (const socket of open) socket.destroy();
      return new Promise((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
