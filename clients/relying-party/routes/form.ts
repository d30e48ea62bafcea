// Reading a small form from a request.
import { timingSafeEqual } from 'node:crypto';
import type { Context } from 'koa';
import type { Visit } from '../visits.ts';

const LIMIT_BYTES = 16_384;

/** The fields of an urlencoded body; undefined when it is another kind of body, or too large. */
export async function readForm(ctx: Context): Promise<URLSearchParams | undefined> {
  if (!ctx.is('application/x-www-form-urlencoded')) return undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of ctx.req) {
    size += (chunk as Buffer).length;
    if (size > LIMIT_BYTES) return undefined;
    chunks.push(chunk as Buffer);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}

/** The value of a field that must stand there exactly once. */
export function only(form: URLSearchParams, name: string): string | undefined {
  const values = form.getAll(name);
  return values.length === 1 ? values[0] : undefined;
}

/** Reads the form of a button; true when it is one of ours, shown to this visit. */
export async function isOurs(ctx: Context, visit: Visit): Promise<boolean> {
  const form = await readForm(ctx);
  const [a, b] = [Buffer.from(visit.formToken), Buffer.from((form && only(form, 'token')) ?? '')];
  return a.length === b.length && timingSafeEqual(a, b);
}
