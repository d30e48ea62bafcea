// The rules of an authorization request, one function each, in the order in which the engine asks. Pure.
import { LADDER } from '../../assurance/assurance.ts';
import { CLAIMS_OF_SCOPE } from '../claims.ts';
import { REHEARSALS } from './rehearsals.ts';
import { error, ok, warning, type Asked, type Rule, type Said } from './said.ts';
import { claimsRule } from './claims-rule.ts';
import { differenceOf, isRegistered } from './difference.ts';
import { both } from './messages.ts';

/** Everything that the engine reads from a request. */
export const PARAMETERS: ReadonlySet<string> = new Set([
  'client_id',
  'redirect_uri',
  'response_type',
  'response_mode',
  'scope',
  'state',
  'nonce',
  'code_challenge',
  'code_challenge_method',
  'prompt',
  'max_age',
  'acr_values',
  'claims',
  'claims_locales',
  'id_token_hint',
  'login_hint',
  'ui_locales',
  'ui_mode',
  'anew',
  'rehearse',
  'display',
  'resource',
  'dpop_jkt',
  'registration',
  'request',
  'request_uri',
]);

const metadataOf = ({ client }: Asked): Readonly<Record<string, unknown>> => client?.metadata ?? {};
export const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
const wordsOf = (value: string | undefined): readonly string[] =>
  (value ?? '').split(' ').filter((word) => word !== '');

const clientRule: Rule = ({ params, client }) => {
  if (params['client_id'] === undefined) return [['client_id', error(both('client_missing'))]];
  if (!client) return [['client_id', error(both('client_unknown'))]];
  if (!client.enabled) return [['client_id', error(both('client_off'))]];
  const environment = both(client.environment);
  return [['client_id', ok(both('client', { name: client.name, environment }))]];
};

const carriedRule: Rule = (asked) => {
  const { params } = asked;
  const { require_pushed_authorization_requests: pushes, require_signed_request_object: signs } =
    metadataOf(asked);
  const said: [string, Said][] = [];
  for (const name of ['request', 'registration'])
    if (params[name] !== undefined) said.push([name, error(both('not_supported'), '')]);
  const pushed = params['request_uri'];
  if (pushed !== undefined)
    said.push([
      'request_uri',
      pushed.startsWith('urn:ietf:params:oauth:request_uri:')
        ? ok(both('request_uri'))
        : error(both('request_uri_wrong')),
    ]);
  else if (pushes === true) said.push(['request_uri', error(both('par_needed'))]);
  if (signs === true) said.push(['request', error(both('jar_needed'))]);
  return said;
};

const redirectRule: Rule = (asked) => {
  const got = asked.params['redirect_uri'];
  if (isPushed(asked)) return [];
  const { redirect_uris: uris, application_type: type } = metadataOf(asked);
  const registered = textsOf(uris);
  const [only] = registered.length === 1 ? registered : [];
  if (got === undefined) return [['redirect_uri', error(both('redirect_missing'), only)]];
  if (!asked.client) return [];
  if (isRegistered(got, registered, type === 'native')) return [['redirect_uri', ok(both('redirect'))]];
  const { registered: nearest, text: difference } = differenceOf(got, registered);
  const text =
    nearest === undefined
      ? both('redirect_none', { difference })
      : both('redirect_wrong', { got, registered: nearest, difference });
  return [['redirect_uri', error(text, nearest)]];
};

const isPushed = ({ params }: Asked): boolean => params['request_uri'] !== undefined;

const typeRule: Rule = (asked) => {
  const given = asked.params['response_type'];
  if (isPushed(asked)) return [];
  if (given === undefined) return [['response_type', error(both('type_missing'), 'code')]];
  const words = new Set(given.split(' '));
  const right = words.size === 1 && words.has('code');
  return [['response_type', right ? ok(both('type')) : error(both('type_wrong'), 'code')]];
};

const MODES: ReadonlySet<string> = new Set(['query', 'fragment', 'form_post']);

