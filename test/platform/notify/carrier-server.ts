// A carrier as a real HTTP server that checks signatures and answers as told.
import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Readonly<Record<string, unknown>>;
  /** True when the signature is the one that the shared secret gives. */
  readonly genuine: boolean;
}

export type Behaviour =
  'accepts' | 'refuses' | 'late refusal' | 'hangs' | 'breaks' | 'garbles' | 'gateway' | number;

export interface CarrierServer {
  readonly url: string;
  readonly received: Received[];
  behave(how: Behaviour): void;
  close(): Promise<void>;
}

export const SHARED_SECRET = 'a secret that both sides hold, of more than 32 letters';

export async function carrierServer(): Promise<CarrierServer> {
  const received: Received[] = [];
  let how: Behaviour = 'accepts';
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push(readRequest(request, Buffer.concat(chunks).toString('utf8')));
      answer(how, response);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/carrier`,
    received,
    behave: (next) => {
      how = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function readRequest(request: IncomingMessage, body: string): Received {
  const path = request.url ?? '';
  const digest = createHash('sha256').update(body).digest('hex');
  const header = (name: string): string => String(request.headers[name]);
  const expected = createHmac('sha256', SHARED_SECRET)
    .update(['POST', path, header('x-tongxing-timestamp'), header('x-tongxing-nonce'), digest].join('\n'))
    .digest('hex');
  return {
    path,
    headers: request.headers,
    body: JSON.parse(body) as Record<string, unknown>,
    genuine: header('x-tongxing-signature') === expected,
  };
}

function answer(how: Behaviour, response: ServerResponse): void {
  const json = (status: number, value: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };
  switch (how) {
    case 'accepts':
      return json(200, { accepted: true, id: 'm1' });
    case 'refuses':
      return json(200, { accepted: false, id: 'm1' });
    case 'late refusal':
      setTimeout(() => json(200, { accepted: false, id: 'm1' }), 600);
      return;
    case 'garbles':
      return json(200, { status: 'fine' });
    case 'gateway':
      return json(504, {});
    case 'breaks':
      response.destroy();
      return;
    case 'hangs':
      return;
    default:
      json(how, {});
  }
}
