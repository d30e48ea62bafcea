// A service's back-channel logout address, as a real server that keeps what it hears.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Receiver {
  readonly url: string;
  readonly tokens: string[];
  close(): Promise<void>;
}

/** A service's logout address. `answer`: its statuses, the last one for good; 0 never answers, 302 points elsewhere. */
export async function receiver(...answer: number[]): Promise<Receiver> {
  const tokens: string[] = [];
  const server: Server = createServer((req, res) => {
    let body = '';
    req.on('data', (part: Buffer) => (body += part.toString()));
    req.on('end', () => {
      tokens.push(new URLSearchParams(body).get('logout_token') ?? `${req.method} ${req.url}`);
      const status = answer.length > 1 ? answer.shift() : answer[0];
      if (status !== 0) res.writeHead(status ?? 200, { location: '/elsewhere' }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/logout`,
    tokens,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
