import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { until } from '../../support/until.ts';
import {
  approver,
  boss,
  changesFixture,
  dev,
  given,
  liveClient,
  machine,
  national,
  person,
  secondApprover,
  stranger,
  type ChangesFixture,
} from './fixture.ts';

let fixture: ChangesFixture;
beforeAll(async () => {
  fixture = await changesFixture();
});
afterAll(() => fixture.close());

const reason = '疑似密钥泄露，先停用';

describe('suspending', () => {
  test('takes a post above, a fresh passkey and a reason', async () => {
    const clientId = await liveClient(fixture);
    await expect(fixture.changes.suspend(boss, clientId, reason)).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(fixture.changes.suspend(stranger, clientId, reason)).rejects.toMatchObject({
      code: 'not_found',
    });
    const tired = { ...approver, fresh: false };
    await expect(fixture.changes.suspend(tired, clientId, reason)).rejects.toMatchObject({
      code: 'passkey_needed',
    });
    await expect(fixture.changes.suspend(approver, clientId, '停')).rejects.toMatchObject({
      code: 'bad_request',
    });
    expect(await fixture.registry.find(clientId)).toMatchObject({ enabled: true });
  });

  test('by one works at once on every node, and says before whom it hits', async () => {
    const clientId = await liveClient(fixture);
    const other = await fixture.node();
    expect(await other.find(clientId)).toMatchObject({ enabled: true });
    expect(await fixture.changes.effectOf(approver, clientId)).toEqual({ sessions: 3, consents: 41 });
    await fixture.changes.suspend(approver, clientId, reason);
    await until(async () => (await other.find(clientId))?.enabled === false, 1);
    await expect(fixture.changes.suspend(approver, clientId, reason)).rejects.toMatchObject({
      code: 'conflict',
    });
  });
});

describe('coming back', () => {
  const suspended = async (): Promise<string> => {
    const clientId = await liveClient(fixture);
    await fixture.changes.suspend(approver, clientId, reason);
    return clientId;
  };

  test('takes two persons: neither alone, no program, no command line among them', async () => {
    const clientId = await suspended();
    await expect(fixture.changes.confirmResumption(approver, clientId)).rejects.toMatchObject({
      code: 'conflict',
    });
    await expect(fixture.changes.askResumption(machine, clientId, reason)).rejects.toMatchObject({
      code: 'forbidden',
    });
    await fixture.changes.askResumption(approver, clientId, '已换密钥，可以恢复');
    await expect(fixture.changes.askResumption(approver, clientId, reason)).rejects.toMatchObject({
      code: 'conflict',
    });
    await expect(fixture.changes.confirmResumption(approver, clientId)).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(fixture.changes.confirmResumption(boss, clientId)).rejects.toMatchObject({
      code: 'forbidden',
    });
    expect(await fixture.registry.find(clientId)).toMatchObject({ enabled: false });
    expect(await fixture.changes.resumptionOf(dev, clientId)).toMatchObject({ askedBy: 'operator:approver' });
    await fixture.changes.confirmResumption(secondApprover, clientId);
    await until(async () => (await fixture.registry.find(clientId))?.version === 3, 1);
    expect(await fixture.registry.find(clientId)).toMatchObject({ enabled: true });
    const [last] = (await fixture.changes.history(dev, clientId)).rows;
    expect(last).toMatchObject({ act: 'resumed', by: 'operator:second', reason: '已换密钥，可以恢复' });
  });

  test('confirmed by twenty at once happens once', async () => {
    const clientId = await suspended();
    await fixture.changes.askResumption(approver, clientId, reason);
    const crowd = Array.from({ length: 20 }, (_, place) => person(`a${place}`, ['approver', '330000']));
    const outcomes = await Promise.allSettled(
      crowd.map((one) => fixture.changes.confirmResumption(one, clientId)),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await until(async () => (await fixture.registry.find(clientId))?.version === 3, 1);
  });

  test('asked before another suspension counts no more', async () => {
    const clientId = await suspended();
    await fixture.changes.askResumption(approver, clientId, reason);
    await fixture.registry.enable(clientId, machine.name);
    await fixture.changes.suspend(approver, clientId, reason);
    await expect(fixture.changes.confirmResumption(secondApprover, clientId)).rejects.toMatchObject({
      code: 'conflict',
    });
    await fixture.changes.askResumption(secondApprover, clientId, reason);
    await expect(fixture.changes.confirmResumption(approver, clientId)).resolves.toBe(5);
  });
});

test('retiring ends a client for good, and its open request with it', async () => {
  const clientId = await liveClient(fixture);
  const id = await fixture.changes.begin(dev, clientId, { ...given, client_name: '别名' });
  await fixture.changes.submit(dev, id, 1);
  await expect(fixture.changes.retire(dev, clientId, reason)).rejects.toMatchObject({ code: 'forbidden' });
  await fixture.changes.retire(boss, clientId, '业务已并入新系统');
  expect(await fixture.registry.find(clientId)).toMatchObject({ enabled: false });
  expect(await fixture.changes.find(dev, id)).toMatchObject({ state: 'withdrawn', clientState: 'retired' });
  expect(await fixture.registry.enable(clientId, machine.name)).toBe(false);
  await expect(fixture.changes.begin(dev, clientId)).rejects.toMatchObject({ code: 'conflict' });
  await expect(fixture.changes.askResumption(national, clientId, reason)).rejects.toMatchObject({
    code: 'conflict',
  });
  await expect(fixture.changes.retire(boss, clientId, reason)).rejects.toMatchObject({ code: 'conflict' });
});
