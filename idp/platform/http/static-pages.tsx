// Pages that are the same for everybody: help, counters, privacy, accessibility, terms. Their texts: static/messages.ts.
import type { ParameterizedContext } from 'koa';
import type { VNode } from 'preact';
import type { Locale } from '../i18n/messages.ts';
import { page } from '../ui/layout.tsx';
import type { Feature, RequestState } from './feature.ts';
import { pageHeaders } from './headers.ts';
import { M } from './static/messages.ts';

type Key = Parameters<typeof M.text>[1];
type Title = Extract<Key, `${string}.title`>;

const PAGES: Readonly<Record<string, Title>> = {
  '/help': 'help.title',
  '/help/counters': 'counters.title',
  '/privacy': 'privacy.title',
  '/accessibility': 'accessibility.title',
  '/terms': 'terms.title',
};

/** The sections of a page, in the order of the catalogue: `help.code.heading` goes with `help.code.text`. */
function sectionsOf(title: Title): readonly { readonly heading: Key; readonly text: Key }[] {
  const name = title.slice(0, title.indexOf('.'));
  const headings = (Object.keys(M.texts['zh-CN']) as Key[]).filter(
    (key) => key.startsWith(`${name}.`) && key.endsWith('.heading'),
  );
  return headings.map((heading) => ({ heading, text: heading.replace(/heading$/, 'text') as Key }));
}

function Text({ locale, title }: { locale: Locale; title: Title }): VNode {
  return (
    <>
      <h1>{M.text(locale, title)}</h1>
      {sectionsOf(title).map(({ heading, text }) => (
        <section key={heading}>
          <h2>{M.text(locale, heading)}</h2>
          <p>{M.text(locale, text)}</p>
        </section>
      ))}
    </>
  );
}

function draw(ctx: ParameterizedContext<RequestState>, title: Title, sandbox: boolean): void {
  const { locale, display } = ctx.state;
  pageHeaders(ctx);
  ctx.type = 'html';
  ctx.body = page({
    locale,
    display,
    title: M.text(locale, title),
    sandbox,
    currentUrl: ctx.url,
    children: <Text locale={locale} title={title} />,
  });
}

/** The help and legal pages that every footer links to. */
export function staticPages(sandbox: boolean): Feature {
  return {
    name: 'static-pages',
    routes(router) {
      for (const [path, title] of Object.entries(PAGES)) router.get(path, (ctx) => draw(ctx, title, sandbox));
    },
  };
}
