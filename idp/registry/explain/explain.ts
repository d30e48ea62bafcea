// Says of a pasted authorization request, line by line, what is right, what is wrong and how to put it right. Pure, and
// of one mind with the engine: a test sends the same requests to both. Not here: requests that came (activity/).
import type { Bilingual, Client } from '../registry.ts';
import { both } from './messages.ts';
import { PARAMETERS, RULES } from './rules.ts';
import type { Asked, Said } from './said.ts';
import { distance } from '../members.ts';

export { differenceOf, markOf, type Difference } from './difference.ts';

export interface Line extends Said {
  readonly parameter: string;
  /** As it came, decoded; what may be personal is not repeated. */
  readonly value: string | undefined;
  readonly text: Bilingual;
}

export interface Explained {
  /** What the engine will do. Undefined: it depends on what cannot be seen here (a pushed request, a hint). */
  readonly accepted: boolean | undefined;
  /** Of a refusal: true when the error goes to the service, false when the citizen sees it on a page of ours. */
  readonly toldToService: boolean;
  readonly lines: readonly Line[];
  /** The same request put right as far as that needs no guess; undefined when nothing needs it. */
  readonly corrected: string | undefined;
}

export interface ExplainParts {
  readonly issuer: URL;
  /** APIs of this system, as resource indicators. */
  readonly resources: readonly string[];
}

const AUTHORIZE = '/oidc/authorize';
/** What a person types into them may say who somebody is. */
const PERSONAL: ReadonlySet<string> = new Set(['login_hint', 'id_token_hint']);
const LONGEST = 20_000;

/** The client that a pasted request names, for the caller to look up. Undefined: none, or it stands twice. */
export function clientNamed(pasted: string): string | undefined {
  const named = read(pasted).params.getAll('client_id');
  return named.length === 1 && named[0] !== '' ? named[0] : undefined;
}

/** `pasted`: an address, or the form of a POST. `client`: the one that it names, if whoever asks may see it. */
export function explain(parts: ExplainParts, pasted: string, client: Client | undefined): Explained {
  const { params, address } = read(pasted);
  const endpoint = new URL(AUTHORIZE, parts.issuer).href;
  const lines: Line[] = [line('endpoint', address, endpointSaid(address, endpoint))];
  const asked: Asked = { params: singles(params), client, resources: parts.resources };
  for (const name of repeated(params))
    lines.push(
      line(name, undefined, { is: 'error', text: both('twice', { count: params.getAll(name).length }) }),
    );
  for (const rule of RULES)
    for (const [name, said] of rule(asked)) lines.push(line(name, asked.params[name], said));
  for (const name of strange(params)) lines.push(line(name, params.get(name) ?? '', strangeSaid(name)));
  return { ...decisionOf(lines, asked), lines, corrected: correctedOf(lines, asked, endpoint) };
}

interface Read {
  /** Undefined: only a form was pasted. */
  readonly address: string | undefined;
  readonly params: URLSearchParams;
}

function read(pasted: string): Read {
  const text = pasted
    .slice(0, LONGEST)
    .trim()
    .replace(/\s*\n\s*/g, '');
  const at = text.indexOf('?');
  if (at < 0 && !/^https?:/i.test(text)) return { address: undefined, params: new URLSearchParams(text) };
  const [query = ''] = (at < 0 ? '' : text.slice(at + 1)).split('#');
  return { address: at < 0 ? text : text.slice(0, at), params: new URLSearchParams(query) };
}

function endpointSaid(address: string | undefined, endpoint: string): Said {
  if (address === undefined || address === endpoint) return { is: 'ok', text: both('endpoint') };
  if (!URL.canParse(address)) return { is: 'error', text: both('no_address', { endpoint }) };
  return { is: 'error', text: both('wrong_endpoint', { endpoint }) };
}

const line = (parameter: string, value: string | undefined, said: Said): Line => ({
  parameter,
  value: PERSONAL.has(parameter) && value !== undefined ? '…' : value,
  ...said,
});

/** RFC 6749 3.1: a parameter without a value counts as left out; `resource` alone may be repeated (RFC 8707 2). */
function singles(params: URLSearchParams): Asked['params'] {
  const names = [...new Set(params.keys())].filter(
    (name) => params.getAll(name).length === 1 || name === 'resource',
  );
  const filled = names.flatMap((name) => {
    const value = params.getAll(name).join(' ');
    return value === '' ? [] : [[name, value] as const];
  });
  return Object.fromEntries(filled);
}

const repeated = (params: URLSearchParams): readonly string[] =>
  [...new Set(params.keys())].filter(
    (name) => params.getAll(name).length > 1 && name !== 'resource' && PARAMETERS.has(name),
  );

const strange = (params: URLSearchParams): readonly string[] =>
  [...new Set(params.keys())].filter((name) => !PARAMETERS.has(name));

function strangeSaid(name: string): Said {
  const near = [...PARAMETERS].find((known) => distance(known, name) <= 2);
  const text = near === undefined ? both('unknown') : both('unknown_near', { near });
  return { is: 'warning', text };
}

/** Wrong in one of these, and there is no address that is certainly the service's. */
const STAYS: ReadonlySet<string> = new Set(['endpoint', 'client_id', 'redirect_uri']);

/** OpenID Connect Core 3.1.2.6: an error goes only to an address that is certainly the service's own. */
function decisionOf(
  lines: readonly Line[],
  { params }: Asked,
): Pick<Explained, 'accepted' | 'toldToService'> {
  const wrong = lines.filter(({ is }) => is === 'error').map(({ parameter }) => parameter);
  const unseen = params['request_uri'] !== undefined || params['id_token_hint'] !== undefined;
  if (wrong.length > 0) return { accepted: false, toldToService: !wrong.some((name) => STAYS.has(name)) };
  return { accepted: unseen ? undefined : true, toldToService: false };
}

/** What was given with every fix that is certain; random values and new challenges are the developer's to make. */
function correctedOf(lines: readonly Line[], { params }: Asked, endpoint: string): string | undefined {
  if (lines.every(({ is }) => is === 'ok')) return undefined;
  const fixed = new URLSearchParams();
  const fixes = new Map(lines.flatMap(({ parameter, fix }) => (fix === undefined ? [] : [[parameter, fix]])));
  for (const [name, value] of Object.entries({ ...params, ...Object.fromEntries(fixes) }))
    if (PARAMETERS.has(name) && !PERSONAL.has(name) && value !== '') fixed.set(name, value);
  return `${endpoint}?${fixed.toString()}`;
}
