// Headers of every answer, files of the public folder, and an end for what no route answers.
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { Context, Middleware } from 'koa';
import type { RelyingParty } from '../party.ts';
import { MESSAGES } from '../words/messages.ts';
import { refusalOf } from '../words/refusals.ts';
import { sendRefusal } from './page.tsx';

export function hardening(party: RelyingParty): Middleware {
  const names = readdirSync(party.publicFolder);
  const files = new Map(names.map((name) => [name, readFileSync(join(party.publicFolder, name))]));
  const headers = headersOf(party);
  return async (ctx, next) => {
    ctx.set(headers);
    const name = ctx.path.startsWith('/public/') ? ctx.path.slice('/public/'.length) : '';
    const file = files.get(name);
    if (file && ['GET', 'HEAD'].includes(ctx.method)) return sendFile(ctx, name, file);
    try {
      await next();
    } catch (error) {
      // For the log of this process; the citizen gets the page without it.
      process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      return sendRefusal(ctx, party, { ...refusalOf('service_fault'), status: 500 });
    }
    if (ctx.status === 404 && ctx.body === undefined)
      sendRefusal(ctx, party, {
        code: 'not_found',
        status: 404,
        title: MESSAGES.notFoundTitle,
        advice: MESSAGES.notFound,
      });
  };
}

function headersOf({ settings }: RelyingParty): Record<string, string> {
  // form-action names the provider: Chromium holds the redirect that answers the sign-out form to it.
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self'",
    `form-action 'self' ${settings.issuer.origin}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    'Content-Security-Policy': policy.join('; '),
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
  };
}

function sendFile(ctx: Context, name: string, file: Buffer): void {
  ctx.type = extname(name);
  ctx.set('Cache-Control', 'public, max-age=300');
  ctx.body = file;
}
