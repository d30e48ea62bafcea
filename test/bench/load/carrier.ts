// The text-message carrier of the benchmark, in the process of the load: the product pays for sending a message, not
// for receiving one, as in production.
import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Carrier {
  readonly url: string;
  /** The code of the newest message to that phone (without country code); it is forgotten with this. */
  code(phone: string): string;
  close(): Promise<void>;
}

export async function openCarrier(): Promise<Carrier> {
  const codes = new Map<string, string>();
  const server = http.createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const { to, text } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { to: string; text: string };
      const [code] = /\b\d{6}\b/.exec(text) ?? [];
      if (code !== undefined) codes.set(to.slice(-11), code);
      res.setHeader('content-type', 'application/json');
      res.end(JSON.stringify({ accepted: true, id: 'm' }));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    code(phone) {
      const code = codes.get(phone);
      if (code === undefined) throw new Error('no message came');
      codes.delete(phone);
      return code;
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
