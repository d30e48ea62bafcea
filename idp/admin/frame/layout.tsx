// The frame of every page of console and portal: who is here, where one can go. Source order is reading order.
import type { ComponentChildren, VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';
import type { Locale } from '../../platform/i18n/messages.ts';
import { CONSOLE_STYLE, MARK, SCRIPT } from '../../platform/ui/assets.ts';
import type { FieldProblem } from '../../platform/ui/form.tsx';
import type { Display } from '../../platform/ui/layout.tsx';
import { fieldId } from '../../platform/ui/form.tsx';
import { withMember } from '../../platform/ui/links.ts';
import { Icon, type IconName } from './icons.tsx';
import { M } from './messages.ts';

/** A place of the navigation. */
export type Place = 'queue' | 'clients' | 'units' | 'operators' | 'audit' | 'support' | 'system' | 'portal';

export const ADDRESSES: Readonly<Record<Place, string>> = {
  queue: '/admin',
  clients: '/admin/clients',
  units: '/admin/units',
  operators: '/admin/operators',
  audit: '/admin/audit',
  support: '/admin/support',
  system: '/admin/system',
  portal: '/developers',
};

export interface LayoutProps {
  readonly locale: Locale;
  readonly display: Display;
  readonly title: string;
  readonly current: Place;
  /** What this person's posts open, in the order of the navigation; empty: nothing but this page. */
  readonly places: readonly Place[];
  /** Who is here; undefined before anybody is let in. */
  readonly person: { readonly name: string; readonly post: string } | undefined;
  readonly sandbox: boolean;
  readonly currentUrl: string;
  readonly reference: string;
  readonly hidden: VNode;
  /** Scripts that this page loads besides the common one. */
  readonly scripts?: readonly string[];
  readonly problems?: readonly FieldProblem[];
  readonly children: ComponentChildren;
}

function Top(props: LayoutProps): VNode {
  const { locale, current, currentUrl, person, places } = props;
  const other: Locale = locale === 'en' ? 'zh-CN' : 'en';
  return (
    <header class="top">
      <a class="mark" href={current === 'portal' ? '/developers' : '/admin'}>
        <svg aria-hidden="true" viewBox="0 0 32 32">
          <path d="M3 30V15a13 13 0 0 1 26 0h-8a5 5 0 0 0-10 0v15z" />
          <path d="M14 30v-3a9 9 0 0 1 9-9h6v12z" />
        </svg>
        {M.text(locale, 'site.name')}
        <span>{M.text(locale, current === 'portal' ? 'site.portal' : 'site.console')}</span>
      </a>
      {places.length > 1 && (
        <button class="btn s menu" type="button" popovertarget="nav">
          {M.text(locale, 'menu')}
        </button>
      )}
      {places.includes('clients') && (
        <form class="find" role="search" method="get" action="/admin/clients">
          <label class="sr" for="q">
            {M.text(locale, 'search.label')}
          </label>
          <input id="q" name="q" type="search" placeholder={M.text(locale, 'search.hint')} />
          <button type="submit" aria-label={M.text(locale, 'search.label')}>
            <Icon name="search" />
          </button>
        </form>
      )}
      <div class="me">
        {person && (
          <span>
            {person.name}
            {person.post !== '' && <span class="t q"> · {person.post}</span>}
          </span>
        )}
        <a href={withMember(currentUrl, 'lang', other)} lang={other} hreflang={other}>
          {other === 'en' ? 'English' : '中文'}
        </a>
      </div>
    </header>
  );
}

function Side({ locale, current, places, hidden }: LayoutProps): VNode {
  const link = (place: Place): VNode => (
    <a href={ADDRESSES[place]} {...(place === current ? { 'aria-current': 'page' as const } : {})}>
      <Icon name={place satisfies IconName} />
      {M.text(locale, place === 'portal' ? 'nav.portal' : `nav.${place}`)}
    </a>
  );
  return (
    <nav id="nav" class="side" popover="auto" aria-label={M.text(locale, 'nav.label')}>
      {places.filter((place) => place !== 'portal').map(link)}
      <hr />
      {link('portal')}
      <form method="post" action="/admin/sign-out">
        {hidden}
        <p>
          <button class="lk" type="submit">
            {M.text(locale, 'nav.out')}
          </button>
        </p>
      </form>
    </nav>
  );
}

/** What has to be put right, each line leading to its field. */
function Problems({ locale, problems }: { locale: Locale; problems: readonly FieldProblem[] }): VNode {
  return (
    <div class="note bad error-summary" role="alert" tabIndex={-1} aria-labelledby="problem">
      <Icon name="bad" />
      <div>
        <h2 id="problem">{M.text(locale, 'problems.title', { count: problems.length })}</h2>
        <ul>
          {problems.map(({ field, text }) => (
            <li key={`${field ?? ''} ${text}`}>
              {field === undefined ? text : <a href={`#${fieldId(field)}`}>{text}</a>}
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

function Foot({ locale, reference }: LayoutProps): VNode {
  return (
    <footer class="foot">
      <span>{M.text(locale, 'footer.help')}</span>
      <a href="/accessibility">{M.text(locale, 'footer.accessibility')}</a>
      <span>{M.text(locale, 'footer.reference', { reference })}</span>
    </footer>
  );
}

/** The whole document as text. Everything in `props` is plain text; escaping happens here. */
export function consolePage(props: LayoutProps): string {
  const { locale, display, title, current, sandbox, problems = [], scripts = [], places, children } = props;
  const where = M.text(locale, current === 'portal' ? 'site.portal' : 'site.console');
  const document = (
    <html lang={locale} class={locale} data-mode={display.mode} data-theme={display.theme}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${title} - ${where} - ${M.text(locale, 'site.full')}`}</title>
        <link rel="icon" href={MARK.path} type="image/svg+xml" />
        <link rel="stylesheet" href={CONSOLE_STYLE.path} />
        <script defer src={SCRIPT.path} />
        {scripts.map((path) => (
          <script key={path} defer src={path} />
        ))}
      </head>
      <body>
        <a class="skip" href="#main">
          {M.text(locale, 'skip')}
        </a>
        {sandbox && (
          <aside class="env" aria-label={M.text(locale, 'env.label')}>
            {M.text(locale, 'env.sandbox')}
          </aside>
        )}
        <Top {...props} />
        <div class={places.length > 0 ? 'body' : ''}>
          {places.length > 0 && <Side {...props} />}
          <div class="page">
            <main id="main" tabIndex={-1}>
              {problems.length > 0 && <Problems locale={locale} problems={problems} />}
              {children}
            </main>
            <Foot {...props} />
          </div>
        </div>
      </body>
    </html>
  );
  return `<!doctype html>\n${renderToString(document)}`;
}
