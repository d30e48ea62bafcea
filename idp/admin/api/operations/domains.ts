// Host names that units show to be their own.
import { z } from 'zod';
import { dnsName, fileAddress, valueLine, type Domain, type Domains } from '../../../registry/registry.ts';
import { notYours, OFFICE, OFFICE_NAME } from '../examples.ts';
import { operation, type Operation } from '../operation.ts';
import { bilingual, DONE, done, instant, unitId } from '../schemas.ts';

export interface DomainParts {
  readonly domains: Domains;
}

const id = z.uuid();

const finding = z.object({
  is: z.enum(['right', 'absent', 'other', 'status', 'redirect', 'refused', 'silent']),
  got: z.string().optional().describe('The beginning of what stood there.'),
});

const domain = z.object({
  id,
  unitId,
  unitName: bilingual,
  host: z.string(),
  state: z.enum(['waiting', 'verified', 'lost']),
  method: z
    .enum(['dns', 'file'])
    .optional()
    .describe('`dns` covers the names below too, `file` this name only.'),
  findings: z.object({ dns: finding.optional(), file: finding.optional() }).describe('Of the last look.'),
  publish: z
    .object({ dns: z.string(), file: z.url(), line: z.string() })
    .describe('A TXT record of that name, or a file at that address, with this line.'),
  addedAt: instant,
  checkedAt: instant.optional(),
  verifiedAt: instant.optional(),
});

const HOST = 'www.example-office.gov.cn';
const NOWHERE = '01940000-0000-7000-8000-0000000000ff';

const EXAMPLE: z.output<typeof domain> = {
  id: '01940000-0000-7000-8000-000000000004',
  unitId: OFFICE,
  unitName: OFFICE_NAME,
  host: HOST,
  state: 'waiting',
  findings: {},
  publish: {
    dns: dnsName(HOST),
    file: fileAddress(HOST),
    line: valueLine('Qm4x81Ztc09KQm4x81Ztc09KQm4x81Zt'),
  },
  addedAt: '2026-11-22T08:00:00.000Z',
};

const shown = (one: Domain): z.output<typeof domain> => ({
  ...one,
  publish: { dns: dnsName(one.host), file: fileAddress(one.host), line: valueLine(one.value) },
  addedAt: one.addedAt.toISOString(),
  checkedAt: one.checkedAt?.toISOString(),
  verifiedAt: one.verifiedAt?.toISOString(),
});

export const domainOperations = (parts: DomainParts): readonly Operation[] => [
  claimDomain(parts),
  listDomains(parts),
  checkDomain(parts),
  removeDomain(parts),
];

const claimDomain = ({ domains }: DomainParts): Operation =>
  operation({
    id: 'claimDomain',
    method: 'post',
    path: '/units/{unitId}/domains',
    summary: 'Claim a host name for a unit; the answer says what to publish.',
    act: 'domain.write',
    params: { unitId },
    body: z.strictObject({ host: z.string().max(253) }),
    status: 201,
    output: domain,
    examples: [{ name: 'A website', path: { unitId: OFFICE }, body: { host: HOST }, answer: EXAMPLE }],
    run: async ({ actor, path, body }) => shown(await domains.add(actor, path.unitId, body.host)),
  });

const listDomains = ({ domains }: DomainParts): Operation =>
  operation({
    id: 'listDomains',
    method: 'get',
    path: '/units/{unitId}/domains',
    summary: 'What a unit claims, and what it may use because a unit above holds it.',
    act: 'registry.read',
    params: { unitId },
    output: z.object({ rows: z.array(domain) }),
    examples: [
      { name: 'One claim', path: { unitId: OFFICE }, answer: { rows: [EXAMPLE] } },
      notYours({ unitId: 'elsewhere' }),
    ],
    run: async ({ actor, path }) => ({ rows: (await domains.list(actor, path.unitId)).map(shown) }),
  });

const checkDomain = ({ domains }: DomainParts): Operation =>
  operation({
    id: 'checkDomain',
    method: 'post',
    path: '/domains/{id}/check',
    summary: 'Look whether what was to be published is there. `state` and `findings` say what was found.',
    act: 'domain.write',
    params: { id },
    output: domain,
    examples: [notYours({ id: NOWHERE })],
    run: async ({ actor, path }) => shown(await domains.check(actor, path.id)),
  });

const removeDomain = ({ domains }: DomainParts): Operation =>
  operation({
    id: 'removeDomain',
    method: 'delete',
    path: '/domains/{id}',
    summary: 'Give a host name up. Running clients that use it go on.',
    act: 'domain.write',
    params: { id },
    output: done,
    examples: [notYours({ id: NOWHERE })],
    async run({ actor, path }) {
      await domains.remove(actor, path.id);
      return DONE;
    },
  });
