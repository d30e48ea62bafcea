// A host belongs to who shows it, to one at a time, and only as long as it can be shown.
import { look } from '../../../idp/registry/domains/challenge.ts';
import { createOutbound } from '../../../idp/platform/http/outbound.ts';
import { createLimits } from '../../../idp/platform/limits/limits.ts';
import { createPostgresEphemeral } from '../../../idp/platform/store/ephemeral-postgres.ts';
import {
  createDomains,
  dnsName,
  valueLine,
  type Domain,
  type Domains,
} from '../../../idp/registry/registry.ts';
import { holder, treeFixture, type TreeFixture } from '../tree/fixture.ts';
import { openServers, type Servers } from './name-server.ts';

let fixture: TreeFixture;
let servers: Servers;
let domains: Domains;
beforeAll(async () => {
  [fixture, servers] = await Promise.all([treeFixture(), openServers()]);
  const { postgres } = fixture.database;
  const ephemeral = createPostgresEphemeral(postgres);
  domains = createDomains({
    ...fixture,
    postgres,
    limits: createLimits({ ...fixture, postgres, ephemeral }),
    outbound: servers.outbound,
    dnsServers: [servers.dns],
    openDomains: ['localhost'],
  });
});
afterAll(async () => {
  servers.close();
  await fixture.close();
});

const zhejiang = holder('owner', 'cn/330000/');
const hangzhou = holder('owner', 'cn/330000/330100/');
const sichuan = holder('approver', 'cn/510000/');

const publish = ({ host, value }: Domain) =>
  servers.texts.set(dnsName(host), ['v=spf1 -all', valueLine(value)]);
const place = ({ host, value }: Domain) =>
  servers.files.set(host, { status: 200, text: `${valueLine(value)}\n` });

test('a claim alone gives nothing; a record in the DNS gives the zone to the unit and those below', async () => {
  const claim = await domains.add(zhejiang, '330000', 'ZJ.gov.cn');
  expect(claim).toMatchObject({
    host: 'zj.gov.cn',
    state: 'waiting',
    value: expect.stringMatching(/^[\w-]{32}$/),
  });
  expect(await domains.domainsOf('330000')).toEqual(['localhost']);
  expect(await domains.check(zhejiang, claim.id)).toMatchObject({
    state: 'waiting',
    findings: { dns: { is: 'absent' }, file: { is: 'absent' } },
  });
  publish(claim);
  expect(await domains.check(zhejiang, claim.id)).toMatchObject({ state: 'verified', method: 'dns' });
  expect(await domains.domainsOf('330106')).toEqual(['localhost', 'zj.gov.cn']);
  expect(await domains.domainsOf('510000')).toEqual(['localhost']);
  expect(await domains.domainsOf('nowhere')).toEqual([]);
  expect(await fixture.events('domain.verified')).toEqual([
    { unitId: '330000', host: 'zj.gov.cn', method: 'dns' },
  ]);
  expect((await domains.list(hangzhou, '330100')).map(({ host }) => host)).toEqual(['zj.gov.cn']);
});

test('a file gives that host alone; a record later gives the zone', async () => {
  const claim = await domains.add(hangzhou, '330100', 'www.hz.gov.cn');
  place(claim);
  expect(await domains.check(hangzhou, claim.id)).toMatchObject({ state: 'verified', method: 'file' });
  expect(servers.asked.at(-1)).toBe('https://www.hz.gov.cn/.well-known/tongxing-challenge.txt');
  expect(await domains.domainsOf('330106')).toContain('=www.hz.gov.cn');
  publish(claim);
  expect(await domains.check(hangzhou, claim.id)).toMatchObject({ method: 'dns' });
  expect(await domains.domainsOf('330106')).toContain('www.hz.gov.cn');
});

test.each([
  [
    'another text',
    () => ({ status: 200, text: 'tongxing-verify=\u0000<script>' }),
    { is: 'other', got: 'tongxing-verify=?<script>' },
  ],
  [
    'a page that has the line somewhere',
    (line: string) => ({ status: 200, text: `<p>${line}</p>` }),
    { is: 'other' },
  ],
  ['an error', () => ({ status: 503, text: '' }), { is: 'status', got: '503' }],
  ['a redirect to inside', () => ({ status: 302, text: '' }), { is: 'redirect' }],
  ['too much', (line: string) => ({ status: 200, text: line + ' '.repeat(5_000) }), { is: 'silent' }],
  ['nothing in time', () => 'silent' as const, { is: 'silent' }],
])('%s shows nothing', async (_, file, finding) => {
  const value = 'v'.repeat(32);
  servers.files.set('odd.gov.cn', file(valueLine(value)));
  const parts = { outbound: servers.outbound, dnsServers: [servers.dns] };
  expect((await look(parts, 'odd.gov.cn', value)).file).toEqual(
    finding.is === 'other' ? expect.objectContaining(finding) : finding,
  );
});

test('a name server that says something else, or nothing, shows nothing', async () => {
  const parts = { outbound: servers.outbound, dnsServers: [servers.dns] };
  servers.texts.set(dnsName('other.gov.cn'), ['tongxing-verify=x']);
  expect((await look(parts, 'other.gov.cn', 'y')).dns).toEqual({ is: 'other', got: 'tongxing-verify=x' });
  servers.texts.set(dnsName('slow.gov.cn'), 'silent');
  const begun = performance.now();
  expect((await look(parts, 'slow.gov.cn', 'y')).dns).toEqual({ is: 'silent' });
  expect(performance.now() - begun).toBeLessThan(4_000);
});

