// The frame, the fields and the failure pages as HTML. How they look and what axe says is for the journeys.
import { h, type VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { LOCALES } from '../../../idp/platform/i18n/messages.ts';
import { ErrorSummary } from '../../../idp/platform/ui/error-summary.tsx';
import { failurePage, type FailureKind } from '../../../idp/platform/ui/failure.tsx';
import {
  CheckField,
  PasswordField,
  PostForm,
  TextField,
  fieldId,
  type FormFrame,
} from '../../../idp/platform/ui/form.tsx';
import { page, type PageProps } from '../../../idp/platform/ui/layout.tsx';

const HOSTILE = `"><script>alert(1)</script><img src=x onerror='1'>&amp;`;

const props = (more: Partial<PageProps> = {}): PageProps => ({
  locale: 'zh-CN',
  display: { mode: 'standard', theme: 'auto' },
  title: '登录',
  sandbox: false,
  currentUrl: '/signin/x?way=code',
  children: h('h1', {}, '登录'),
  ...more,
});

const frame = (more: Partial<FormFrame> = {}): FormFrame => ({
  locale: 'zh-CN',
  action: '/signin/x/code',
  hidden: h('input', { type: 'hidden', name: '_csrf', value: 't' }) as VNode,
  problems: [],
  values: {},
  ...more,
});

/** Ids that stand twice, and references to ids that stand nowhere. */
function brokenIds(html: string): readonly string[] {
  const ids = [...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id ?? '');
  const used = [...html.matchAll(/ (?:for|aria-labelledby|aria-describedby|aria-controls)="([^"]*)"/g)];
  const links = [...html.matchAll(/href="#([^"]*)"/g)].map(([, id]) => id ?? '');
  return [
    ...ids.filter((id, index) => ids.indexOf(id) !== index),
    ...[...used.flatMap(([, text]) => (text ?? '').split(' ')), ...links].filter((id) => !ids.includes(id)),
  ];
}

describe('a page', () => {
  test('nothing that a service or a citizen wrote becomes markup', () => {
    const html = page(
      props({
        title: HOSTILE,
        service: { name: HOSTILE, domain: HOSTILE, logo: `/logo?${HOSTILE}`, leaveHref: `/leave?${HOSTILE}` },
        currentUrl: `/x?${HOSTILE}`,
        back: `?${HOSTILE}`,
        reference: HOSTILE,
        children: h('h1', {}, HOSTILE),
      }),
    );
    expect(html).not.toContain('<script>');
    expect(html).not.toContain('<img src=x');
    expect(html.match(/<script/g)).toHaveLength(1);
  });

  test('holds nothing inline and nothing from elsewhere: the content policy would block it', () => {
    const html = page(props({ sandbox: true }));
    expect(html).not.toMatch(/ style=| on[a-z]+=|<style|javascript:|https?:\/\//);
    expect(html).toContain('<!doctype html>');
  });

  test('says its language, and offers the other without losing its place', () => {
    expect(page(props())).toContain('<html lang="zh-CN" data-mode="standard" data-theme="auto">');
    expect(page(props())).toContain('href="/signin/x?way=code&amp;lang=en"');
    expect(page(props({ locale: 'en' }))).toContain('href="/signin/x?way=code&amp;lang=zh-CN"');
    expect(page(props())).toContain('href="/signin/x?way=code&amp;mode=elder"');
  });

  test('names the trouble, the page and the service in its title, in this order', () => {
    const service = { name: '住房公积金', domain: 'gjj.example.gov.cn' };
    expect(page(props({ hasProblems: true, service }))).toContain(
      '<title>出错了：登录 - 住房公积金 - 国家政务统一登录</title>',
    );
  });

  test('a service without a logo is shown by the first character of its name, also a rare one', () => {
    const html = page(props({ service: { name: '𠮷林市', domain: 'x.example.gov.cn' } }));
    expect(html).toMatch(/class="chip[^>]*>𠮷</);
  });

  test.each(LOCALES)('in %s, every id is there once and every reference finds one', (locale) => {
    const account = { current: 'a', items: [{ key: 'a', href: '/a', label: 'A' }], signOutHref: '/out' };
    const service = { name: 'x', domain: 'y', leaveHref: '/z' };
    expect(brokenIds(page(props({ locale, sandbox: true, service, back: '?b=1' })))).toEqual([]);
    expect(brokenIds(page(props({ locale, account })))).toEqual([]);
  });
});

describe('a field', () => {
  const problems = [{ field: 'id_number', text: '身份证号应为 18 位' }];

  test('is told apart by label, hint and problem, in this order, and what was typed is still there', () => {
    const html = renderToString(
      h(TextField, {
        frame: frame({ problems, values: { id_number: HOSTILE } }),
        name: 'id_number',
        label: '身份证号',
        hint: '18 位',
      }),
    );
    const order = ['<label', 'class="hint"', 'class="error"', '<input'].map((part) => html.indexOf(part));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order).not.toContain(-1);
    expect(html).toContain('aria-invalid="true"');
    expect(html).not.toContain('<script>');
    expect(brokenIds(html)).toEqual([]);
  });

  test('each line of the summary leads to its field', () => {
    const fields = [
      h(ErrorSummary, { locale: 'zh-CN', problems: [...problems, { field: undefined, text: '整个表单' }] }),
      h(TextField, { frame: frame({ problems }), name: 'id_number', label: '身份证号' }),
    ];
    const html = renderToString(h('main', {}, fields));
    expect(html).toContain(`href="#${fieldId('id_number')}"`);
    expect(brokenIds(html)).toEqual([]);
  });

  test('a password is never filled back in', () => {
    const values = { password: 'correct horse' };
    const html = renderToString(
      h(PasswordField, {
        frame: frame({ values }),
        name: 'password',
        label: '密码',
        autocomplete: 'current-password',
      }),
    );
    expect(html).not.toContain('correct horse');
    expect(html).toContain('autocomplete="current-password"');
  });

  test('a box is not ticked beforehand', () => {
    const html = renderToString(h(CheckField, { frame: frame(), name: 'agree', label: '我同意' }));
    expect(html).not.toMatch(/checked/);
    expect(brokenIds(html)).toEqual([]);
  });

  test('a form is posted, carries its hidden inputs, and leaves checking to the server', () => {
    const html = renderToString(h(PostForm, { frame: frame(), children: 'x' }));
    expect(html).toMatch(/^<form method="post" action="\/signin\/x\/code" novalidate/i);
    expect(html).toContain('name="_csrf"');
  });
});

describe('a failure page', () => {
  const kinds: readonly FailureKind[] = [
    'bad_request',
    'forgery',
    'forbidden',
    'signed_out',
    'unsigned',
    'not_found',
    'method_not_allowed',
    'conflict',
    'flow_expired',
    'other_browser',
    'too_large',
    'unsupported_media',
    'too_many',
    'locked',
    'unavailable',
    'internal',
    'service_setup',
  ];
  const failure = (kind: FailureKind, locale: 'zh-CN' | 'en', more: object = {}): string =>
    failurePage({
      kind,
      locale,
      display: { mode: 'standard', theme: 'auto' },
      reference: '9D4K-70BZ',
      now: new Date('2026-11-22T07:30:00Z'),
      sandbox: false,
      currentUrl: '/x',
      ...more,
    });

  test.each(kinds.flatMap((kind) => LOCALES.map((locale) => [kind, locale] as const)))(
    '%s in %s says what happened, what to do, where else to go, and its reference',
    (kind, locale) => {
      const html = failure(kind, locale);
      expect(html.match(/<h1>/g)).toHaveLength(1);
      expect(html.match(/<ol class="steps">(.*)<\/ol>/s)?.[1]?.match(/<li>/g)?.length).toBeGreaterThan(1);
      expect(html).toContain('12345');
      expect(html).toContain('9D4K-70BZ');
      expect(html).not.toMatch(/\{\w+\}|undefined|NaN/);
      expect(html).toContain(locale === 'en' ? '<title>Error: ' : '<title>出错了：');
      expect(brokenIds(html)).toEqual([]);
    },
  );

  test('a lock tells the hour at which it ends', () => {
    expect(failure('locked', 'zh-CN', { until: new Date('2026-11-22T07:40:00Z') })).toContain('今天 15:40');
    expect(failure('locked', 'en', { until: new Date('2026-11-22T07:40:00Z') })).toContain('today at 15:40');
  });

  test('an hour told is never before the lock ends', () => {
    expect(failure('locked', 'zh-CN', { until: new Date('2026-11-22T07:40:01Z') })).toContain('今天 15:41');
  });

  test('a wait is told in words that fit its length', () => {
    const told = (retryAfterSeconds: number) => failure('too_many', 'en', { retryAfterSeconds });
    expect(told(1)).toContain('in a few seconds.');
    expect(told(45)).toContain('in 45 seconds.');
    expect(told(90)).toContain('in 2 minutes.');
    expect(told(121)).toContain('in 3 minutes.');
  });

  test('what helps a developer is shown in the sandbox only', () => {
    const developer = 'redirect_uri is not registered';
    expect(failure('service_setup', 'en', { developer })).not.toContain(developer);
    expect(failure('service_setup', 'en', { developer, sandbox: true })).toContain(developer);
  });
});
