import fc from 'fast-check';
import { withMember } from '../../../idp/platform/ui/links.ts';

test('the other members of the query stay', () => {
  expect(withMember('/signin/x?way=code&lang=zh-CN', 'lang', 'en')).toBe('/signin/x?way=code&lang=en');
  expect(withMember('/help', 'mode', 'elder')).toBe('/help?mode=elder');
});

test.each([
  '//evil.example/a',
  '/\\evil.example/a',
  'https://evil.example/a',
  '/.//evil.example/a',
  '\t//evil.example/a',
])('%j leads nowhere else', (target) => {
  const link = withMember(target, 'lang', 'en');
  expect(new URL(link, 'https://login.example').origin).toBe('https://login.example');
});

test('whatever the target, the link is a path on our origin', () => {
  const nasty = fc.stringMatching(/^[/\\.:?#@%[\] a-z\t]{0,20}$/);
  fc.assert(
    fc.property(fc.oneof(fc.string(), nasty, fc.webUrl()), (target) => {
      const link = withMember(target, 'lang', 'en');
      const { origin, searchParams } = new URL(link, 'https://login.example');
      return origin === 'https://login.example' && searchParams.get('lang') === 'en';
    }),
    { numRuns: 2_000 },
  );
});
