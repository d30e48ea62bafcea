// Fetches the keys of a service from where it publishes them, through the one way out that leads nowhere inside.
import { Fault } from '../../platform/base/errors.ts';
import type { Outbound } from '../../platform/http/outbound.ts';
import { FETCH_RULES } from './key-rules.ts';
import { explainKeySet, type ExplainedKeys } from './keys.ts';
import type { Rule } from './rules.ts';

/**
 * What stands at a `jwks_uri`, in words. Never throws for what is wrong with the address, the way or the answer. One
 * request; redirects are not followed (OWASP SSRF: the place that a redirect names was never looked at).
 */
export async function fetchKeys(outbound: Outbound, uri: string): Promise<ExplainedKeys> {
  const refuse = (fault: Rule): ExplainedKeys => ({ keys: [], faults: [fault] });
  if (!URL.canParse(uri)) return refuse(FETCH_RULES.https);
  let answer: Response;
  try {
    answer = await outbound(uri, { headers: { accept: 'application/json' } });
  } catch (error) {
    if (error instanceof Fault) return refuse(reasonOf(error));
    throw error;
  }
  if (answer.status >= 300 && answer.status < 400) {
    const to = (answer.headers.get('location') ?? '?').slice(0, 160);
    return refuse(FETCH_RULES.redirect(answer.status, to));
  }
  if (answer.status !== 200) return refuse(FETCH_RULES.status(answer.status));
  const value = parse(await answer.text());
  return value === undefined ? refuse(FETCH_RULES.notJson) : explainKeySet(value);
}

function reasonOf({ code, message }: Fault): Rule {
  if (code === 'forbidden') return message.endsWith('not https') ? FETCH_RULES.https : FETCH_RULES.inside;
  if (message.endsWith('too large')) return FETCH_RULES.large;
  return message.endsWith('in time') ? FETCH_RULES.slow : FETCH_RULES.unreachable;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser would quote what stood there, which is not ours to repeat.
    return undefined;
  }
}
