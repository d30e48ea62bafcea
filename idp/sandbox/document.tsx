// The page around everything the sandbox shows. It brings its own small sheet: these servers stand for systems that
// are not ours, so they share no asset with it.
import type { Context } from 'koa';
import { renderToString } from 'preact-render-to-string';
import type { VNode } from 'preact';

export const SHEET = `
:root { color-scheme: light dark; --ink: #1a1d21; --paper: #fff; --ground: #f3f5f8; --line: #5f6b7a; --brand: #0b4fa8; --on: #fff }
@media (prefers-color-scheme: dark) {
  :root { --ink: #f2f4f7; --paper: #1b212a; --ground: #12161c; --line: #8e99a8; --brand: #8ab8ff; --on: #0b1320 }
}
* { box-sizing: border-box }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1.125rem/1.6 "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Segoe UI", sans-serif }
.envbar { background: #3b1f6b; color: #fff; padding: .75rem 1rem; text-align: center; font-weight: bold }
main { max-width: 40rem; margin: 1rem auto; padding: 1rem 1.5rem 2rem; background: var(--paper) }
h1 { font-size: 1.625rem; line-height: 1.3 } h2 { font-size: 1.3rem; margin: 1.5rem 0 .25rem }
a { color: var(--brand) } .num { font-variant-numeric: tabular-nums }
dl { margin: 0 } dl div { display: flex; flex-wrap: wrap; gap: 0 1rem; padding: .25rem 0; border-bottom: 1px solid #d5dae155 }
dt { min-width: 11rem } dd { margin: 0; overflow-wrap: anywhere }
fieldset { border: 2px solid var(--line); margin: 1rem 0 .5rem } legend { font-weight: bold }
.choice { display: flex; gap: .75rem; align-items: center; min-height: 3rem } .choice input { width: 1.5rem; height: 1.5rem }
.choice label { flex: 1; padding: .5rem 0 }
.button { min-height: 3rem; padding: 0 1.5rem; border: 0; border-radius: 4px; background: var(--brand); color: var(--on); font: inherit; font-weight: bold }
.buttons { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.5rem 0 } .button.other { background: var(--paper); color: var(--brand); border: 2px solid var(--brand) }
.field label { display: block; font-weight: bold } .field input, .field select { width: 100%; min-height: 3rem; padding: 0 .5rem; border: 2px solid var(--line); background: var(--paper); color: var(--ink); font: inherit }
:focus-visible { outline: 3px solid #fd0; outline-offset: 2px; box-shadow: 0 0 0 2px #0b0c0c }
.bubbles { list-style: none; padding: 0 } .bubble { margin: 1rem 0 }
.bubble .to { margin: 0; font-size: 1rem }
.bubble .text { margin: .25rem 0; padding: .75rem 1rem; border-radius: 4px 1rem 1rem; background: var(--ground); border: 1px solid var(--line); white-space: pre-line; overflow-wrap: anywhere }
`;

/** A complete page. Values inside `body` are escaped by the renderer. */
export function documentOf(title: string, body: VNode): string {
  const page = (
    <html lang="zh-CN">
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{`${title} - 测试环境 Sandbox`}</title>
        <link rel="stylesheet" href="/sandbox.css" />
      </head>
      <body>
        <section class="envbar" aria-label="测试环境 Sandbox">
          测试环境，不是真实系统 · Sandbox, not a real system
        </section>
        <main>{body}</main>
      </body>
    </html>
  );
  return `<!doctype html>${renderToString(page)}`;
}

/** Answers with a page that runs no script and is framed by nobody. */
export function show(ctx: Context, title: string, body: VNode): void {
  ctx.type = 'text/html; charset=utf-8';
  ctx.set(
    'content-security-policy',
    "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'",
  );
  ctx.set('cache-control', 'no-store');
  ctx.body = documentOf(title, body);
}
