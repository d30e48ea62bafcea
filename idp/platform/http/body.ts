// Bodies as they come in: one encoding, bounded. Forms have every field once and are parsed once per request.
import type { IncomingMessage } from 'node:http';
import { Fault } from '../base/errors.ts';
import type { Form } from './step.ts';

interface Asking {
  readonly req: IncomingMessage;
}

const MAX_BYTES = 16_384;
const MAX_FIELDS = 50;

/** Of requests that were read already: the CSRF guard and the handler share one parse. */
const parsed = new WeakMap<IncomingMessage, Promise<Form>>();

/**
 * The fields of an `application/x-www-form-urlencoded` body; an object without prototype, so that a field named
 * `__proto__` is only a field. Faults: `unsupported_media` for another content type, `too_large` above 16 kB,
 * `bad_request` for a field sent twice, more than 50 fields, NUL, invalid UTF-8 or broken percent-encoding.
 */
export function readForm({ req }: Asking): Promise<Form> {
  const known = parsed.get(req);
  if (known) return known;
  const reading = read(req);
  parsed.set(req, reading);
  return reading;
}

async function read(req: IncomingMessage): Promise<Form> {
  return parseForm(await bytesOf(req, 'application/x-www-form-urlencoded'));
}

/**
 * The text of a body of this media type. Faults: `unsupported_media` for another type, `too_large` above `maxBytes`
 * (16 kB unless given), `bad_request` for invalid UTF-8.
 */
export async function readText({ req }: Asking, mediaType: string, maxBytes = MAX_BYTES): Promise<string> {
  return utf8(await bytesOf(req, mediaType, maxBytes));
}

async function bytesOf(req: IncomingMessage, mediaType: string, maxBytes = MAX_BYTES): Promise<Buffer> {
  const [type = ''] = (req.headers['content-type'] ?? '').split(';');
  if (type.trim().toLowerCase() !== mediaType)
    throw new Fault('unsupported_media', { note: `not ${mediaType}` });
  if (req.headers['content-encoding'] !== undefined)
    throw new Fault('unsupported_media', { note: 'an encoded body' });
  if (Number(req.headers['content-length'] ?? 0) > maxBytes) throw new Fault('too_large');
  const chunks: Buffer[] = [];
  let size = 0;
  // `destroyOnReturn: false`: the socket must live on to carry the refusal.
  for await (const chunk of req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new Fault('too_large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Parses the bytes of a form; the pure part of `readForm`, with the same `bad_request` refusals. */
export function parseForm(bytes: Buffer): Form {
  const form = Object.create(null) as Record<string, string>;
  const pairs = utf8(bytes).split('&').filter(Boolean);
  if (pairs.length > MAX_FIELDS) throw new Fault('bad_request', { note: 'too many fields' });
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    const name = decode(at < 0 ? pair : pair.slice(0, at));
    // One reader takes the first value, another the last: whoever checks and whoever acts must see the same.
    if (name in form) throw new Fault('bad_request', { note: 'a field twice' });
    form[name] = at < 0 ? '' : decode(pair.slice(at + 1));
  }
  return form;
}

function utf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new Fault('bad_request', { note: 'not UTF-8', cause });
  }
}

function decode(text: string): string {
  let value: string;
  try {
    value = decodeURIComponent(text.replaceAll('+', ' '));
  } catch (cause) {
    throw new Fault('bad_request', { note: 'broken percent-encoding', cause });
  }
  // PostgreSQL text cannot hold NUL.
  if (value.includes('\0')) throw new Fault('bad_request', { note: 'NUL in a field' });
  return value;
}
