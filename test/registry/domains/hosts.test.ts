// Host names that somebody can hold alone, and what a held one covers.
import { covers, readHost } from '../../../idp/registry/registry.ts';

test.each([
  ['', 'empty'],
  ['https://gjj.example.gov.cn', 'address'],
  ['gjj.example.gov.cn/', 'address'],
  ['gjj.example.gov.cn:8443', 'address'],
  ['user@gjj.example.gov.cn', 'address'],
  ['[::1]', 'address'],
  ['::ffff:127.0.0.1', 'address'],
  ['127.0.0.1', 'number'],
  ['127.1', 'number'],
  ['0x7f.1', 'number'],
  ['0x7f000001', 'number'],
  ['2130706433', 'number'],
  ['017700000001', 'number'],
  ['169.254.169.254', 'number'],
  ['１２７.０.０.１', 'number'],
  ['a.0x1', 'number'],
  ['gjj', 'short'],
  ['cn', 'short'],
  ['gov.cn', 'suffix'],
  ['COM.CN', 'suffix'],
  ['zj.cn', 'suffix'],
  ['公司.cn', 'suffix'],
  ['gov.hk', 'suffix'],
  ['localhost', 'inner'],
  ['a.localhost', 'inner'],
  ['metadata.google.internal', 'inner'],
  ['printer.local', 'inner'],
  ['1.0.0.127.in-addr.arpa', 'inner'],
  ['a_b.gov.cn', 'characters'],
  ['-a.gov.cn', 'characters'],
  ['a..gov.cn', 'characters'],
  ['*.gov.cn', 'characters'],
  ['a b.gov.cn', 'characters'],
  [`${'a'.repeat(64)}.gov.cn`, 'characters'],
  [`${'a.'.repeat(126)}gov.cn`, 'characters'],
])('%j is refused: %s', (text, fault) => {
  expect(readHost(text)).toEqual({ is: 'fault', fault });
});

test.each([
  ['zj.gov.cn', 'zj.gov.cn'],
  [' GJJ.Example.GOV.cn. ', 'gjj.example.gov.cn'],
  ['政务.中国', 'xn--zfr164b.xn--fiqs8s'],
])('%j is %s', (text, host) => {
  expect(readHost(text)).toEqual({ is: 'host', host });
});

test('a zone covers what lies below, a web server itself alone, and neither a name that ends alike', () => {
  const domains = ['zj.gov.cn', '=www.hz.gov.cn'];
  for (const host of ['zj.gov.cn', 'a.b.zj.gov.cn', 'www.hz.gov.cn'])
    expect(covers(domains, host)).toBe(true);
  for (const host of ['evilzj.gov.cn', 'gov.cn', 'a.www.hz.gov.cn', 'hz.gov.cn', '=www.hz.gov.cn'])
    expect(covers(domains, host)).toBe(false);
});
