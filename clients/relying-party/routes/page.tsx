// The frame of every page of a demo service.
import type { Context } from 'koa';
import type { ComponentChildren } from 'preact';
import { renderToString } from 'preact-render-to-string';
import type { Language, RelyingParty } from '../party.ts';
import { MESSAGES } from '../words/messages.ts';
import type { Refusal } from '../words/refusals.ts';
import { languageOf } from './request.ts';

export type Text = (key: keyof typeof MESSAGES) => string;

export interface PageParts {
  readonly title?: string;
  body(language: Language, text: Text): ComponentChildren;
}

/** Answers with a page. Never stored: it may show a person's details. */
export function sendPage(ctx: Context, party: RelyingParty, parts: PageParts): void {
  const language = languageOf(ctx, party);
  const text: Text = (key) => MESSAGES[key][language];
  const other = language === 'en' ? 'zh-CN' : 'en';
  const service = party.words.name[language];
  const html = renderToString(
    <html lang={language}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{parts.title ? `${parts.title} - ${service}` : service}</title>
        <link rel="stylesheet" href="/public/style.css" />
        <link rel="icon" href="/public/mark.svg" type="image/svg+xml" />
      </head>
      <body>
        <a class="skip" href="#main">
          {text('skip')}
        </a>
        <aside class="demo-mark" aria-label={text('demoMark')}>
          {text('demoMark')}
        </aside>
        <header>
          <a class="brand" href="/">
            <img src="/public/mark.svg" alt="" width="36" height="36" />
            <span>{service}</span>
          </a>
          <a class="language" href={`/?lang=${other}`} lang={other} hreflang={other}>
            {text('otherLanguage')}
          </a>
        </header>
        <main id="main">{parts.body(language, text)}</main>
        <footer>
          <p>
            {party.settings.unit[language]} <span class="domain">{party.settings.domain}</span>
          </p>
          <p>{text('demo')}</p>
        </footer>
      </body>
    </html>,
  );
  ctx.set('Cache-Control', 'no-store');
  ctx.type = 'html';
  ctx.body = `<!doctype html>${html}`;
}

/** A page that says what happened and what to do. */
export function sendRefusal(ctx: Context, party: RelyingParty, refusal: Refusal): void {
  ctx.status = refusal.status;
  if (refusal.status === 503) ctx.set('Retry-After', '30');
  sendPage(ctx, party, {
    title: refusal.title[languageOf(ctx, party)],
    body: (language, text) => (
      <>
        <h1>{refusal.title[language]}</h1>
        <p class="lead">{refusal.advice[language]}</p>
        <p class="actions">
          <a class="button" href="/login">
            {text('again')}
          </a>
          <a href="/">{text('home')}</a>
        </p>
        <p class="code">
          {text('errorCode')} <code>{refusal.code}</code>
        </p>
      </>
    ),
  });
}
