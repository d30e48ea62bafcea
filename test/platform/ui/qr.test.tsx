import fc from 'fast-check';
import { h } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { encode } from 'uqr';
import { QrCode } from '../../../idp/platform/ui/qr.tsx';
import { page } from '../../../idp/platform/ui/layout.tsx';
import { scanned } from './camera.ts';

const ADDRESS = 'https://id.example.gov.cn/h/8Yw2mB1vQfS0kC7xT4nJpA';
const drawn = (text: string, label = '登录二维码'): string =>
  renderToString(<QrCode text={text} label={label} />);

/** The black modules of the drawing, painted one by one. */
function modulesOf(html: string): readonly (readonly boolean[])[] {
  const size = Number(/viewBox="0 0 (\d+) \1"/.exec(html)?.[1]);
  const rows = Array.from({ length: size }, () => Array.from({ length: size }, () => false));
  const path = /d="([^"]*)" fill="#000"/.exec(html)?.[1] ?? '';
  const runs = [...path.matchAll(/M(\d+) (\d+)h(\d+)v1h-(\d+)z/g)];
  expect(runs.map(([run]) => run).join('')).toBe(path);
  expect(runs.filter(([, , , long, back]) => long !== back)).toEqual([]);
  for (const [, x, y, long] of runs)
    for (let step = 0; step < Number(long); step += 1) rows[Number(y)]![Number(x) + step] = true;
  return rows;
}

describe('a QR code', () => {
  it('is the code of its text, module by module', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 300, unit: 'binary' }), (text) => {
        // As text: comparing 5,000 members one by one takes longer than drawing them.
        const own = JSON.stringify(modulesOf(drawn(text)));
        expect(own).toBe(JSON.stringify(encode(text, { ecc: 'M', border: 4 }).data));
      }),
      { numRuns: 20 },
    );
  });

  it('is read back by a camera, whatever the length of the host', () => {
    for (let host = 1; host <= 60; host += 4) {
      const address = `https://${'h'.repeat(host)}.gov.cn/scan/8Yw2mB1vQfS0kC7xT4nJpA`;
      expect(scanned(drawn(address))).toBe(address);
    }
  });

  it('has four white modules on every side, and its three corners', () => {
    const modules = modulesOf(drawn(ADDRESS));
    const last = modules.length - 1;
    for (let place = 0; place <= last; place += 1)
      for (const edge of [0, 1, 2, 3, last - 3, last - 2, last - 1, last]) {
        expect(modules[edge]?.[place]).toBe(false);
        expect(modules[place]?.[edge]).toBe(false);
      }
    const corner = (x: number, y: number): string =>
      Array.from({ length: 7 }, (_, step) => (modules[y]?.[x + step] ? '#' : '.')).join('');
    for (const [x, y] of [
      [4, 4],
      [last - 10, 4],
      [4, last - 10],
    ] as const) {
      expect(corner(x, y)).toBe('#######');
      expect(corner(x, y + 3)).toBe('#.###.#');
    }
  });

  it('is black on white whatever the theme, and says what it is', () => {
    const html = drawn(ADDRESS, '登录二维码');
    const [, size] = /viewBox="0 0 (\d+)/.exec(html) ?? [];
    expect(html).toContain(`<path d="M0 0h${size}v${size}H0z" fill="#fff">`);
    expect(html.indexOf('fill="#fff"')).toBeLessThan(html.indexOf('fill="#000"'));
    expect(html).toMatch(
      /^<div class="qr"><div class="code"><svg [^>]*role="img" aria-label="登录二维码" shape-rendering="crispEdges">/,
    );
    expect(html).not.toMatch(/currentColor|var\(/);
  });

  it('holds nothing inline that the policy of our pages blocks, and loads nothing', () => {
    const html = page({
      locale: 'zh-CN',
      display: { mode: 'standard', theme: 'dark' },
      title: '登录',
      sandbox: false,
      currentUrl: '/signin/x',
      children: h(QrCode, { text: ADDRESS, label: '登录二维码' }),
    });
    expect(html).toContain('<div class="code"><svg');
    expect(html).not.toMatch(/ style=|<style| on\w+="|<image|href="https?:|src="https?:|data:image/);
    expect(html.match(/<script/g)).toHaveLength(1);
  });

  it('has room beside it', () => {
    const html = renderToString(
      <QrCode text={ADDRESS} label="登录二维码">
        <p>47</p>
      </QrCode>,
    );
    expect(html).toMatch(/<\/svg><\/div><p>47<\/p><\/div>$/);
  });

  it('does not tell its text, and keeps its label text', () => {
    const html = drawn(ADDRESS, '"><script>alert(1)</script>');
    expect(html).not.toContain('example.gov.cn');
    expect(html).not.toContain('<script');
  });

  it('is small: an address of 60 characters takes less than 6 kB', () => {
    expect(drawn(`${ADDRESS}/12345678`).length).toBeLessThan(6_000);
  });

  it('does not draw what is longer than a QR code can hold', () => {
    expect(() => drawn('x'.repeat(3_000))).toThrow();
  });
});
