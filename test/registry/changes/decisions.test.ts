import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { until } from '../../support/until.ts';
import {
  approve,
  approver,
  boss,
  changesFixture,
  dev,
  given,
  liveClient,
  machine,
  national,
  person,
  reviewer,
  secondApprover,
  stranger,
  withNumber,
  type ChangesFixture,
} from './fixture.ts';

let fixture: ChangesFixture;
beforeAll(async () => {
  fixture = await changesFixture();
});
afterAll(() => fixture.close());

const reason = '材料齐全，同意';
const submitted = async (metadata: object = given, unitId = 'fund', by = dev): Promise<string> => {
  const id = await fixture.changes.launch(by, { unitId, given: metadata });
  await fixture.changes.submit(by, id, 1);
  return id;
};
const decide = (actor: typeof dev, id: string, version: number, decision = 'approve' as const) =>
  fixture.changes.decide(actor, id, { decision, version, reason });

describe('four eyes', () => {
  test('nobody decides what they submitted, whatever posts they hold', async () => {
    const both = person('both', ['developer', 'fund'], ['reviewer', '330100'], ['approver', '330000']);
    const id = await submitted(given, 'fund', both);
    await expect(decide(both, id, 2)).rejects.toMatchObject({ code: 'forbidden' });
    expect(await fixture.changes.find(both, id)).toMatchObject({ bar: 'author', yours: false });
  });

  test('nor what they wrote a word of, though another submitted it', async () => {
    const both = person('writer', ['developer', 'fund'], ['reviewer', '330100']);
    const id = await fixture.changes.launch(dev, { unitId: 'fund', given });
    await fixture.changes.save(both, id, { ...given, client_name: '新名' }, 1);
    await fixture.changes.submit(dev, id, 2);
    await expect(decide(both, id, 3)).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('nor two looks at one request', async () => {
    const both = person('twice', ['reviewer', '330100'], ['approver', '330000']);
    const id = await submitted();
    await decide(both, id, 2);
    await expect(decide(both, id, 3)).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('other_look'),
    });
    expect(await decide(approver, id, 3)).toMatchObject({ state: 'live' });
  });

  test('nor what a program of the own unit may have written for them', async () => {
    const robot = {
      ...dev,
      name: 'client:robot',
      operatorId: undefined,
      kind: 'program' as const,
      fresh: false,
    };
    const id = await submitted(given, 'fund', robot);
    const holder = person('holder', ['owner', 'fund'], ['reviewer', '330100']);
    await expect(decide(holder, id, 2)).rejects.toThrow('own_program');
    expect(await decide(reviewer, id, 2)).toMatchObject({ state: 'reviewing' });
  });

  test('a program and a command line decide nothing', async () => {
    const id = await submitted();
    await expect(decide(machine, id, 2)).rejects.toMatchObject({ code: 'forbidden' });
    const robot = { ...reviewer, name: 'client:robot', kind: 'program' as const, fresh: false };
    await expect(decide(robot, id, 2)).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('every refusal stands in the trail', async () => {
    const before = (await fixture.events()).filter((type) => type === 'access.refused').length;
    const id = await submitted();
    await expect(decide(dev, id, 2)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(decide(stranger, id, 2)).rejects.toMatchObject({ code: 'not_found' });
    const after = (await fixture.events()).filter((type) => type === 'access.refused').length;
    expect(after - before).toBe(2);
  });
});

describe('who may decide', () => {
  test('a passkey shown just now is asked for, and only of those whose decision would count', async () => {
    const id = await submitted();
    await expect(decide({ ...reviewer, fresh: false }, id, 2)).rejects.toMatchObject({
      code: 'passkey_needed',
    });
    await expect(decide({ ...boss, fresh: false }, id, 2)).rejects.toMatchObject({
      code: expect.stringMatching(/not_found|forbidden/),
    });
  });

  test('a province approves nothing before its city has looked, and a city nothing for its province', async () => {
    const id = await submitted();
    await expect(decide(approver, id, 2)).rejects.toMatchObject({ code: 'forbidden' });
    await decide(reviewer, id, 2);
    const other = person('other', ['reviewer', '330100']);
    await expect(decide(other, id, 3)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('an approver of a department is none of the province', async () => {
    const id = await submitted();
    await decide(reviewer, id, 2);
    const small = person('small', ['approver', 'fund']);
    await expect(decide(small, id, 3)).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('a decision', () => {
  test('without a reason, or with words about what did not change, is turned away at the field', async () => {
    const id = await submitted();
    const verdict = { decision: 'return', version: 2, reason: ' 好 ' } as const;
    await expect(fixture.changes.decide(reviewer, id, verdict)).rejects.toMatchObject({
      code: 'bad_request',
      detail: { complaints: [{ member: 'reason' }] },
    });
    const comments = { tongxing_nothing: '为什么？' };
    await expect(
      fixture.changes.decide(reviewer, id, { ...verdict, reason, comments }),
    ).rejects.toMatchObject({
      detail: { complaints: [{ member: 'comment.tongxing_nothing' }] },
    });
    expect(await fixture.changes.find(reviewer, id)).toMatchObject({ state: 'reviewing', version: 2 });
  });

  test('of two persons at once: one wins, the other is told who decided what', async () => {
    const id = await submitted();
    await decide(reviewer, id, 2);
    const outcomes = await Promise.allSettled([
      decide(approver, id, 3),
      fixture.changes.decide(secondApprover, id, { decision: 'refuse', version: 3, reason }),
    ]);
    const lost = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(lost).toHaveLength(1);
    const { state } = await fixture.changes.find(national, id);
    const [act, who] = state === 'live' ? ['approved', 'approver'] : ['refused', 'second'];
    expect(lost[0]?.reason).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(`was ${act} by operator:${who}`),
    });
  });

  test('that comes late says who was first, though the next look belongs to others', async () => {
    const id = await submitted();
    await decide(reviewer, id, 2);
    const other = person('late', ['reviewer', '330100']);
    await expect(decide(other, id, 2)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('was approved by operator:reviewer'),
    });
  });

  test('of a hundred at once is taken once', async () => {
    const id = await submitted();
    const crowd = Array.from({ length: 100 }, (_, place) => person(`r${place}`, ['reviewer', '330100']));
    const outcomes = await Promise.allSettled(crowd.map((one) => decide(one, id, 2)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'conflict' });
    expect((await fixture.changes.find(national, id)).steps.map(({ act }) => act)).toEqual([
      'begun',
      'submitted',
      'approved',
    ]);
  });
});

describe('the way', () => {
  test('of a city’s client: the city, the province, live on every node within a second', async () => {
    const other = await fixture.node();
    const id = await submitted();
    const { clientId } = await fixture.changes.find(dev, id);
    expect(await other.find(clientId)).toBeUndefined();
    await decide(reviewer, id, 2);
    expect(await fixture.registry.find(clientId)).toBeUndefined();
    expect(await decide(approver, id, 3)).toEqual({ state: 'live', clientVersion: 1 });
    await until(async () => (await other.find(clientId))?.enabled === true, 6);
    expect((await other.find(clientId))?.metadata['client_secret']).toHaveLength(43);
    expect(await fixture.events()).toContain('client.live');
  });

  test('of a sensitive claim: the nation too; of a national bureau: the nation alone', async () => {
    const id = await submitted(withNumber);
    expect((await fixture.changes.find(dev, id)).sensitive).toEqual(['id_number']);
    await approve(fixture, reviewer, id);
    expect(await approve(fixture, approver, id)).toMatchObject({ state: 'reviewing' });
    const twice = person('approver', ['national_administrator', 'cn']);
    await expect(approve(fixture, twice, id)).rejects.toThrow('other_look');
    expect(await approve(fixture, national, id)).toMatchObject({ state: 'live' });
    const bureau = person('bureau-dev', ['developer', 'bureau']);
    const own = await submitted(given, 'bureau', bureau);
    expect((await fixture.changes.find(bureau, own)).stages).toEqual([{ stage: 'nation', path: 'cn/' }]);
  });

  test('of what was returned: the clock stands, and it comes back to where it was', async () => {
    const id = await submitted();
    await decide(reviewer, id, 2);
    const { dueAt } = await fixture.changes.find(dev, id);
    const verdict = { decision: 'return', version: 3, reason: '用途请写具体' } as const;
    const comments = { 'tongxing_claims.name': '显示在哪里？', redirect_uris: ' ' };
    await fixture.changes.decide(approver, id, { ...verdict, comments });
    const back = await fixture.changes.find(dev, id);
    expect(back).toMatchObject({ state: 'returned', stage: null, dueAt: null });
    expect(back.steps.at(-1)).toMatchObject({
      act: 'returned',
      stage: 'province',
      by: 'operator:approver',
      reason: '用途请写具体',
      comments: { 'tongxing_claims.name': '显示在哪里？' },
    });
    fixture.clock.forward(3 * 86_400);
    await fixture.changes.save(boss, id, { ...given, client_name: '公积金' }, 4);
    await fixture.changes.submit(boss, id, 5);
    const again = await fixture.changes.find(dev, id);
    expect(again).toMatchObject({ state: 'reviewing', stage: 'province' });
    const moved = (again.dueAt!.getTime() - dueAt!.getTime()) / 86_400_000;
    expect(moved).toBeCloseTo(3, 1);
    expect(again.authors).toEqual(['operator:dev', 'operator:boss']);
    await expect(decide(reviewer, id, 6)).rejects.toMatchObject({ code: 'forbidden' });
    expect(await decide(approver, id, 6)).toMatchObject({ state: 'live' });
  });

  test('ends with a refusal; the running version runs on, and another try may begin', async () => {
    const clientId = await liveClient(fixture);
    const id = await fixture.changes.begin(dev, clientId, { ...given, client_name: '别名' });
    await fixture.changes.submit(dev, id, 1);
    await fixture.changes.decide(reviewer, id, { decision: 'refuse', version: 2, reason });
    expect(await fixture.changes.find(dev, id)).toMatchObject({ state: 'refused' });
    expect(await fixture.registry.find(clientId)).toMatchObject({
      version: 1,
      name: { 'zh-CN': '公积金查询' },
    });
    await expect(decide(approver, id, 3)).rejects.toMatchObject({ code: 'conflict' });
    await expect(fixture.changes.begin(dev, clientId)).resolves.toMatch(/^R-\d{8}-\d{4}$/);
  });
});

describe('the last approval', () => {
  const change = async (): Promise<{ id: string; clientId: string }> => {
    const clientId = await liveClient(fixture);
    const id = await fixture.changes.begin(dev, clientId, { ...given, client_name: '别名' });
    await fixture.changes.submit(dev, id, 1);
    await decide(reviewer, id, 2);
    return { id, clientId };
  };

  test('looks again, and lets nothing live that could not be submitted now', async () => {
    const { id, clientId } = await change();
    fixture.complaints.push({
      member: 'redirect_uris',
      text: { 'zh-CN': '域名已失效', en: 'domain was lost' },
    });
    await expect(decide(approver, id, 3)).rejects.toMatchObject({
      code: 'bad_request',
      message: 'redirect_uris: domain was lost',
    });
    fixture.complaints.length = 0;
    expect(await fixture.registry.find(clientId)).toMatchObject({ version: 1 });
    expect(await decide(approver, id, 3)).toEqual({ state: 'live', clientVersion: 2 });
  });

  test('does not overwrite what came meanwhile, and nothing of the decision stays', async () => {
    const { id, clientId } = await change();
    await fixture.registry.import({ ...given, client_id: clientId, client_name: '第三名' }, machine.name);
    await expect(decide(approver, id, 3)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('no longer what'),
    });
    const stands = await fixture.changes.find(approver, id);
    expect(stands).toMatchObject({ state: 'reviewing', version: 3 });
    expect(stands.steps.map(({ act }) => act)).not.toContain('live');
    await fixture.changes.decide(approver, id, { decision: 'return', version: 3, reason });
    await fixture.changes.submit(dev, id, 4);
    expect(await decide(approver, id, 5)).toMatchObject({ clientVersion: 3 });
  });

  test('of a suspended client changes it and leaves it suspended', async () => {
    const { id, clientId } = await change();
    await fixture.changes.suspend(national, clientId, '疑似泄露，先停用');
    expect(await decide(approver, id, 3)).toEqual({ state: 'live', clientVersion: 3 });
    expect(await fixture.registry.find(clientId)).toMatchObject({
      enabled: false,
      name: { 'zh-CN': '别名' },
    });
  });
});