// A105. Such names are no claims (hosts.test.ts); should one get through, nothing is connected to all the same.
test.each(['127.1', '0x7f000001', '[::ffff:127.0.0.1]', '169.254.169.254', 'localhost', '2130706433'])(
  'nothing is asked of %s',
  async (host) => {
    const outbound = createOutbound({ allowHosts: [], connectMs: 500, timeoutMs: 500, maxBytes: 4_096 });
    expect((await look({ outbound, dnsServers: [servers.dns] }, host, 'v')).file).toEqual({ is: 'refused' });
    await expect(domains.add(hangzhou, '330100', host)).rejects.toMatchObject({ code: 'bad_request' });
  },
);

describe('access', () => {
  test('another province sees and changes no claim, and that is written down', async () => {
    const claim = await domains.add(hangzhou, '330100', 'a.hz.gov.cn');
    for (const ask of [
      () => domains.list(sichuan, '330100'),
      () => domains.add(sichuan, '330100', 'b.hz.gov.cn'),
      () => domains.check(sichuan, claim.id),
      () => domains.remove(sichuan, claim.id),
      () => domains.check(hangzhou, '0198a000-0000-7000-8000-000000000001'),
      () => domains.check(hangzhou, "'"),
    ])
      await expect(ask()).rejects.toMatchObject({ code: 'not_found' });
    const refused = await fixture.events('access.refused');
    const about = (id: string) => refused.filter((event) => event['about'] === id).length;
    expect([refused.length, about('330100'), about(claim.id)]).toEqual([4, 2, 2]);
  });

  test('who only develops claims nothing; a trial unit and the nation hold nothing', async () => {
    const developer = holder('developer', 'cn/330000/330100/');
    await expect(domains.add(developer, '330100', 'c.hz.gov.cn')).rejects.toMatchObject({
      code: 'forbidden',
    });
    const national = holder('national_administrator', 'cn/');
    await expect(domains.add(national, 'cn', 'www.gov.example')).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('a host is claimed once by a unit, and not without end', async () => {
    await expect(domains.add(hangzhou, '330100', 'www.hz.gov.cn')).rejects.toMatchObject({
      code: 'conflict',
    });
    await fixture.tamper(`insert into registry.domain (id, unit_id, host, value, added_by, added_at)
      select gen_random_uuid(), '330200', n || '.nb.gov.cn', 'v', 'x', now() from generate_series(1, 50) n`);
    await expect(domains.add(zhejiang, '330200', 'x.nb.gov.cn')).rejects.toMatchObject({ code: 'conflict' });
  });
});

test('of two units that show one host at the same moment one holds it, until it gives it up', async () => {
  const [one, two] = [
    await domains.add(hangzhou, '330100', 'shared.gov.cn'),
    await domains.add(sichuan, '510000', 'shared.gov.cn'),
  ];
  servers.texts.set(
    dnsName('shared.gov.cn'),
    [one, two].map(({ value }) => valueLine(value)),
  );
  const tries = await Promise.allSettled([domains.check(hangzhou, one.id), domains.check(sichuan, two.id)]);
  expect(tries.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(tries.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'conflict' } });
  const first = tries[0].status === 'fulfilled';
  await domains.remove(first ? hangzhou : sichuan, first ? one.id : two.id);
  const other = await domains.check(first ? sichuan : hangzhou, first ? two.id : one.id);
  expect(other.state).toBe('verified');
  expect(await fixture.events('domain.removed')).toHaveLength(1);
});

test('held hosts are looked at every day; the third day without makes them lost, never gone', async () => {
  const claim = await domains.add(hangzhou, '330100', 'daily.gov.cn');
  publish(claim);
  await domains.check(hangzhou, claim.id);
  await fixture.tamper(`delete from registry.domain where host <> 'daily.gov.cn'`);
  expect(await domains.recheck()).toBe(0);
  const day = async () => {
    fixture.clock.forward(86_500);
    expect(await domains.recheck()).toBe(1);
    const [row] = await domains.list(hangzhou, '330100');
    return [row?.state, row?.failures];
  };
  expect(await day()).toEqual(['verified', 0]);
  servers.texts.delete(dnsName('daily.gov.cn'));
  expect([await day(), await day()]).toEqual([
    ['verified', 1],
    ['verified', 2],
  ]);
  publish(claim);
  expect(await day()).toEqual(['verified', 0]);
  servers.texts.delete(dnsName('daily.gov.cn'));
  expect([await day(), await day(), await day()].at(-1)).toEqual(['lost', 3]);
  expect(await domains.domainsOf('330100')).toEqual(['localhost']);
  expect((await domains.lost(zhejiang)).map(({ host }) => host)).toEqual(['daily.gov.cn']);
  expect(await domains.lost(sichuan)).toEqual([]);
  expect(await fixture.events('domain.lost')).toEqual([
    { unitId: '330100', host: 'daily.gov.cn', failures: 3 },
  ]);
  publish(claim);
  expect(await domains.check(hangzhou, claim.id)).toMatchObject({ state: 'verified', failures: 0 });
});

test('looks are few: each is a request to somebody else', async () => {
  const claim = await domains.add(zhejiang, '330300', 'few.gov.cn');
  const tries = await Promise.allSettled(Array.from({ length: 32 }, () => domains.check(zhejiang, claim.id)));
  expect(tries.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(0);
});
