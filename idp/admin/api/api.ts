// /admin/api: everything the console does, as JSON for programs of units. Not here: what is allowed and what happens,
// which the domain decides for page, API and command alike.
import { z } from 'zod';
import { Fault } from '../../platform/base/errors.ts';
import { readText } from '../../platform/http/body.ts';
import type { Feature, Routes } from '../../platform/http/feature.ts';
import { forPrograms } from '../../platform/http/guards.ts';
import { answerRefusal, BODY_KB, both, Complaints, complaintsOf, type Context } from './answers.ts';
import { callers, takesPerson, type CallerParts } from './caller.ts';
import { openApi } from './document.ts';
import type { Operation } from './operation.ts';
import { listOperations, type OperationParts } from './operations/operations.ts';

export type ApiParts = CallerParts & OperationParts;

const ROOT = '/admin/api';

export function createApi(parts: ApiParts): Feature {
  const operations = listOperations(parts);
  const document = openApi(parts.issuer, operations);
  const callerOf = callers(parts);
  return {
    name: 'api',
    routes(router) {
      router.get(`${ROOT}/openapi.json`, forPrograms, (ctx) => {
        ctx.set('Cache-Control', 'public, max-age=300');
        ctx.body = document;
      });
      for (const one of operations) mount(router, one, callerOf);
      // Whoever asks for no media type would get a page.
      router.all(REST, forPrograms, (ctx) => answerRefusal(ctx, nothingAt(router, ctx), false));
    },
  };
}

const REST = `${ROOT}/*rest`;

/** The path is known under other methods (RFC 9110 15.5.6), or not at all. */
function nothingAt(router: Routes, ctx: Context): Fault {
  const there = router.match(ctx.path, ctx.method).path.filter(({ path }) => path !== REST);
  const allowed = new Set(there.flatMap(({ methods }) => methods));
  if (allowed.size === 0) return new Fault('not_found');
  ctx.set('Allow', [...allowed].join(', '));
  return new Fault('method_not_allowed');
}

function mount(router: Routes, one: Operation, callerOf: ReturnType<typeof callers>): void {
  const address = `${ROOT}${one.path.replaceAll(/\{(\w+)\}/g, ':$1')}`;
  router[one.method](address, forPrograms, async (ctx: Context) => {
    let person = false;
    try {
      const actor = await callerOf(ctx, one);
      if (!actor) return;
      person = actor.kind === 'program' && takesPerson(one.act);
      const path = checked(one.params, ctx['params']);
      const query = checked(one.query, { ...ctx.query });
      const body = one.body && checked(one.body, await readJson(ctx));
      const result = await one.run({ actor, path, query, body });
      ctx.status = one.status;
      // What the schema does not name is not told, whatever the domain hands over.
      ctx.body = one.output.parse(JSON.parse(JSON.stringify(result)));
    } catch (error) {
      answerRefusal(ctx, error, person);
    }
  });
}

function checked(schema: z.ZodType, value: unknown): unknown {
  const parsed = schema.safeParse(value, { error: z.locales.en().localeError });
  if (!parsed.success) throw complaintsOf(parsed.error, schema, value);
  return parsed.data;
}

async function readJson(ctx: Context): Promise<unknown> {
  const text = await readText(ctx, 'application/json', BODY_KB * 1024);
  // PostgreSQL text cannot hold NUL.
  if (text.includes('\\u0000')) throw new Fault('bad_request', { note: 'NUL in a text' });
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message would quote the text around the fault, which may be a secret.
    throw new Complaints([{ member: '', text: both('not_json') }]);
  }
}
