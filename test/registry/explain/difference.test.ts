// The exact difference between an address that came and the one that is registered.
import fc from 'fast-check';
import { differenceOf, isRegistered, markOf } from '../../../idp/registry/explain/difference.ts';
import { M } from '../../../idp/registry/explain/messages.ts';

const REGISTERED = 'https://gjj.example.gov.cn/cb';

test.each([
  ['https://gjj.example.gov.cn/cb/', 'extra "/" at the end', '结尾多了“/”'],
  ['http://gjj.example.gov.cn/cb', 'got http, registered https', '收到的是 http，登记的是 https'],
  ['gjj.example.gov.cn/cb', 'https:// is missing at the beginning', '开头缺少 https://'],
  [
    'https://GJJ.example.gov.cn/cb',
    'the host has capital letters; write gjj.example.gov.cn',
    '主机名有大写字母',
  ],
  ['https://gjj.example.com/cb', 'another host: got gjj.example.com', '主机名不同'],
  ['https://gjj.example.gov.cn:8443/cb', 'extra port :8443', '多了端口 :8443'],
  ['https://gjj.example.gov.cn/CB', 'differs in capital letters', '大小写不同'],
  ['https://gjj.example.gov.cn/%63b', 'encoded differently', '编码不同'],
  ['https%3A%2F%2Fgjj.example.gov.cn%2Fcb', 'encoded twice', '编码了两次'],
  [' https://gjj.example.gov.cn/cb', 'a space before or after', '多了空格'],
  ['https://gjj.example.gov.cn/cb#x', 'a part after "#"', '“#”后面'],
  ['https://gjj.example.gov.cn/cb?x=1', 'extra query ?x=1', '多了查询参数 ?x=1'],
  ['https://gjj.example.gov.cn', 'another path: got /, registered /cb', '路径不同'],
])('%s: %s', (got, english, chinese) => {
  const { text, registered } = differenceOf(got, ['https://other.example.gov.cn/callback', REGISTERED]);
  expect(registered).toBe(REGISTERED);
  expect(text.en).toContain(english);
  expect(text['zh-CN']).toContain(chinese);
});

test('what is missing is said too', () => {
  expect(differenceOf(REGISTERED, [`${REGISTERED}/`]).text.en).toBe('the "/" at the end is missing');
  expect(differenceOf(REGISTERED, ['https://gjj.example.gov.cn:8443/cb']).text.en).toBe(
    'the port :8443 is missing',
  );
  expect(differenceOf(REGISTERED, []).registered).toBeUndefined();
});

test('of any two different texts some difference is named, and the mark covers it', () => {
  fc.assert(
    fc.property(fc.string(), fc.webUrl({ withQueryParameters: true }), (got, registered) => {
      fc.pre(got !== registered);
      expect(differenceOf(got, [registered]).text.en).not.toBe('');
      const [from, to] = markOf(got, registered);
      expect(got.slice(0, from)).toBe(registered.slice(0, from));
      expect(registered.endsWith(got.slice(to))).toBe(true);
    }),
  );
});

test.each([
  ['http://localhost:5173/cb', true, true],
  ['http://localhost:5173/cb', false, false],
  ['http://localhost/other', true, false],
  ['http://127.0.0.1/cb', true, false],
  ['https://localhost/cb', true, false],
  ['http://localhost.evil.example/cb', true, false],
])('a loopback address %s of an app on a device (%s) counts as registered: %s', (got, native, expected) => {
  expect(isRegistered(got, ['http://localhost/cb'], native)).toBe(expected);
});

test('no sentence in Chinese is long', () => {
  for (const text of Object.values(M.texts['zh-CN']))
    for (const sentence of text.split(/[。；：，（]/))
      expect(sentence.replace(/\{\w+\}|[\w.=/+-]+/g, '').length).toBeLessThan(26);
});
