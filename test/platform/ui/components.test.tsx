import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { h, type VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { SCRIPT, STYLE } from '../../../idp/platform/ui/assets.ts';
import { ErrorSummary } from '../../../idp/platform/ui/error-summary.tsx';
import { failurePage } from '../../../idp/platform/ui/failure.tsx';
import {
  AccountOfPassword,
  Button,
  CheckField,
  HiddenField,
  LinkButton,
  PasswordField,
  PostForm,
  TextField,
  type FormFrame,
} from '../../../idp/platform/ui/form.tsx';
import { page, type PageProps } from '../../../idp/platform/ui/layout.tsx';
import {
  Bullets,
  Details,
  Disc,
  Notice,
  Steps,
  Summary,
  Tag,
  Timer,
} from '../../../idp/platform/ui/parts.tsx';

const HOSTILE = `"><script>alert(1)</script><img src=x onerror='x'>&amp;{{`;

const frame = (over: Partial<FormFrame> = {}): FormFrame => ({
  locale: 'zh-CN',
  action: '/here',
  hidden: <input type="hidden" name="_csrf" value="t" />,
  problems: [],
  values: {},
  ...over,
});

const props = (over: Partial<PageProps> = {}): PageProps => ({
  locale: 'zh-CN',
  display: { mode: 'standard', theme: 'auto' },
  title: '登录',
  sandbox: true,
  currentUrl: '/signin/abc?way=sms&x=%E4%BD%A0',
  children: h('h1', null, '登录'),
  ...over,
});

/** Every component with `text` in every place that takes one. */
function everything(text: string): VNode {
  const bad = frame({
    action: text,
    problems: [
      { field: 'phone', text },
      { field: 'agree', text },
      { field: undefined, text },
    ],
    values: { phone: text },
  });
  const field = { frame: bad, label: text, hint: text, describedBy: text };
  return (
    <>
      <ErrorSummary locale="en" problems={bad.problems} />
      <PostForm frame={bad}>
        <TextField {...field} name="phone" value={text} autocomplete={text} beside={text} />
        <PasswordField {...field} name={text} autocomplete="current-password" />
        <CheckField frame={bad} name="agree" label={text} hint={text} legend={text} value={text} />
        <HiddenField name={text} value={text} />
        <AccountOfPassword account={text} />
        <Button>{text}</Button>
        <LinkButton href={text}>{text}</LinkButton>
      </PostForm>
      <Notice title={text}>{text}</Notice>
      <Summary rows={[{ term: text, value: text, action: { href: text, label: text } }]} />
      <Details summary={text}>{text}</Details>
      <Timer seconds={5} text={text} />
      <Tag>{text}</Tag>
      <Disc icon="check" />
      <Steps>{text}</Steps>
      <Bullets>{text}</Bullets>
    </>
  );
}

describe('what others wrote', () => {
  test('stays text in every place of every component', () => {
    expect(renderToString(everything(HOSTILE))).not.toMatch(/<script|<img/);
  });

  test('stays text in every place of the frame and of the failure pages', () => {
    const text = HOSTILE;
    const service = { name: text, domain: text, logo: text, leaveHref: text };
    const account = { current: text, items: [{ key: text, href: text, label: text }], signOutHref: text };
    const display = props().display;
    const pages = [
      page(props({ title: text, service, back: text, reference: text })),
      page(props({ title: text, account, currentUrl: `/account?x=${text}` })),
      failurePage({
        kind: 'locked',
        locale: 'en',
        display,
        reference: text,
        onward: text,
        sandbox: true,
        currentUrl: '/',
        developer: text,
      }),
    ];
    for (const html of pages) expect(html).not.toMatch(/<script>alert|<img src=x/);
  });

  test('never makes an element or an attribute, whatever it is', () => {
    const shape = (text: string): string =>
      renderToString(everything(text))
        .replaceAll(/"[^"]*"/g, '""')
        .replaceAll(/>[^<]*</g, '><');
    const plain = shape('x');
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, unit: fc.constantFrom('<', '>', '"', "'", '&', '/', '=', 'a', ' ') }),
        (text) => {
          expect(shape(`x${text}`)).toBe(plain);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('a field with a complaint', () => {
  const problems = [{ field: 'id_number', text: '身份证号应为 18 位' }];
  const html = renderToString(
    <TextField
      frame={frame({ problems })}
      name="id_number"
      label="身份证号"
      hint="18 位"
      describedBy="above"
    />,
  );

  test('is described by hint and error, and known to be wrong', () => {
    expect(html).toMatch(
      /<input[^>]*aria-describedby="above id-number-hint id-number-error"[^>]*aria-invalid="true"/,
    );
    expect(html.indexOf('id="id-number-hint"')).toBeLessThan(html.indexOf('id="id-number-error"'));
    expect(html.indexOf('id="id-number-error"')).toBeLessThan(html.indexOf('<input'));
  });

  test('is where the summary leads, in the same words', () => {
    const summary = renderToString(<ErrorSummary locale="zh-CN" problems={problems} />);
    expect(summary).toMatch(/href="#id-number">身份证号应为 18 位</);
    expect(summary).toMatch(/role="alert" tabindex="-1"/i);
    expect(html).toContain('身份证号应为 18 位');
  });

  test('keeps what was typed, but never a password', () => {
    const values = { id_number: '33010', password: 'hunter-hunter-2' };
    const typed = renderToString(
      <>
        <TextField frame={frame({ values })} name="id_number" label="x" />
        <PasswordField frame={frame({ values })} name="password" label="x" autocomplete="current-password" />
      </>,
    );
    expect(typed).toContain('33010');
    expect(typed).not.toContain('hunter');
  });
});

test('a field without complaint or hint says nothing about either', () => {
  const html = renderToString(<TextField frame={frame()} name="name" label="姓名" />);
  expect(html).not.toMatch(/aria-|undefined/);
});

test('a box is never ticked beforehand, and a form checks nothing in the browser', () => {
  const html = renderToString(
    <PostForm frame={frame()}>
      <CheckField frame={frame()} name="consent" label="同意" legend="单独同意" />
    </PostForm>,
  );
  expect(html).not.toMatch(/ checked/);
  expect(html).toMatch(/<form[^>]* novalidate/);
  expect(html).not.toContain('required');
});

test('a countdown tells its start without a script, and how to go on with one', () => {
  expect(renderToString(<Timer seconds={56} text="{seconds} 秒后可重新获取" />)).toBe(
    '<span class="hint num" role="timer" data-seconds="56" data-text="{seconds} 秒后可重新获取">56 秒后可重新获取</span>',
  );
});

describe('the frame', () => {
  test('puts 出错了 first in the title of a page with problems, and the service in every title', () => {
    const service = { name: '医保', domain: 'x.gov.cn' };
    expect(page(props({ hasProblems: true, service }))).toContain(
      '<title>出错了：登录 - 医保 - 国家政务统一登录</title>',
    );
    expect(page(props({ service }))).toContain('<title>登录 - 医保 - 国家政务统一登录</title>');
    expect(page(props({ locale: 'en', title: 'Sign in', hasProblems: true }))).toContain(
      '<title>Error: Sign in',
    );
  });

  test('keeps the rest of the address in the language and mode links', () => {
    const html = page(props());
    expect(html).toContain('href="/signin/abc?way=sms&amp;x=%E4%BD%A0&amp;lang=en"');
    expect(html).toContain('href="/signin/abc?way=sms&amp;x=%E4%BD%A0&amp;mode=elder"');
    expect(page(props({ locale: 'en', currentUrl: '/a?lang=en' }))).toContain('href="/a?lang=zh-CN"');
  });

  test('never leads away: an address that names another host stays ours', () => {
    expect(page(props({ currentUrl: '//evil.example/x' }))).not.toContain('href="//evil');
  });

  test('says whose language a page and its switch are in', () => {
    expect(page(props())).toMatch(/<html lang="zh-CN" data-mode="standard" data-theme="auto">/);
    expect(page(props())).toMatch(/lang="en"[^>]*>English</);
  });

  test('carries nothing inline and nothing from elsewhere', () => {
    const html = page(props({ service: { name: 'x', domain: 'y', leaveHref: '/l' } }));
    expect(html).not.toMatch(/ style=|<style| on\w+="|https?:\/\//);
    expect(html.match(/<script/g)).toHaveLength(1);
  });

  test('shows the sandbox bar in the sandbox only, and an error number only when there is one', () => {
    expect(page(props())).toContain('envbar');
    expect(page(props({ sandbox: false }))).not.toContain('envbar');
    expect(page(props())).not.toContain('错误编号');
  });
});

test('the first view weighs at most 60 kB compressed, the script at most 20', () => {
  const gz = (text: string | Buffer): number => gzipSync(text).length;
  const html = page(props({ children: everything('登录') }));
  expect(gz(html) + gz(STYLE.body) + gz(SCRIPT.body)).toBeLessThanOrEqual(60_000);
  expect(gz(SCRIPT.body)).toBeLessThanOrEqual(20_000);
});
