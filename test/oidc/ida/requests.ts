// Requests for verified claims of any shape that the syntax allows, about things that are there and things that are not.
import fc from 'fast-check';

const FRAMEWORK = 'https://id.example.gov.cn/trust-framework/cn-gov-realname';

/** An entry of `evidence` that filters records. */
export const record = (more: object): object => ({ type: { value: 'electronic_record' }, ...more });

const leaf = fc.oneof(
  fc.constant(null),
  fc.record({ essential: fc.boolean() }, { requiredKeys: [] }),
  fc.constantFrom(
    { value: 'data' },
    { value: 'real-name' },
    { value: FRAMEWORK },
    { values: ['population_register', 'x'] },
  ),
);
const moment = fc.oneof(fc.constant(null), fc.record({ max_age: fc.constantFrom(0, 1_800, 4_000, 1e9) }));
const optional = <T extends object>(parts: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<
  Partial<T>
> => fc.record(parts, { requiredKeys: [] }) as fc.Arbitrary<Partial<T>>;
const check = fc
  .tuple(
    fc.constantFrom(null, { value: 'data' }, { values: ['vcrypt', 'bvr', 'bvp'] }),
    optional({ organization: leaf, check_id: leaf, time: moment }),
  )
  .map(([method, others]) => ({ check_method: method, ...others }));
const source = optional({ name: leaf, country_code: leaf, jurisdiction: leaf, locality: leaf });
const evidence = optional({
  check_details: fc.array(check, { minLength: 1, maxLength: 2 }),
  record: optional({ type: leaf, created_at: moment, source }),
}).map((parts) => record(parts));
const document = optional({
  check_details: fc.array(check, { minLength: 1, maxLength: 2 }),
  document_details: optional({
    type: leaf,
    document_number: leaf,
    issuer: optional({ name: leaf, country_code: leaf, jurisdiction: leaf }),
  }),
}).map((parts) => ({ type: { value: 'document' }, ...parts }));
const detail = optional({
  assurance_type: leaf,
  assurance_classification: leaf,
  evidence_ref: fc.constant([{ check_id: null }]),
});
const verification = fc
  .tuple(
    fc.constantFrom(null, { value: FRAMEWORK }),
    optional({
      assurance_level: leaf,
      time: moment,
      verification_process: leaf,
      assurance_process: optional({
        policy: leaf,
        procedure: leaf,
        assurance_details: fc.array(detail, { minLength: 1, maxLength: 2 }),
      }),
      evidence: fc.array(fc.oneof(evidence, document), { minLength: 1, maxLength: 3 }),
    }),
  )
  .map(([framework, others]) => ({ trust_framework: framework, ...others }));
const request = fc.record({
  verification,
  claims: fc.dictionary(
    fc.constantFrom('name', 'birthdate', 'gender', 'age_over_18', 'shoe_size', 'constructor'),
    fc.constantFrom(null, { essential: true }, { value: '张三' }),
    { minKeys: 1 },
  ),
});

/** One request, or several in an array. */
export const requests = fc.oneof(request, fc.array(request, { minLength: 1, maxLength: 3 }));
