// A province with a city and a fund in it, another province, and the people of both.
import type { Complaint } from '../../../idp/registry/checks/checks.ts';
import { readRegistration } from '../../../idp/registry/registration.ts';
import {
  createAccess,
  createChanges,
  createSandboxes,
  type Actor,
  type Changes,
  type OperatorId,
  type Role,
  type Sandboxes,
  type UnitId,
} from '../../../idp/registry/registry.ts';
import { registryFixture, type RegistryFixture } from '../fixture.ts';

export interface ChangesFixture extends RegistryFixture {
  readonly changes: Changes;
  readonly sandboxes: Sandboxes;
  /** What the checks find from now on, besides what is wrong with a registration itself. */
  readonly complaints: Complaint[];
  /** Types of all events, in order. */
  events(): Promise<readonly string[]>;
}

const UNITS = [
  ['330000', '江澜省', 'province', 'cn', 'cn/330000/'],
  ['330100', '澜川市', 'prefecture', '330000', 'cn/330000/330100/'],
  ['fund', '公积金中心', 'department', '330100', 'cn/330000/330100/fund/'],
  ['hrss', '人社厅', 'department', '330000', 'cn/330000/hrss/'],
  ['440000', '望川省', 'province', 'cn', 'cn/440000/'],
  ['tax', '税务局', 'department', '440000', 'cn/440000/tax/'],
  ['bureau', '总局', 'department', 'cn', 'cn/bureau/'],
  ['trial-1', '试用', 'trial', null, 'trial/trial-1/'],
] as const;

export async function changesFixture(): Promise<ChangesFixture> {
  const base = await registryFixture();
  for (const [id, name, level, parent, path] of UNITS)
    await base.tamper(
      'insert into registry.unit (id, name, level, parent_id, path, created_at) values ($1, $2, $3, $4, $5, now())',
      [id, JSON.stringify({ 'zh-CN': name, en: id }), level, parent, path],
    );
  const complaints: Complaint[] = [];
  const parts = {
    postgres: base.database.postgres,
    audit: base.audit,
    sealer: base.sealer,
    clock: base.clock,
    access: createAccess(base),
    reserved: new Set(['account']),
    domainsOf: () => Promise.resolve([]),
    effectOf: () => Promise.resolve({ sessions: 3, consents: 41 }),
    checks: {
      check(given: unknown) {
        const read = readRegistration(given, true);
        const own = read.complaints.map((line) => ({ member: '', text: { 'zh-CN': line, en: line } }));
        return Promise.resolve({ read, complaints: [...own, ...complaints], keys: undefined });
      },
    },
  };
  return {
    ...base,
    complaints,
    changes: createChanges(parts),
    sandboxes: createSandboxes(parts),
    async events() {
      await base.audit.flush();
      const found = await base.tamper('select type from audit.event order by at, id');
      return found.rows.map(({ type }: { type: string }) => type);
    },
  };
}

const PATHS = new Map<string, string>([['cn', 'cn/'], ...UNITS.map((unit) => [unit[0], unit[4]] as const)]);

/** Somebody with a passkey shown just now and these posts. */
export function person(name: string, ...posts: readonly (readonly [Role, string])[]): Actor {
  return {
    name: `operator:${name}`,
    operatorId: name as OperatorId,
    kind: 'person',
    fresh: true,
    posts: posts.map(([role, unitId]) => ({ role, unitId: unitId as UnitId, path: PATHS.get(unitId)! })),
  };
}

export const dev = person('dev', ['developer', 'fund']);
export const boss = person('boss', ['owner', 'fund']);
export const reviewer = person('reviewer', ['reviewer', '330100']);
export const approver = person('approver', ['approver', '330000']);
export const secondApprover = person('second', ['approver', '330000']);
export const national = person('national', ['national_administrator', 'cn']);
export const stranger = person(
  'stranger',
  ['owner', '440000'],
  ['approver', '440000'],
  ['reviewer', '440000'],
);
export const machine: Actor = {
  name: 'operator:command-line',
  operatorId: undefined,
  kind: 'machine',
  posts: [],
  fresh: false,
};

export const given = {
  client_name: '公积金查询',
  redirect_uris: ['https://gjj.example.gov.cn/cb'],
  scope: 'openid profile',
  tongxing_claims: { name: { purpose: '用于显示账户', required: true } },
};
export const withNumber = {
  ...given,
  token_endpoint_auth_method: 'private_key_jwt',
  jwks: { keys: [{ kty: 'RSA', n: 'xyz', e: 'AQAB', use: 'enc', kid: 'k1' }] },
  userinfo_encrypted_response_alg: 'RSA-OAEP-256',
  scope: 'openid profile id_number',
  tongxing_claims: { ...given.tongxing_claims, id_number: { purpose: '核对房产登记', required: true } },
};

/** Decides what stands now. */
export async function approve({ changes }: ChangesFixture, actor: Actor, id: string) {
  const { version } = await changes.find(national, id);
  return await changes.decide(actor, id, { decision: 'approve', version, reason: '材料齐全，同意' });
}

/** A production client of the fund that went the whole way. */
export async function liveClient(fixture: ChangesFixture, metadata: object = given): Promise<string> {
  const { changes } = fixture;
  const id = await changes.launch(dev, { unitId: 'fund', given: metadata });
  await changes.submit(dev, id, 1);
  await approve(fixture, reviewer, id);
  await approve(fixture, approver, id);
  if ((await changes.find(national, id)).state === 'reviewing') await approve(fixture, national, id);
  return (await changes.find(national, id)).clientId;
}
