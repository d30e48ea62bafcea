// The syntax of a `verified_claims` request (OpenID Connect for Identity Assurance 1.0, 5.3 to 5.6). Pure.
import { z } from 'zod';

/**
 * What is asked of one value; null asks without a condition. Every condition that is given must hold; members that are
 * not known are ignored (OpenID Connect Core 5.5.1). `max_age`: seconds that may have passed since a date or moment.
 */
const leaf = z
  .object({
    essential: z.boolean().optional(),
    value: z.string().optional(),
    values: z.array(z.string()).min(1).optional(),
    max_age: z.number().int().min(0).optional(),
  })
  .nullable();

const checks = z
  .array(
    z.strictObject({
      check_method: leaf,
      organization: leaf.optional(),
      check_id: leaf.optional(),
      time: leaf.optional(),
    }),
  )
  .min(1);

const place = z.partialRecord(
  z.enum([
    'name',
    'country',
    'country_code',
    'formatted',
    'jurisdiction',
    'locality',
    'postal_code',
    'region',
    'street_address',
    'occupation',
    'organization',
    'birthdate',
  ]),
  leaf,
);

const derived = z.record(z.string(), leaf).nullable();

const document = z.strictObject({
  type: leaf.optional(),
  document_number: leaf.optional(),
  serial_number: leaf.optional(),
  date_of_issuance: leaf.optional(),
  date_of_expiry: leaf.optional(),
  issuer: place.optional(),
});

const record = z.strictObject({
  type: leaf.optional(),
  created_at: leaf.optional(),
  date_of_expiry: leaf.optional(),
  source: place.optional(),
  derived_claims: derived.optional(),
});

const attestation = z.strictObject({
  type: leaf.optional(),
  reference_number: leaf.optional(),
  date_of_issuance: leaf.optional(),
  date_of_expiry: leaf.optional(),
  voucher: place.optional(),
  derived_claims: derived.optional(),
});

const typed = <T extends string>(type: T) =>
  z.object({
    value: z.literal(type),
    values: z.never('only value may name the type').optional(),
    essential: z.boolean().optional(),
  });
const always = { attachments: leaf.optional(), derived_claims: derived.optional() };

/** An entry is a filter over evidence of one type, which it must name by `value` alone. */
const evidence = z.union([
  z.object({
    ...always,
    type: typed('electronic_record'),
    check_details: checks.optional(),
    record: record.optional(),
  }),
  z.object({
    ...always,
    type: typed('document'),
    check_details: checks.optional(),
    document_details: document.optional(),
  }),
  z.object({
    ...always,
    type: typed('vouch'),
    check_details: checks.optional(),
    attestation: attestation.optional(),
  }),
  z.object({
    ...always,
    type: typed('electronic_signature'),
    signature_type: leaf.optional(),
    issuer: leaf.optional(),
    serial_number: leaf.optional(),
    created_at: leaf.optional(),
  }),
]);

const reference = z.strictObject({
  check_id: leaf,
  evidence_metadata: z.strictObject({ evidence_classification: leaf.optional() }).optional(),
});

const process = z.strictObject({
  policy: leaf.optional(),
  procedure: leaf.optional(),
  assurance_details: z
    .array(
      z.strictObject({
        assurance_type: leaf.optional(),
        assurance_classification: leaf.optional(),
        evidence_ref: z.array(reference).min(1).optional(),
      }),
    )
    .min(1)
    .optional(),
});

/** Elements that are not known here are ignored: there is nothing that could be said about them. */
const verification = z.object({
  trust_framework: leaf,
  assurance_level: leaf.optional(),
  assurance_process: process.optional(),
  time: leaf.optional(),
  verification_process: leaf.optional(),
  evidence: z.array(evidence).min(1).optional(),
});

const scalar = z.union([z.string(), z.number(), z.boolean()]);

/** Conditions on a claim about the citizen. */
const condition = z
  .object({
    essential: z.boolean().optional(),
    value: scalar.optional(),
    values: z.array(scalar).min(1).optional(),
    /** Ours: the conditions after they were digested, see claims-parameter.ts. */
    $one_of: z.array(z.string()).optional(),
  })
  .nullable();

const claims = z.record(z.string(), condition);
const asked = z.strictObject({
  verification,
  claims: claims.refine((names) => Object.keys(names).length > 0, 'must name a claim').nullable(),
});

export type Condition = z.infer<typeof condition>;
export type VerificationAsked = z.infer<typeof verification>;
export interface VerifiedClaimsAsked {
  readonly verification: VerificationAsked;
  readonly claims: Readonly<Record<string, Condition>>;
}

/** A request after it was read: the engine keeps objects only, so the array form is told apart by a mark. */
const kept = z.strictObject({
  $asked: z.array(z.strictObject({ verification, claims })).min(1),
  $form: z.enum(['object', 'array']),
});

export interface Kept {
  readonly $asked: readonly VerifiedClaimsAsked[];
  readonly $form: 'object' | 'array';
}

/**
 * Reads the request in either form, or one that was read before. A text that says which member is wrong when the
 * syntax is; values are never repeated.
 */
export function readVerifiedClaims(value: unknown): Kept | string {
  const before = kept.safeParse(value);
  if (before.success) return before.data;
  const parsed = Array.isArray(value) ? z.array(asked).min(1).safeParse(value) : asked.safeParse(value);
  if (!parsed.success) return pathOf(parsed.error);
  const all = Array.isArray(parsed.data) ? parsed.data : [parsed.data];
  return {
    $asked: all.map((one) => ({ ...one, claims: one.claims ?? {} })),
    $form: Array.isArray(value) ? 'array' : 'object',
  };
}

function pathOf(error: z.ZodError): string {
  const path = error.issues[0]?.path.map((step) => (typeof step === 'number' ? step : String(step))) ?? [];
  // Names of claims are the service's own words: only ours are repeated.
  const ours = path.filter((step) => typeof step === 'number' || /^[a-z_]{1,30}$/.test(step));
  return ['verified_claims', ...ours].join('.');
}
