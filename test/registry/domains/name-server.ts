// A name server that answers TXT questions over UDP (RFC 1035), and a web server for files: both real, on this machine.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createOutbound, type Outbound } from '../../../idp/platform/http/outbound.ts';

export interface Servers {
  /** `127.0.0.1:port` */
  readonly dns: string;
  /** Name -> texts; a name that is not there is NXDOMAIN, `silent` is never answered. */
  readonly texts: Map<string, readonly string[] | 'silent'>;
  /** Host -> what its web server says at the address of the challenge; `silent` is never answered. */
  readonly files: Map<string, { readonly status: number; readonly text: string } | 'silent'>;
  /** The real way out, with every host led to the web server here. */
  readonly outbound: Outbound;
  /** Addresses that were asked for. */
  readonly asked: string[];
  close(): void;
}

export async function openServers(): Promise<Servers> {
  const texts: Servers['texts'] = new Map();
  const files: Servers['files'] = new Map();
  const asked: string[] = [];
  const socket = createSocket('udp4', (question, from) => {
    const found = texts.get(nameOf(question));
    if (found !== 'silent') socket.send(answerTo(question, found), from.port, from.address);
  }).bind(0, '127.0.0.1');
  const web = createServer((req, res) => {
    const file = files.get(req.headers['x-host'] as string);
    if (file === 'silent') return;
    res.writeHead(file?.status ?? 404, { location: 'http://127.0.0.1/inside' }).end(file?.text);
  }).listen(0, '127.0.0.1');
  await Promise.all([once(socket, 'listening'), once(web, 'listening')]);
  const at = `127.0.0.1:${(web.address() as AddressInfo).port}`;
  const send = createOutbound({ allowHosts: [at], connectMs: 500, timeoutMs: 300, maxBytes: 4_096 });
  return {
    dns: `127.0.0.1:${socket.address().port}`,
    texts,
    files,
    asked,
    outbound: (address, options = {}) => {
      const { hostname, pathname, href } = new URL(address);
      asked.push(href);
      return send(`http://${at}${pathname}`, { ...options, headers: { 'x-host': hostname } });
    },
    close() {
      socket.close();
      web.closeAllConnections();
      web.close();
    },
  };
}

function nameOf(question: Buffer): string {
  const labels: string[] = [];
  for (let at = 12; question[at]! > 0; at += question[at]! + 1)
    labels.push(question.toString('latin1', at + 1, at + 1 + question[at]!));
  return labels.join('.').toLowerCase();
}

/** The question again, and each text as a TXT record that points back to its name; split after 20 characters. */
function answerTo(question: Buffer, texts: readonly string[] | undefined): Buffer {
  const end = question.indexOf(0, 12) + 5;
  const head = Buffer.from(question.subarray(0, end));
  head.writeUInt16BE(texts ? 0x8180 : 0x8183, 2);
  head.writeUInt16BE(texts?.length ?? 0, 6);
  head.writeUInt32BE(0, 8);
  const records = (texts ?? []).map((text) => {
    const pieces = [text.slice(0, 20), text.slice(20)].map((piece) =>
      Buffer.concat([Buffer.from([piece.length]), Buffer.from(piece)]),
    );
    const data = Buffer.concat(pieces);
    const record = Buffer.alloc(12);
    record.writeUInt16BE(0xc00c, 0);
    record.writeUInt16BE(16, 2);
    record.writeUInt16BE(1, 4);
    record.writeUInt16BE(data.length, 10);
    return Buffer.concat([record, data]);
  });
  return Buffer.concat([head, ...records]);
}