const modeRule: Rule = (asked) => {
  const mode = asked.params['response_mode'];
  const modes = metadataOf(asked)['response_modes'];
  if (mode !== undefined && !MODES.has(mode)) return [['response_mode', error(both('mode_wrong'), '')]];
  if (!isPushed(asked) && Array.isArray(modes) && !modes.includes(mode ?? 'query'))
    return [
      [
        'response_mode',
        error(both('mode_not_registered', { modes: textsOf(modes).join(', ') }), textsOf(modes)[0]),
      ],
    ];
  return mode === undefined ? [] : [['response_mode', ok(both('mode'))]];
};

/** RFC 6749 appendix A.4. */
const SCOPE = /^[\x21\x23-\x5B\x5D-\x7E]+(?: [\x21\x23-\x5B\x5D-\x7E]+)*$/;
/** OpenID Connect parameters: without the scope they would mean nothing. */
const OF_OPENID = ['acr_values', 'claims', 'claims_locales', 'id_token_hint', 'max_age', 'nonce'];

const scopeRule: Rule = (asked) => {
  const { params, client } = asked;
  if (isPushed(asked)) return [];
  const given = params['scope'];
  if (given === undefined || !wordsOf(given).includes('openid')) {
    const missing = scopeWithoutOpenid(asked);
    if (missing) return [['scope', missing]];
  }
  if (given === undefined) return [['scope', warning(both('scope_missing'), 'openid')]];
  if (!SCOPE.test(given)) return [['scope', error(both('scope_characters'), wordsOf(given).join(' '))]];
  if (!client) return [];
  const words = [...new Set(given.split(' '))];
  const offline = words.includes('offline_access') && !offlineCounts(asked);
  const counted = words.filter((word) => word !== 'offline_access' || !offline);
  const registered = wordsOf(typeof client.metadata['scope'] === 'string' ? client.metadata['scope'] : '');
  const known = counted.filter((word) => Object.hasOwn(CLAIMS_OF_SCOPE, word));
  const refused = registered.length === 0 ? [] : known.filter((word) => !registered.includes(word));
  const kept = known.filter((word) => !refused.includes(word)).join(' ');
  if (refused.length > 0)
    return [['scope', error(both('scope_not_registered', { scopes: refused.join(' ') }), kept)]];
  const unknown = counted.filter((word) => !known.includes(word));
  // Scopes of an API come with a resource.
  if (unknown.length > 0 && params['resource'] === undefined)
    return [['scope', warning(both('scope_unknown', { scopes: unknown.join(' ') }), kept)]];
  if (offline) return [['scope', warning(both('scope_offline'))]];
  return [
    [
      'scope',
      words.includes('openid') ? ok(both('scope')) : warning(both('scope_no_openid'), `openid ${kept}`),
    ],
  ];
};

function scopeWithoutOpenid(asked: Asked): Said | undefined {
  const fix = ['openid', ...wordsOf(asked.params['scope'])].join(' ');
  const metadata = metadataOf(asked);
  const needs = ['default_acr_values', 'default_max_age', 'require_auth_time'];
  if (needs.some((name) => Boolean(metadata[name]))) return error(both('scope_openid_client'), fix);
  const parameter = OF_OPENID.find((name) => asked.params[name] !== undefined);
  return parameter === undefined ? undefined : error(both('scope_openid_needed', { parameter }), fix);
}

const offlineCounts = (asked: Asked): boolean =>
  wordsOf(asked.params['prompt']).includes('consent') &&
  textsOf(metadataOf(asked)['grant_types']).includes('refresh_token');

const pkceRule: Rule = (asked) => {
  const { code_challenge: challenge, code_challenge_method: method } = asked.params;
  if (isPushed(asked)) return [];
  if (challenge === undefined)
    return method === undefined
      ? [['code_challenge', error(both('pkce_missing'))]]
      : [['code_challenge', error(both('pkce_method_alone'))]];
  const length = { count: challenge.length };
  const form =
    challenge.length < 43 || challenge.length > 128
      ? error(both('pkce_length', length))
      : /[^\w.\-~]/.test(challenge)
        ? error(both('pkce_characters'))
        : challenge.length === 43
          ? ok(both('pkce'))
          : warning(both('pkce_odd', length));
  const how =
    method === undefined
      ? error(both('pkce_method_missing'), 'S256')
      : method === 'S256'
        ? ok(both('pkce_method'))
        : error(both('pkce_method_wrong'));
  return [
    ['code_challenge', form],
    ['code_challenge_method', how],
  ];
};

