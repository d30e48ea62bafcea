import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  changesFixture,
  dev,
  given,
  liveClient,
  person,
  stranger,
  type ChangesFixture,
} from '../changes/fixture.ts';

let fixture: ChangesFixture;
beforeAll(async () => {
  fixture = await changesFixture();
});
afterAll(() => fixture.close());

const local = { ...given, redirect_uris: ['http://localhost:3000/cb'] };
const trial = person('trial', ['owner', 'trial-1']);

describe('a sandbox client is refused', () => {
  test('to whoever is not of the team', async () => {
    await expect(fixture.sandboxes.createSandbox(stranger, 'fund', local)).rejects.toMatchObject({
      code: 'not_found',
    });
    const auditor = person('auditor', ['auditor', '330000']);
    await expect(fixture.sandboxes.createSandbox(auditor, 'fund', local)).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  test('with every complaint at its member', async () => {
    fixture.complaints.push({
      member: 'redirect_uris',
      text: { 'zh-CN': '域名未核验', en: 'domain not verified' },
    });
    const bad = { ...local, client_secret: 'a-secret-of-some-length', tongxing_unit: { id: 'hrss' } };
    await expect(fixture.sandboxes.createSandbox(dev, 'fund', bad)).rejects.toMatchObject({
      code: 'bad_request',
      detail: {
        complaints: [{ member: 'client_secret' }, { member: 'tongxing_unit' }, { member: 'redirect_uris' }],
      },
    });
    fixture.complaints.length = 0;
    await expect(
      fixture.sandboxes.createSandbox(dev, 'fund', { ...local, client_id: 'account' }),
    ).rejects.toThrow('is taken');
    await expect(fixture.sandboxes.createSandbox(dev, 'fund', null)).rejects.toMatchObject({
      code: 'bad_request',
    });
  });

  test('beyond the bound of its unit, also twenty at once', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, () => fixture.sandboxes.createSandbox(trial, 'trial-1', local)),
    );
    const made = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    expect(made).toHaveLength(5);
    await expect(fixture.sandboxes.createSandbox(trial, 'trial-1', local)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('5 sandbox clients'),
    });
    await fixture.sandboxes.removeSandbox(trial, made[0]!.value.clientId, 1);
    await expect(fixture.sandboxes.createSandbox(trial, 'trial-1', local)).resolves.toBeDefined();
  });
});

describe('a sandbox client', () => {
  test('is live at once, with a secret that is told once and never stands in clear', async () => {
    const { clientId, secret } = await fixture.sandboxes.createSandbox(dev, 'fund', local);
    expect(secret?.reveal()).toMatch(/^[\w-]{43}$/);
    expect(await fixture.registry.find(clientId)).toMatchObject({
      environment: 'sandbox',
      enabled: true,
      unitId: 'fund',
      version: 1,
      metadata: { client_secret: secret?.reveal(), redirect_uris: local.redirect_uris },
    });
    const dump = await fixture.tamper(
      `select t::text from registry.client t union all select t::text from registry.client_version t
       union all select t::text from audit.event t`,
    );
    expect(JSON.stringify(dump.rows)).not.toContain(secret?.reveal());
  });

  test('changes at the version that was read, and loses the secret that it no longer needs', async () => {
    const { clientId } = await fixture.sandboxes.createSandbox(dev, 'fund', local);
    const jwks = { keys: [{ kty: 'EC', crv: 'P-256', x: 'x', y: 'y' }] };
    const keyed = { ...local, token_endpoint_auth_method: 'private_key_jwt', jwks };
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, () => fixture.sandboxes.updateSandbox(dev, clientId, keyed, 1)),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const stored = await fixture.tamper('select secret_sealed from registry.client where client_id = $1', [
      clientId,
    ]);
    expect(stored.rows).toEqual([{ secret_sealed: null }]);
    expect(await fixture.sandboxes.updateSandbox(dev, clientId, local, 2)).toMatchObject({
      version: 3,
      secret: expect.anything(),
    });
    await expect(
      fixture.sandboxes.updateSandbox(dev, clientId, { ...local, client_id: 'other' }, 3),
    ).rejects.toMatchObject({ detail: { complaints: [{ member: 'client_id' }] } });
  });

  test('is the only kind that these functions touch: a production client is refused, and the try recorded', async () => {
    const clientId = await liveClient(fixture);
    const before = (await fixture.events()).filter((type) => type === 'access.refused').length;
    const raised = { ...given, scope: 'openid profile phone' };
    await expect(fixture.sandboxes.updateSandbox(dev, clientId, raised, 1)).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(fixture.sandboxes.removeSandbox(dev, clientId, 1)).rejects.toMatchObject({
      code: 'forbidden',
    });
    expect((await fixture.events()).filter((type) => type === 'access.refused').length - before).toBe(2);
    expect(await fixture.registry.find(clientId)).toMatchObject({
      version: 1,
      metadata: { scope: given.scope },
    });
  });

  test('that was removed signs nobody in and never comes back', async () => {
    const { clientId } = await fixture.sandboxes.createSandbox(dev, 'fund', local);
    await fixture.sandboxes.removeSandbox(dev, clientId, 1);
    await expect(fixture.sandboxes.removeSandbox(dev, clientId, 2)).rejects.toMatchObject({
      code: 'conflict',
    });
    await expect(fixture.sandboxes.updateSandbox(dev, clientId, local, 2)).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(await fixture.registry.enable(clientId, 'operator:command-line')).toBe(false);
    await expect(
      fixture.registry.import({ ...local, client_id: clientId }, 'operator:command-line'),
    ).rejects.toThrow('retired for good');
  });
});

test('a year later every version says who brought it, why, and field by field what', async () => {
  const clientId = await liveClient(fixture);
  const id = await fixture.changes.begin(dev, clientId, { ...given, client_name: '别名' });
  await fixture.changes.submit(dev, id, 1);
  const { version } = await fixture.changes.find(dev, id);
  const reviewer = person('r', ['reviewer', '330100']);
  const approver = person('a', ['approver', '330000']);
  await fixture.changes.decide(reviewer, id, { decision: 'approve', version, reason: '名称与机构一致' });
  await fixture.changes.decide(approver, id, {
    decision: 'approve',
    version: version + 1,
    reason: '同意改用新名',
  });
  await fixture.registry.disable(clientId, 'operator:command-line');
  const { rows, next } = await fixture.changes.history(dev, clientId);
  expect(next).toBeUndefined();
  expect(
    rows.map(({ version: of, act, by, reason, requestId }) => [of, act, by, reason, requestId === id]),
  ).toEqual([
    [3, 'disabled', 'operator:command-line', '', false],
    [2, 'live', 'operator:a', '同意改用新名', true],
    [1, 'live', 'operator:approver', '材料齐全，同意', false],
  ]);
  expect(rows[0]?.differences).toEqual([]);
  expect(rows[1]?.differences).toEqual([
    { is: 'text', member: 'client_name', before: '公积金查询', after: '别名' },
    { is: 'text', member: 'client_name#en', before: '公积金查询', after: '别名' },
  ]);
  await expect(fixture.changes.history(stranger, clientId)).rejects.toMatchObject({ code: 'not_found' });
});
