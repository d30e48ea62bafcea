// Units at the command line, for people and as JSON.
import { createLimits } from '../../../idp/platform/limits/limits.ts';
import { createPostgresEphemeral } from '../../../idp/platform/store/ephemeral-postgres.ts';
import { createDomains, unitsFeature } from '../../../idp/registry/registry.ts';
import { openServers, type Servers } from '../domains/name-server.ts';
import { treeFixture, type TreeFixture } from './fixture.ts';

let fixture: TreeFixture;
let servers: Servers;
let feature: ReturnType<typeof unitsFeature>;
beforeAll(async () => {
  [fixture, servers] = await Promise.all([treeFixture(), openServers()]);
  const { postgres } = fixture.database;
  const limits = createLimits({ ...fixture, postgres, ephemeral: createPostgresEphemeral(postgres) });
  const { outbound, dns } = servers;
  const parts = { ...fixture, postgres, limits, outbound, dnsServers: [dns], openDomains: [] };
  feature = unitsFeature({ ...fixture, domains: createDomains(parts) });
});
afterAll(async () => {
  servers.close();
  await fixture.close();
});

async function run(name: string, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const command = feature.commands?.find((one) => one.name === `units ${name}`);
  if (!command) throw new Error(`no command ${name}`);
  const [out, err]: [string[], string[]] = [[], []];
  const code = await command.run(args, { out: (line) => out.push(line), err: (line) => err.push(line) });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

const json = async (name: string, ...args: string[]): Promise<unknown> => {
  const { code, out, err } = await run(name, ...args, '--json');
  if (code !== 0) throw new Error(err);
  return JSON.parse(out);
};

test('a command that is called wrongly says how it is called; what is not there is one line', async () => {
  const usage = 'usage: tongxing units show UNIT [--json]';
  for (const args of [[], ['a', 'b'], ['--jsn', 'a']])
    expect(await run('show', ...args)).toEqual({ code: 1, out: '', err: usage });
  expect(await run('show', '990000')).toMatchObject({
    code: 1,
    out: '',
    err: expect.stringContaining('990000'),
  });
  expect(await run('list', '--limit', 'x')).toMatchObject({ code: 1, err: expect.stringContaining('limit') });
  expect(await run('add', '330100', '')).toMatchObject({
    code: 1,
    err: expect.stringContaining('name (zh-CN)'),
  });
});

test('units are listed, added and shown', async () => {
  expect((await run('list', '--search', '西湖区')).out).toContain('330106 county 西湖区');
  expect((await run('list', '--under', '330100', '--limit', '1')).out).toBe(
    '330100 prefecture 杭州市\nmore: --after cn/330000/330100/',
  );
  expect((await run('add', '330100', '公积金中心', '--en', 'Fund', '--code', 'gjj')).out).toBe(
    'added 330100-gjj',
  );
  expect(await json('show', '330100-gjj')).toMatchObject({
    name: { 'zh-CN': '公积金中心', en: 'Fund' },
    path: 'cn/330000/330100/330100-gjj/',
    clients: 0,
  });
  expect((await run('show', '330100-gjj')).out).toContain('全国 / 浙江省 / 杭州市');
  expect(await json('seed')).toEqual({ added: 0, renamed: 0 });
});

test('a host is claimed, and looked for', async () => {
  expect(await run('domain add', '330100', 'gov.cn')).toMatchObject({
    code: 1,
    err: expect.stringContaining('host "gov.cn": is a suffix under which anybody registers'),
  });
  const claim = (await json('domain add', '330100', 'www.hz.gov.cn')) as {
    publish: { dns: string; line: string };
  };
  expect((await run('domain check', '330100', 'www.hz.gov.cn')).out).toBe(
    'waiting www.hz.gov.cn\n  dns: absent\n  file: absent',
  );
  servers.texts.set(claim.publish.dns, [claim.publish.line]);
  expect(await json('domain check', '330100', 'www.hz.gov.cn')).toMatchObject({
    state: 'verified',
    method: 'dns',
  });
  expect(await run('domain check', '330100', 'x.gov.cn')).toMatchObject({
    code: 1,
    err: expect.stringContaining('is not claimed'),
  });
});