/** What a guess must not find: 16 characters of an alphabet of 64 are 96 bits. */
const UNGUESSABLE = 16;

const stateRule: Rule = (asked) =>
  isPushed(asked)
    ? []
    : (['state', 'nonce'] as const).map((name) => {
        const value = asked.params[name];
        if (value === undefined) return [name, warning(both(`${name}_missing`))] as const;
        return [name, value.length < UNGUESSABLE ? warning(both(`${name}_short`)) : ok(both(name))] as const;
      });

const PROMPTS: ReadonlySet<string> = new Set(['none', 'login', 'consent']);

const promptRule: Rule = ({ params }) => {
  const given = params['prompt'];
  if (given === undefined) return [];
  const words = [...new Set(given.split(' '))];
  const wrong = words.filter((word) => !PROMPTS.has(word));
  if (wrong.length > 0) {
    const rest = words.filter((word) => PROMPTS.has(word)).join(' ');
    return [['prompt', error(both('prompt_wrong', { values: wrong.join(' ') || '""' }), rest)]];
  }
  const alone = !words.includes('none') || words.length === 1;
  return [['prompt', alone ? ok(both('prompt')) : error(both('prompt_none'), 'none')]];
};

const freshRule: Rule = ({ params }) => {
  const age = params['max_age'];
  const said: [string, Said][] = [];
  if (age !== undefined) {
    const seconds = Number(age);
    const right = Number.isSafeInteger(seconds) && seconds >= 0 && !Object.is(seconds, -0);
    said.push(['max_age', right ? ok(both('max_age', { seconds })) : error(both('max_age_wrong'))]);
  }
  const known = LADDER.map(({ acr }) => acr);
  const strange = wordsOf(params['acr_values']).filter((acr) => !known.includes(acr));
  if (params['acr_values'] !== undefined)
    said.push([
      'acr_values',
      strange.length === 0
        ? ok(both('acr'))
        : warning(both('acr_unknown', { values: strange.join(' '), known: known.join(', ') })),
    ]);
  return said;
};

const resourceRule: Rule = ({ params, resources }) => {
  const given = wordsOf(params['resource']);
  if (given.length === 0) return [];
  const right = given.every((one) => resources.includes(one));
  return [['resource', right ? ok(both('resource')) : error(both('resource_wrong'))]];
};

const otherRule: Rule = ({ params, client }) => {
  const said: [string, Said][] = [];
  if (params['id_token_hint'] !== undefined) said.push(['id_token_hint', warning(both('hint'))]);
  if (params['login_hint'] !== undefined) said.push(['login_hint', ok(both('personal'))]);
  if (params['anew'] !== undefined) said.push(['anew', warning(both('private_name'), '')]);
  const rehearsal = params['rehearse'];
  if (rehearsal !== undefined && client?.environment !== 'sandbox')
    said.push(['rehearse', warning(both('rehearse_production'), '')]);
  else if (rehearsal !== undefined)
    said.push([
      'rehearse',
      Object.hasOwn(REHEARSALS, rehearsal)
        ? ok(both('rehearse'))
        : warning(both('rehearse_unknown', { known: Object.keys(REHEARSALS).join(', ') })),
    ]);
  for (const name of ['ui_locales', 'ui_mode', 'claims_locales', 'display', 'dpop_jkt'])
    if (params[name] !== undefined) said.push([name, ok(both('ignored'))]);
  return said;
};

export const RULES: readonly Rule[] = [
  clientRule,
  redirectRule,
  typeRule,
  modeRule,
  scopeRule,
  pkceRule,
  stateRule,
  promptRule,
  freshRule,
  claimsRule,
  resourceRule,
  carriedRule,
  otherRule,
];
