// Every claim about a citizen that a service may be told, with how much it tells: the page an auditor reads.

/** From a bare answer to the number itself; each step tells more than the one before. */
export type Sensitivity = 'yes_no' | 'masked' | 'personal' | 'number';

export interface ClaimRule {
  readonly sensitivity: Sensitivity;
  /** True: it comes from the verified identity and may stand inside `verified_claims`. */
  readonly verified?: boolean;
  /** The claims that it says how to read: beside one of them it has no row of its own on the consent page. */
  readonly follows?: readonly string[];
  /**
   * True: released to nobody but through encrypted userinfo, and only after a consent of its own (Personal
   * Information Protection Law 29).
   */
  readonly guarded?: boolean;
}

const answer: ClaimRule = { sensitivity: 'yes_no', verified: true };

const TABLE = {
  age_over_14: answer,
  age_over_16: answer,
  age_over_18: answer,
  age_over_60: answer,
  id_number_match: answer,
  realname_verified: { sensitivity: 'yes_no' },
  /** A word of a closed list: why a name is not proven yet. Nothing of what a register said. */
  proofing_status: { sensitivity: 'yes_no' },
  phone_number_verified: { sensitivity: 'yes_no', follows: ['phone_number'] },
  name_masked: { sensitivity: 'masked', verified: true },
  id_type: { sensitivity: 'masked', verified: true, follows: ['id_number_masked', 'id_number'] },
  id_number_masked: { sensitivity: 'masked', verified: true },
  name: { sensitivity: 'personal', verified: true },
  birthdate: { sensitivity: 'personal', verified: true },
  gender: { sensitivity: 'personal', verified: true },
  phone_number: { sensitivity: 'personal' },
  /** How and when the identity was proven: the frame around verified claims. */
  verified_claims: { sensitivity: 'personal' },
  id_number: { sensitivity: 'number', verified: true, guarded: true },
} as const satisfies Readonly<Record<string, ClaimRule>>;

export type ClaimName = keyof typeof TABLE;

export const CLAIM_TABLE: Readonly<Record<ClaimName, ClaimRule>> = TABLE;

/** Undefined for a claim that this provider does not hold. */
export function ruleOf(claim: string): ClaimRule | undefined {
  return Object.hasOwn(CLAIM_TABLE, claim) ? CLAIM_TABLE[claim as ClaimName] : undefined;
}

/** What may stand inside `verified_claims`. */
export const VERIFIED_CLAIMS: readonly string[] = Object.entries(CLAIM_TABLE)
  .filter(([, rule]) => rule.verified === true)
  .map(([name]) => name);
