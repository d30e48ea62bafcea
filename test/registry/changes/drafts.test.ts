import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  boss,
  changesFixture,
  dev,
  given,
  liveClient,
  machine,
  person,
  reviewer,
  stranger,
  type ChangesFixture,
} from './fixture.ts';

let fixture: ChangesFixture;
beforeAll(async () => {
  fixture = await changesFixture();
});
afterAll(() => fixture.close());

const launch = (metadata: unknown = given): Promise<string> =>
  fixture.changes.launch(dev, { unitId: 'fund', given: metadata });

describe('a draft', () => {
  test('is begun by the team, and by nobody of another province, of a trial, or who only decides', async () => {
    const wish = { unitId: 'fund', given };
    await expect(fixture.changes.launch(stranger, wish)).rejects.toMatchObject({ code: 'not_found' });
    await expect(fixture.changes.launch(reviewer, wish)).rejects.toMatchObject({ code: 'forbidden' });
    const trial = person('trial', ['owner', 'trial-1']);
    await expect(fixture.changes.launch(trial, { unitId: 'trial-1', given })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(fixture.changes.launch(dev, { unitId: 'nowhere' })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  test('holds no secret, no private key and no novel, not even for a moment', async () => {
    const before = (await fixture.tamper('select 1 from registry.request')).rowCount;
    const jwks = { keys: [{ kty: 'EC', crv: 'P-256', x: 'a', y: 'b', d: 'private' }] };
    for (const [bad, member] of [
      [{ ...given, client_secret: 'a-secret-of-some-length' }, 'client_secret'],
      [{ ...given, jwks }, 'jwks'],
    ] as const)
      await expect(launch(bad)).rejects.toMatchObject({
        code: 'bad_request',
        detail: { complaints: [{ member }] },
      });
    await expect(launch({ client_name: 'x'.repeat(70_000) })).rejects.toMatchObject({ code: 'too_large' });
    await expect(launch('text')).rejects.toMatchObject({ code: 'bad_request' });
    expect((await fixture.tamper('select 1 from registry.request')).rowCount).toBe(before);
  });

  test('takes no identifier that is built in, taken or malformed', async () => {
    for (const client_id of ['account', 'a b', 'x'.repeat(129)])
      await expect(launch({ ...given, client_id })).rejects.toMatchObject({
        detail: { complaints: [{ member: 'client_id' }] },
      });
    await launch({ ...given, client_id: 'mine' });
    await expect(launch({ ...given, client_id: 'mine' })).rejects.toThrow('is taken');
    await expect(fixture.registry.import({ ...given, client_id: 'mine' }, machine.name)).rejects.toThrow(
      'reserved by a request',
    );
  });

  test('may be incomplete and wrong, is kept as it is, and is no client of the engine', async () => {
    const id = await launch({});
    expect(await fixture.changes.save(boss, id, { redirect_uris: 'half', client_name: '半成品' }, 1)).toBe(2);
    const draft = await fixture.changes.find(dev, id);
    expect(draft).toMatchObject({
      state: 'draft',
      name: { 'zh-CN': '半成品' },
      draft: { redirect_uris: 'half' },
    });
    expect(await fixture.registry.find(draft.clientId)).toBeUndefined();
    expect((await fixture.changes.complaints(dev, id)).length).toBeGreaterThan(0);
    await expect(fixture.changes.submit(dev, id, 2)).rejects.toMatchObject({ code: 'bad_request' });
    expect(await fixture.changes.find(dev, id)).toMatchObject({ state: 'draft', version: 2 });
  });

  test('saved twice from one page is kept once; the same again is no change', async () => {
    const id = await launch();
    expect(await fixture.changes.save(dev, id, given, 1)).toBe(1);
    const outcomes = await Promise.allSettled(
      ['甲', '乙'].map((client_name) => fixture.changes.save(dev, id, { ...given, client_name }, 1)),
    );
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  test('is numbered by the day, a hundred at once without a gap or a double', async () => {
    const clientId = await liveClient(fixture);
    const made = await Promise.all(Array.from({ length: 20 }, () => launch()));
    expect(new Set(made).size).toBe(20);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 100 }, () => fixture.changes.begin(dev, clientId)),
    );
    const [won, ...others] = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    expect(others).toEqual([]);
    const lost = outcomes.find((outcome) => outcome.status === 'rejected');
    expect(lost?.reason).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(`request ${won?.value} is open`),
    });
  });

  test('waits in bounded numbers', async () => {
    const tax = person('tax', ['developer', 'tax']);
    const wish = { unitId: 'tax', given: {} };
    await Promise.all(Array.from({ length: 50 }, () => fixture.changes.launch(tax, wish)));
    await expect(fixture.changes.launch(tax, wish)).rejects.toMatchObject({ code: 'conflict' });
  });
});

describe('from a sandbox client', () => {
  test('the draft has what it has, once at a time, and only in its own unit', async () => {
    const { clientId } = await fixture.sandboxes.createSandbox(dev, 'fund', given);
    const city = person('city', ['developer', '330100']);
    await expect(
      fixture.changes.launch(city, { unitId: '330100', originId: clientId }),
    ).rejects.toMatchObject({ code: 'bad_request' });
    const id = await fixture.changes.launch(dev, { unitId: 'fund', originId: clientId });
    const draft = await fixture.changes.find(dev, id);
    expect(draft.draft).toMatchObject({ redirect_uris: given.redirect_uris, client_name: '公积金查询' });
    expect(draft.clientId).not.toBe(clientId);
    expect(await fixture.changes.openOf(dev, clientId)).toBe(id);
    await expect(fixture.changes.launch(dev, { unitId: 'fund', originId: clientId })).rejects.toMatchObject({
      code: 'conflict',
    });
  });
});

describe('submitting', () => {
  test('a hundred times at once is done once, and the secret is told once', async () => {
    const id = await launch();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 100 }, () => fixture.changes.submit(dev, id, 1)),
    );
    const done = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    expect(done).toHaveLength(1);
    expect(done[0]?.value.secret?.reveal()).toHaveLength(43);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected')
        expect(outcome.reason).toMatchObject({
          code: 'conflict',
          message: expect.stringContaining('was submitted by operator:dev'),
        });
    await expect(fixture.changes.save(dev, id, {}, 2)).rejects.toMatchObject({ code: 'conflict' });
  });

  test('what runs already is refused; raised scopes wait while the running client keeps its own', async () => {
    const clientId = await liveClient(fixture);
    const id = await fixture.changes.begin(dev, clientId);
    await expect(fixture.changes.submit(dev, id, 1)).rejects.toThrow('nothing differs');
    const raised = { ...given, scope: 'openid profile phone', redirect_uris: ['https://evil.example/cb'] };
    await fixture.changes.save(dev, id, raised, 1);
    expect(await fixture.changes.submit(dev, id, 2)).toMatchObject({ secret: undefined });
    const running = await fixture.registry.find(clientId);
    expect(running).toMatchObject({ version: 1, metadata: { scope: 'openid profile' } });
    expect(running?.metadata['redirect_uris']).toEqual(given.redirect_uris);
    expect((await fixture.changes.find(dev, id)).differences).toEqual([
      expect.objectContaining({
        member: 'tongxing_domain',
        before: 'gjj.example.gov.cn',
        after: 'evil.example',
      }),
      {
        is: 'list',
        member: 'redirect_uris',
        added: raised.redirect_uris,
        removed: given.redirect_uris,
        kept: [],
      },
      { is: 'list', member: 'scope', added: ['phone'], removed: [], kept: ['openid', 'profile'] },
    ]);
  });

  test('a request that was taken back is over, and a new one may begin', async () => {
    const id = await launch();
    const { clientId } = await fixture.changes.find(dev, id);
    await fixture.changes.submit(dev, id, 1);
    await fixture.changes.withdraw(dev, id, 2);
    expect(await fixture.changes.find(dev, id)).toMatchObject({ state: 'withdrawn' });
    await expect(fixture.changes.withdraw(dev, id, 3)).rejects.toMatchObject({ code: 'conflict' });
    const again = await fixture.changes.begin(dev, clientId);
    expect(await fixture.changes.find(dev, again)).toMatchObject({ kind: 'launch', state: 'draft' });
  });
});
