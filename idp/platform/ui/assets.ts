// The files that every page loads: one style sheet, one script, one icon, under addresses that change with their content.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

export interface Asset {
  /** `/assets/<name>-<hash>.<ending>`: may be cached for ever. */
  readonly path: string;
  readonly type: string;
  readonly body: Buffer;
}

function read(name: string): string {
  return readFileSync(new URL(`./assets/${name}`, import.meta.url), 'utf8');
}

/** A text under an address of its own; `assets()` of platform/http serves it where it is listed. */
export function asset(name: string, ending: string, type: string, text: string): Asset {
  const hash = createHash('sha256').update(text).digest('base64url').slice(0, 12);
  return { path: `/assets/${name}-${hash}.${ending}`, type, body: Buffer.from(text) };
}

export const STYLE = asset('tongxing', 'css', 'text/css; charset=utf-8', read('tokens.css') + read('ui.css'));
/** The console and the developer portal: dense, for desks. */
export const CONSOLE_STYLE = asset(
  'console',
  'css',
  'text/css; charset=utf-8',
  read('tokens.css') + read('console.css'),
);
export const SCRIPT = asset('page', 'js', 'text/javascript; charset=utf-8', read('page.js'));
export const MARK = asset('mark', 'svg', 'image/svg+xml', read('mark.svg'));

export const ASSETS: readonly Asset[] = [STYLE, CONSOLE_STYLE, SCRIPT, MARK];
