// The frame of every page: who runs this, who asks, where help is. Source order is reading order.
import type { ComponentChildren, VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';
import type { Locale } from '../i18n/messages.ts';
import { MARK, SCRIPT, STYLE } from './assets.ts';
import { withMember } from './links.ts';
import { M } from './messages.ts';
import { Icon, Mark } from './parts.tsx';

export interface Display {
  readonly mode: 'standard' | 'elder';
  readonly theme: 'auto' | 'light' | 'dark';
}

export interface PageProps {
  readonly locale: Locale;
  readonly display: Display;
  readonly title: string;
  /** Puts 出错了 before the title, so that a screen reader says it first. */
  readonly hasProblems?: boolean;
  /** Who asks. Its name, verified domain and the way back stand on every page of a sign-in. */
  readonly service?:
    | { readonly name: string; readonly domain: string; readonly logo?: string; readonly leaveHref?: string }
    | undefined;
  readonly account?:
    | {
        readonly current: string;
        readonly items: readonly { readonly key: string; readonly href: string; readonly label: string }[];
        readonly signOutHref: string;
      }
    | undefined;
  readonly back?: string | undefined;
  /** Shown on failure pages only: where nothing failed it would worry people. */
  readonly reference?: string | undefined;
  readonly sandbox: boolean;
  /** Path and query of this page: the language and mode links keep its other members. */
  readonly currentUrl: string;
  readonly children: ComponentChildren;
}

function Official({ locale }: { locale: Locale }): VNode {
  return (
    <aside class="official" aria-label={M.text(locale, 'official.label')}>
      <details class="inner">
        <summary>
          <Icon name="shield" />
          <span>
            {M.text(locale, 'official.text')} <span class="more">{M.text(locale, 'official.more')}</span>
          </span>
        </summary>
        <ul class="body">
          <li>{M.text(locale, 'official.first')}</li>
          <li>{M.text(locale, 'official.second')}</li>
        </ul>
      </details>
    </aside>
  );
}

function Header({ locale, currentUrl, account }: PageProps): VNode {
  const other: Locale = locale === 'en' ? 'zh-CN' : 'en';
  return (
    <header class="site">
      <div class="inner">
        <a class="brand" href="/account">
          <Mark />
          <span>
            <b>{M.text(locale, 'site.name')}</b> <span class="full">{M.text(locale, 'site.full')}</span>
          </span>
        </a>
        <nav class="tools" aria-label={M.text(locale, 'tools.label')}>
          <a class="to-elder" href={withMember(currentUrl, 'mode', 'elder')}>
            {M.text(locale, 'tools.elder')}
          </a>
          <a class="to-standard" href={withMember(currentUrl, 'mode', 'standard')}>
            {M.text(locale, 'tools.standard')}
          </a>
          <a href={withMember(currentUrl, 'lang', other)} lang={other} hreflang={other}>
            {other === 'en' ? 'English' : '中文'}
          </a>
          {account && (
            <a class="out" href={account.signOutHref}>
              {M.text(locale, 'tools.out')}
            </a>
          )}
        </nav>
      </div>
    </header>
  );
}

function Service({ locale, service }: { locale: Locale; service: NonNullable<PageProps['service']> }): VNode {
  const { name, domain, logo, leaveHref } = service;
  return (
    <section class="rp" aria-label={M.text(locale, 'service.label')}>
      {logo === undefined ? (
        <span class="chip letter" aria-hidden="true">
          {Array.from(name)[0]}
        </span>
      ) : (
        <img class="chip" src={logo} width="40" height="40" alt="" />
      )}
      <p class="who">
        <span>{M.text(locale, 'service.label')}</span> <b>{name}</b>
      </p>
      {leaveHref !== undefined && (
        <a class="leave" href={leaveHref}>
          {M.text(locale, 'service.leave')}
        </a>
      )}
      <p class="domain">
        <Icon name="shield" />
        <span class="vh">{M.text(locale, 'service.verified')}</span>
        {domain}
      </p>
    </section>
  );
}

function Help({ locale, reference }: { locale: Locale; reference: string | undefined }): VNode {
  return (
    <section class="help" aria-labelledby="help">
      <h2 id="help">{M.text(locale, 'help.title')}</h2>
      <ul>
        <li>
          <a href="tel:12345">
            <Icon name="phone" />
            {M.text(locale, 'help.call')}
          </a>
        </li>
        <li>
          <a href="/help/counters">
            <Icon name="counter" />
            {M.text(locale, 'help.counter')}
          </a>
        </li>
        <li>
          <a href="/help">
            <Icon name="question" />
            {M.text(locale, 'help.faq')}
          </a>
        </li>
      </ul>
      {reference !== undefined && <p class="num">{M.text(locale, 'help.reference', { reference })}</p>}
    </section>
  );
}

function Footer({ locale }: { locale: Locale }): VNode {
  return (
    <footer class="footer">
      <div class="inner">
        <ul>
          <li>
            <a href="/privacy">{M.text(locale, 'footer.privacy')}</a>
          </li>
          <li>
            <a href="/accessibility">{M.text(locale, 'footer.accessibility')}</a>
          </li>
          <li>
            <a href="/terms">{M.text(locale, 'footer.terms')}</a>
          </li>
        </ul>
        <p>{M.text(locale, 'footer.owner')}</p>
      </div>
    </footer>
  );
}

function SignInBody(props: PageProps): VNode {
  const { locale, service, back, reference, children } = props;
  return (
    <div class="page">
      <div class="card">
        {service && <Service locale={locale} service={service} />}
        {back !== undefined && (
          <nav aria-label={M.text(locale, 'back.label')}>
            <a class="back" href={back}>
              {M.text(locale, 'back')}
            </a>
          </nav>
        )}
        <main id="main" tabIndex={-1}>
          {children}
        </main>
      </div>
      <Help locale={locale} reference={reference} />
    </div>
  );
}

function AccountBody({
  locale,
  account,
  children,
}: PageProps & { account: NonNullable<PageProps['account']> }): VNode {
  return (
    <div class="inner account">
      <nav class="nav" aria-label={M.text(locale, 'account.label')}>
        <ul>
          {account.items.map(({ key, href, label }) => (
            <li key={key}>
              <a href={href} {...(key === account.current ? { 'aria-current': 'page' as const } : {})}>
                {label}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <main id="main" class="card" tabIndex={-1}>
        {children}
      </main>
      <Help locale={locale} reference={undefined} />
    </div>
  );
}

function titleOf({ locale, title, hasProblems, service }: PageProps): string {
  const parts = [title, service?.name, M.text(locale, 'site.full')].filter((part) => part !== undefined);
  return `${hasProblems === true ? M.text(locale, 'error.prefix') : ''}${parts.join(' - ')}`;
}

/** The whole document as text. Everything in `props` is plain text; escaping happens here. */
export function page(props: PageProps): string {
  const { locale, display, account, sandbox } = props;
  const document = (
    <html lang={locale} data-mode={display.mode} data-theme={display.theme}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{titleOf(props)}</title>
        <link rel="icon" href={MARK.path} type="image/svg+xml" />
        <link rel="stylesheet" href={STYLE.path} />
        <script defer src={SCRIPT.path} />
      </head>
      <body>
        <a class="skip" href="#main">
          {M.text(locale, 'skip')}
        </a>
        <Official locale={locale} />
        {sandbox && (
          <section class="envbar" aria-label={M.text(locale, 'sandbox.label')}>
            <p class="inner">
              <Icon name="warning" />
              {M.text(locale, 'sandbox')}
            </p>
          </section>
        )}
        <Header {...props} />
        {account ? <AccountBody {...props} account={account} /> : <SignInBody {...props} />}
        <Footer locale={locale} />
      </body>
    </html>
  );
  return `<!doctype html>\n${renderToString(document)}`;
}
