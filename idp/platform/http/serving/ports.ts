// Opening and closing of ports: limits against slow callers, one-line complaints, and an end that lets requests finish.
import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Slow-header and slow-body callers are cut off (ASVS 13.1); the keep-alive outlasts common proxies' 60 s. */
const LIMITS: ServerOptions = {
  maxHeaderSize: 16_384,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 5_000,
};

const REASONS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** Answers what the parser refused. No word of the request comes back. */
function refuseGarbage(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const reason = REASONS[error.code ?? ''] ?? '400 Bad Request';
  const text = `${reason}\n`;
  socket.end(
    `HTTP/1.1 ${reason}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\nContent-Length: ${text.length}\r\n\r\n${text}`,
  );
}

export interface PortPlace {
  /** The setting to name when the port cannot be opened: `http.port`. */
  readonly setting: string;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
}

/** Listens there. Rejects with one line, `http.port: 0.0.0.0:3000 cannot be opened (EADDRINUSE)`. */
export async function openPort(place: PortPlace, answer: RequestListener): Promise<Server> {
  const server = createServer(LIMITS, answer);
  server.on('clientError', refuseGarbage);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(place.port, place.host, resolve);
  try {
    await promise;
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new Error(`${place.setting}: ${place.host}:${place.port} cannot be opened (${code})`, {
      cause: error,
    });
  }
  server.removeListener('error', reject);
  return server;
}

/** `http://host:port` of an open server; an unspecified host is written as loopback, to be clicked. */
export function urlOf(server: Server): string {
  const { address, port, family } = server.address() as AddressInfo;
  if (address === '0.0.0.0' || address === '::') return `http://localhost:${port}`;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

/** Takes no new connections, lets requests in flight finish for at most `drainSeconds`, then cuts what is left. */
export async function closePort(server: Server, drainSeconds: number): Promise<void> {
  const { promise: closed, resolve, reject } = Promise.withResolvers<void>();
  server.close((error) => (error ? reject(error) : resolve()));
  const ended = new AbortController();
  const settled = closed.finally(() => ended.abort());
  const until = performance.now() + drainSeconds * 1000;
  // Connections kept alive are idle only after their request: look again until none is left.
  while (!ended.signal.aborted && performance.now() < until) {
    server.closeIdleConnections();
    await Promise.race([settled, sleep(50, undefined, { ref: false })]);
  }
  server.closeAllConnections();
  await settled;
}
