// What a service can be told about a citizen: which scope asks for which claim, and where its value comes from.
// Pure. Not here: whether the citizen agreed (the consent decides) and whether the service may ask (its registration).
import type { Attributes, Citizen } from '../citizens/citizens.ts';
import { ageOn, shanghaiDate } from '../platform/base/calendar.ts';
import { maskName } from '../platform/base/secret.ts';
import { CLAIM_TABLE, CLAIMS_OF_SCOPE, ruleOf, type ClaimName, type Client } from '../registry/registry.ts';

export type { ClaimName } from '../registry/registry.ts';

/** The protocol's own claims: they say nothing that a citizen could refuse. */
export const PROTOCOL_CLAIMS: ReadonlySet<string> = new Set(['sub', 'sid', 'auth_time', 'acr', 'amr', 'iss']);

/**
 * Claims by scope, for the engine; `openid` also stands for the protocol's own claims (OpenID Connect Core 2). What
 * no scope brings is asked for by name.
 */
export const SCOPE_CLAIMS: Readonly<Record<string, readonly string[] | null>> = {
  ...Object.fromEntries(Object.keys(CLAIM_TABLE).map((claim) => [claim, null])),
  ...CLAIMS_OF_SCOPE,
  openid: ['sub', 'acr', 'amr', 'auth_time'],
  // The engine takes a name for a scope or for a claim, not for both: the scope must carry the claim of the same name.
  // It is given only to who asks for it by name, see find-account.ts.
  id_number: [...(CLAIMS_OF_SCOPE['id_number'] ?? []), 'id_number'],
};

export type ClaimValues = Partial<Record<ClaimName, string | boolean>>;

/** The claims that these scopes and an explicit `claims` request ask for, without the protocol's own. */
export function claimsAsked(scopes: Iterable<string>, requested: Iterable<string>): ReadonlySet<string> {
  const asked = new Set<string>(requested);
  for (const scope of scopes)
    if (Object.hasOwn(CLAIMS_OF_SCOPE, scope))
      for (const claim of CLAIMS_OF_SCOPE[scope] ?? []) asked.add(claim);
  for (const own of PROTOCOL_CLAIMS) asked.delete(own);
  return asked;
}

const leadersOf = (claim: string): readonly string[] => ruleOf(claim)?.follows ?? [];

/** True when the registration of the client lists this claim (or one that it accompanies). */
export function mayReceive(client: Client, claim: string): boolean {
  return [claim, ...leadersOf(claim)].some((name) => Object.hasOwn(client.claims, name));
}

/** True for a claim that is never bundled: one consent of its own, and encrypted userinfo alone. */
export const isGuarded = (claim: string): boolean => ruleOf(claim)?.guarded === true;

/** Refused claims with those that only make sense beside them, unless another claim that they accompany was agreed to. */
export function withCompanions(refused: readonly string[], asked: Iterable<string>): readonly string[] {
  const agreed = new Set(asked);
  for (const claim of refused) agreed.delete(claim);
  const followers = Object.keys(CLAIM_TABLE).filter((claim) => {
    const leaders = leadersOf(claim);
    return (
      leaders.some((leader) => refused.includes(leader)) && !leaders.some((leader) => agreed.has(leader))
    );
  });
  return [...refused, ...followers];
}

/** True for a claim that has a row of its own on the consent page when these are asked together. */
export const standsAlone = (claim: string, asked: ReadonlySet<string>): boolean =>
  !leadersOf(claim).some((leader) => asked.has(leader));

/** All values there are. Absent attributes are absent members, never empty ones (OIDC Core 5.3.2). */
export function claimValues(citizen: Citizen, attributes: Attributes, now: Date): ClaimValues {
  const values: ClaimValues = { realname_verified: citizen.ial >= 2 };
  if (attributes.phone) {
    values.phone_number = attributes.phone.reveal();
    values.phone_number_verified = attributes.phoneVerifiedAt !== undefined;
  }
  return citizen.ial >= 1 ? { ...values, ...provenValues(attributes, now) } : values;
}

/** What the verified document says. A yes or no says nothing else: no age, no date, no number. */
function provenValues(attributes: Attributes, now: Date): ClaimValues {
  const { name, birthdate, gender, documentNumber, documentKind } = attributes;
  const values: ClaimValues = {};
  if (name) {
    values.name = name.reveal();
    values.name_masked = maskName(name.reveal());
  }
  if (birthdate !== undefined) {
    const age = ageOn(birthdate, shanghaiDate(now));
    values.birthdate = birthdate;
    values.age_over_14 = age >= 14;
    values.age_over_16 = age >= 16;
    values.age_over_18 = age >= 18;
    values.age_over_60 = age >= 60;
  }
  if (gender) values.gender = gender;
  if (documentKind && documentNumber) {
    values.id_type = documentKind;
    values.id_number_masked = String(documentNumber);
    values.id_number = documentNumber.reveal();
  }
  return values;
}
