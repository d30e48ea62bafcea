// The `claims` parameter (OpenID Connect Core 5.5) of a request that is explained. Pure.
import { isRecord } from '../claims.ts';
import { both } from './messages.ts';
import { error, ok, warning, type Asked, type Rule, type Said } from './said.ts';

const TARGETS = ['userinfo', 'id_token'] as const;
/** Of the protocol itself: every service may ask for them. */
const OWN = new Set(['sub', 'sid', 'auth_time', 'acr', 'amr', 'iss']);

export const claimsRule: Rule = (asked) => {
  const given = asked.params['claims'];
  return given === undefined ? [] : [['claims', saidOf(given, asked)]];
};

function saidOf(given: string, { client, params }: Asked): Said {
  if (params['response_type'] === 'none') return error(both('claims_none'));
  let claims: unknown;
  try {
    claims = JSON.parse(given);
  } catch {
    return error(both('claims_json'));
  }
  if (!isRecord(claims)) return error(both('claims_object'));
  const targets = TARGETS.map((target) => claims[target]).filter((target) => target !== undefined);
  if (targets.length === 0 || !targets.every(isRecord)) return error(both('claims_targets'));
  const members = targets.flatMap((target) => Object.entries(target));
  const shapeless = members.filter(([, value]) => value !== null && !isRecord(value)).map(([name]) => name);
  // An array of verified_claims is a form of its own (OpenID Connect for Identity Assurance 1.0, 5.3).
  const wrong = shapeless.filter((name) => name !== 'verified_claims');
  if (wrong.length > 0) return error(both('claims_members', { names: wrong.join(', ') }));
  const dropped = members
    .map(([name]) => name)
    .filter((name) => !OWN.has(name) && !(name in (client?.claims ?? {})));
  return dropped.length === 0 || !client
    ? ok(both('claims'))
    : warning(both('claims_not_registered', { names: dropped.join(', ') }));
}
