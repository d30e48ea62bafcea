// The passkeys of a citizen in the account centre, in the copy of their data and at the end; and who is offered one.
import type { CitizenId } from '../../../idp/citizens/citizens.ts';
import type { WebauthnFactor } from '../../../idp/factors/webauthn/webauthn.ts';
import { factorsFixture, type FactorsFixture } from '../fixture.ts';
import { device, enrolled, firstFlow, use } from './holder.ts';

const GOOGLE = 'ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4';

let fixture: FactorsFixture;
let factor: WebauthnFactor;

beforeAll(async () => {
  fixture = await factorsFixture();
  factor = fixture.passkey();
});
afterAll(() => fixture.close());

const list = (id: CitizenId, locale: 'zh-CN' | 'en' = 'zh-CN') =>
  factor.account!.list(id, locale, fixture.clock.now());
const rename = (id: CitizenId, passkey: string, name: string): Promise<boolean> =>
  fixture.audit.change((tx) => factor.account!.rename!(tx, id, passkey, name));
const remove = (id: CitizenId, passkey: string): Promise<boolean> =>
  fixture.audit.change((tx) => factor.account!.remove!(tx, id, passkey));
const rows = async (table: string, id: CitizenId): Promise<number> => {
  const found = await fixture.tamper(`select count(*)::int as n from ${table} where citizen_id = $1`, [id]);
  return (found.rows[0] as { n: number }).n;
};

test('a passkey is listed by where it lives, when it was used, and whether it is synced', async () => {
  const { id } = await fixture.newCitizen();
  const key = device({ synced: true, aaguid: GOOGLE });
  await enrolled(fixture, factor, id, key);
  const [fresh] = await list(id);
  expect(fresh).toMatchObject({ name: 'Google Password Manager', canRename: true, canRemove: true });
  expect(fresh?.lines).toEqual([
    expect.stringMatching(/^还没有用过，今天 \d\d:\d\d添加$/),
    '在您的多台设备间同步',
  ]);
  await use(firstFlow(factor), key);
  const [used] = await list(id, 'en');
  expect(used?.lines).toEqual([
    expect.stringMatching(/^Used today at \d\d:\d\d, added today at \d\d:\d\d$/),
    'Synced between your devices',
  ]);
  await enrolled(fixture, factor, id, device());
  const [, bound] = await list(id);
  expect(bound?.name).toBe('通行密钥');
  expect(bound?.lines.slice(1)).toEqual([
    '只存在这一部设备里',
    expect.stringContaining('起可用于最高级别的验证'),
  ]);
});

test('a name is the citizen’s: kept sealed, taken as typed, and only by the owner', async () => {
  const [{ id }, other] = [await fixture.newCitizen(), await fixture.newCitizen()];
  await enrolled(fixture, factor, id, device());
  const [held] = await list(id);
  const passkey = held?.id ?? '';
  expect(await rename(id, passkey, ' 阿婆的手机 👵 ')).toBe(true);
  expect((await list(id))[0]?.name).toBe('阿婆的手机 👵');
  const kept = await fixture.tamper(
    'select name_sealed from factors.webauthn_credential where citizen_id = $1',
    [id],
  );
  expect((kept.rows[0] as { name_sealed: Buffer }).name_sealed.includes('阿婆')).toBe(false);
  for (const name of ['', '   ', '长'.repeat(31), 'a\u202Eb', 'a\nb'])
    await expect(rename(id, passkey, name)).rejects.toMatchObject({ code: 'bad_request' });
  for (const [who, which] of [
    [other.id, passkey],
    [id, other.id],
    [id, 'nothing'],
  ] as const) {
    expect(await rename(who, which, 'mine')).toBe(false);
    expect(await remove(who, which)).toBe(false);
  }
  expect((await list(id))[0]?.name).toBe('阿婆的手机 👵');
  expect(await fixture.events('factor.passkey_renamed', id)).toBe(1);
  expect(await remove(id, passkey)).toBe(true);
  expect([await list(id), await rows('factors.webauthn_lookup', id)]).toEqual([[], 0]);
  expect(await fixture.events('factor.passkey_removed', id)).toBe(1);
});

test('the copy lists them without keys, and nothing is left at the end', async () => {
  const { id } = await fixture.newCitizen();
  await enrolled(fixture, factor, id, device({ synced: true, aaguid: GOOGLE }));
  await enrolled(fixture, factor, id, device());
  await factor.offer!.declined(id);
  const [held] = await list(id);
  await rename(id, held?.id ?? '', '平板');
  const copy = await factor.records.exportOf(id);
  expect(copy).toEqual([
    {
      name: '平板',
      kept_in: 'Google Password Manager',
      synced: true,
      set_at: expect.any(String),
      stopped: false,
    },
    { kept_in: null, synced: false, set_at: expect.any(String), stopped: false },
  ]);
  await fixture.audit.change(async (tx) => {
    await factor.records.erase(tx, id, fixture.clock.now());
    tx.record({ type: 'citizen.closed', data: { reason: 'test' }, citizenId: id, actor: 'system' });
  });
  for (const { table } of factor.records.rules) expect([table, await rows(table, id)]).toEqual([table, 0]);
});

test('the offer is made to who has none, and after a no not again for three months', async () => {
  const { id } = await fixture.newCitizen();
  const due = (): Promise<boolean> => factor.offer!.due(id);
  expect(await due()).toBe(true);
  await factor.offer!.declined(id);
  await factor.offer!.declined(id);
  expect(await due()).toBe(false);
  fixture.clock.forward(89 * 86_400);
  expect(await due()).toBe(false);
  fixture.clock.forward(2 * 86_400);
  expect(await due()).toBe(true);
  await enrolled(fixture, factor, id, device());
  expect(await due()).toBe(false);
});

test('there is an end to how many one citizen can have', async () => {
  const { id } = await fixture.newCitizen();
  for (let n = 0; n < 20; n += 1) await enrolled(fixture, factor, id, device());
  const held = await list(id);
  expect([held.length, factor.account!.add('en', held)]).toEqual([20, undefined]);
  await expect(enrolled(fixture, factor, id, device())).rejects.toThrow('最多设置 20 个');
});
