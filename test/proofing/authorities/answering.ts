// A vendor that gives the answer it is told to give, correctly signed, and remembers what it was asked: for every code
// that the interface knows, also those that no made-up person brings about.
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { signAnswer } from '../../../idp/platform/crypto/request-signature.ts';
import type { OptionalAuthoritySettings } from '../../../idp/proofing/authorities/settings.ts';
import { KEYS, authorityAt } from '../../sandbox/running.ts';

export interface Answering {
  readonly settings: OptionalAuthoritySettings;
  /** The bodies of all questions, oldest first. */
  readonly asked: readonly Readonly<Record<string, string>>[];
  /** What every question is answered with from now on. */
  answer(body: unknown): void;
  close(): Promise<void>;
}

export async function answering(): Promise<Answering> {
  const key = KEYS['bank-card'];
  const asked: Record<string, string>[] = [];
  let answer: unknown = {};
  const reply = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const question = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, string>;
    asked.push(question);
    const body = JSON.stringify(answer);
    response.setHeader('x-tongxing-signature', signAnswer(key.secret, question['RequestId'] ?? '', body));
    response.end(body);
  };
  const server = http.createServer((request, response) => void reply(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    settings: { ...authorityAt(`http://127.0.0.1:${port}`, key), enabled: true, validity: '365d' },
    asked,
    answer: (body) => void (answer = body),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
