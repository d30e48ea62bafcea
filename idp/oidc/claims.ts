// What a service can be told about a citizen: which scope asks for which claim, and where its value comes from.
// Pure. Not here: whether the citizen agreed (the consent decides) and whether the service may ask (its registration).
import type { Attributes, Citizen } from '../citizens/citizens.ts';
import { CLAIMS_OF_SCOPE, type Client } from '../registry/registry.ts';

/** Claims by scope, for the engine; `openid` also stands for the protocol's own claims (OpenID Connect Core 2). */
export const SCOPE_CLAIMS: Readonly<Record<string, readonly string[]>> = {
  ...CLAIMS_OF_SCOPE,
  openid: ['sub', 'acr', 'amr', 'auth_time'],
};

export type ClaimName =
  | 'name'
  | 'birthdate'
  | 'gender'
  | 'realname_verified'
  | 'phone_number'
  | 'phone_number_verified'
  | 'id_type'
  | 'id_number_masked';

export type ClaimValues = Partial<Record<ClaimName, string | boolean>>;

/** `phone_number_verified` and `id_type` say how to read their neighbour: they follow it and are not asked alone. */
const COMPANIONS: Readonly<Partial<Record<ClaimName, ClaimName>>> = {
  phone_number_verified: 'phone_number',
  id_type: 'id_number_masked',
};

/** The claims that these scopes and an explicit `claims` request ask for, without the protocol's own. */
export function claimsAsked(scopes: Iterable<string>, requested: Iterable<string>): ReadonlySet<string> {
  const asked = new Set<string>(requested);
  for (const scope of scopes)
    if (Object.hasOwn(CLAIMS_OF_SCOPE, scope))
      for (const claim of CLAIMS_OF_SCOPE[scope] ?? []) asked.add(claim);
  for (const own of ['sub', 'acr', 'amr', 'auth_time', 'iss', 'sid']) asked.delete(own);
  return asked;
}

/** True when the registration of the client lists this claim (or the claim it accompanies). */
export function mayReceive(client: Client, claim: string): boolean {
  const leader = COMPANIONS[claim as ClaimName] ?? claim;
  return Object.hasOwn(client.claims, claim) || Object.hasOwn(client.claims, leader);
}

/** A refused claim with those that only make sense beside it. */
export function withCompanions(claims: readonly string[]): readonly string[] {
  const followers = Object.entries(COMPANIONS).flatMap(([follower, leader]) =>
    claims.includes(leader) ? [follower] : [],
  );
  return [...claims, ...followers];
}

/** True for a claim that has a row of its own on the consent page. */
export const standsAlone = (claim: string): claim is ClaimName =>
  COMPANIONS[claim as ClaimName] === undefined && claim !== 'sub';

/** All values there are. Absent attributes are absent members, never empty ones (OIDC Core 5.3.2). */
export function claimValues(citizen: Citizen, attributes: Attributes): ClaimValues {
  const proven = citizen.ial >= 1;
  const values: ClaimValues = { realname_verified: citizen.ial >= 2 };
  if (proven && attributes.name) values.name = attributes.name.reveal();
  if (proven && attributes.birthdate) values.birthdate = attributes.birthdate;
  if (proven && attributes.gender) values.gender = attributes.gender;
  if (proven && attributes.documentNumber) {
    values.id_type = attributes.documentKind ?? 'CN_RIC';
    values.id_number_masked = String(attributes.documentNumber);
  }
  if (attributes.phone) {
    values.phone_number = attributes.phone.reveal();
    values.phone_number_verified = attributes.phoneVerifiedAt !== undefined;
  }
  return values;
}
