// Looks into a JWT in the browser alone: there is no form, and the script's only request is for our public keys.
import { readFileSync } from 'node:fs';
import { asset, type Asset } from '../../../platform/ui/assets.ts';
import { draw, type AdminParts, type Context, type Visitor } from '../../frame/frame.tsx';
import { M } from '../messages.ts';

const SCRIPT = asset(
  'inspector',
  'js',
  'text/javascript; charset=utf-8',
  readFileSync(new URL('./reading.js', import.meta.url), 'utf8'),
);
export const INSPECTOR_ASSETS: readonly Asset[] = [SCRIPT];

const WORDS = ['good', 'bad', 'not', 'sealed', 'expired', 'live', 'other_alg'] as const;

export function inspector(parts: AdminParts, ctx: Context, visitor: Visitor): Promise<void> {
  const { locale } = ctx.state;
  const words = Object.fromEntries(
    WORDS.map((word) => [`data-${word.replace('_', '-')}`, M.text(locale, `inspect.${word}`)]),
  );
  draw(parts, ctx, visitor, {
    title: M.text(locale, 'inspect.title'),
    current: 'portal',
    scripts: [SCRIPT.path],
    children: (
      <>
        <div class="head">
          <div>
            <p class="crumb">
              <a href="/developers">{M.text(locale, 'client.crumb')}</a>
            </p>
            <h1>{M.text(locale, 'inspect.title')}</h1>
            <p>{M.text(locale, 'inspect.lead')}</p>
          </div>
        </div>
        <noscript>
          <p class="note warn">{M.text(locale, 'inspect.no_script')}</p>
        </noscript>
        <section class="card in" hidden data-inspector="/oidc/jwks" {...words}>
          <div class="fld">
            <label for="jwt">{M.text(locale, 'inspect.field')}</label>
            <textarea class="url" id="jwt" spellcheck={false} autocomplete="off" />
          </div>
          <p role="status" />
          <h2>{M.text(locale, 'inspect.head')}</h2>
          <pre tabIndex={0} aria-label={M.text(locale, 'inspect.head')} />
          <h2>{M.text(locale, 'inspect.body')}</h2>
          <pre tabIndex={0} aria-label={M.text(locale, 'inspect.body')} />
        </section>
      </>
    ),
  });
  return Promise.resolve();
}
