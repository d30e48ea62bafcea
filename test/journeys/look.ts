// Looking at one page the way an inspector does: both sizes of text, light and dark, a phone and a desk.
import { createRequire } from 'node:module';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AxeResults } from 'axe-core';
import type { Citizen, Page } from './citizen.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SCREENS = fileURLToPath(new URL('../../.artifacts/screens/', import.meta.url));

interface Shape {
  readonly mode: 'standard' | 'elder';
  readonly theme: 'light' | 'dark';
  readonly width: 320 | 1280;
  /** `whole`: every rule; `looks`: those that colours and sizes can break; none where another shape has both halves. */
  readonly axe?: 'whole' | 'looks';
}

/** All eight. Each pair of mode, theme and width is looked at by axe-core at least once. */
const SHAPES: readonly Shape[] = [
  { mode: 'standard', theme: 'light', width: 1280, axe: 'whole' },
  { mode: 'standard', theme: 'dark', width: 1280 },
  { mode: 'standard', theme: 'light', width: 320 },
  { mode: 'standard', theme: 'dark', width: 320, axe: 'looks' },
  { mode: 'elder', theme: 'light', width: 320, axe: 'looks' },
  { mode: 'elder', theme: 'dark', width: 320 },
  { mode: 'elder', theme: 'light', width: 1280 },
  { mode: 'elder', theme: 'dark', width: 1280, axe: 'looks' },
];

/** Console and portal are made for desks: half the shapes, each of mode, theme and width in two of them. */
const AT_A_DESK = SHAPES.filter(
  ({ mode, theme, width }) => (mode === 'standard') === ((theme === 'light') === (width === 1280)),
);

const WHOLE = { resultTypes: ['violations'] };
/** The rules that colours and sizes can break; what the page says and is made of was looked at in its plain shape. */
const LOOKS = { ...WHOLE, runOnly: ['color-contrast', 'target-size', 'link-in-text-block'] };

interface Finding {
  readonly page: string;
  readonly seenAs: string;
  readonly what: string;
}

/** WCAG 2.2 A and AA, and what axe-core knows to be good practice. */
async function axe(page: Page, rules: NonNullable<Shape['axe']>): Promise<readonly string[]> {
  // Through the debugger: the page's own policy lets no such script in.
  if (!(await page.evaluate('typeof axe === "object"'))) await page.evaluate(AXE);
  const results = (await page.evaluate(
    `axe.run(${JSON.stringify(rules === 'whole' ? WHOLE : LOOKS)})`,
  )) as AxeResults;
  return results.violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes.map((node) => `${node.target.join(' ')} ${node.html.slice(0, 120)}`).join(' | ')}`,
  );
}

/** What sticks out sideways, if anything does (WCAG 2.2, 1.4.10). */
function sticksOut(page: Page): Promise<string | null> {
  return page.evaluate(`(() => {
    const wide = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= wide) return null;
    const out = [...document.body.querySelectorAll('*')].filter((each) => each.getBoundingClientRect().right > wide + 1);
    return 'sideways scroll: ' + out.map((each) => each.outerHTML.slice(0, 100)).join(' | ');
  })()`);
}

/** Interactive things that are smaller than a finger: 48 px, 60 in the large-text version; links inside a sentence are free. */
function tooSmall(page: Page, least: number): Promise<readonly string[]> {
  return page.evaluate(`[...document.querySelectorAll('.button, .input, summary, .methods a, .help a, .choice, .back')]
    .filter((each) => each.checkVisibility() && each.getBoundingClientRect().height < ${least} - 0.5)
    .map((each) => 'too small: ' + each.outerHTML.slice(0, 100) + ' ' + each.getBoundingClientRect().height)`);
}

/** Puts the page into a shape; its name is what pictures and findings are filed under. */
async function wear(
  page: Page,
  locale: string,
  { mode, theme, width }: Shape,
  ours: boolean,
): Promise<string> {
  if (ours) await page.evaluate(`document.documentElement.dataset.mode = '${mode}'`);
  await page.setViewportSize({ width, height: 800 });
  await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
  return `${locale}.${mode}.${theme}.${width}`;
}

export interface Gallery {
  /** Looks at the page that stands, in all eight shapes. `name`: kebab-case, unique in a tour. */
  look(who: Citizen, name: string): Promise<void>;
  readonly findings: readonly Finding[];
  readonly titles: ReadonlyMap<string, string>;
}

export function createGallery(): Gallery {
  mkdirSync(SCREENS, { recursive: true });
  const findings: Finding[] = [];
  const titles = new Map<string, string>();
  return {
    findings,
    titles,
    async look(who, name) {
      const { page, locale } = who;
      titles.set(name, await page.title());
      const ours = (await page.locator('html[data-mode]').count()) > 0;
      const desk = (await page.locator('link[href*="/assets/console-"]').count()) > 0;
      const shapes = ours ? SHAPES : SHAPES.filter(({ mode }) => mode === 'standard');
      for (const shape of desk ? AT_A_DESK : shapes) {
        const seenAs = await wear(page, locale, shape, ours);
        const least = shape.mode === 'elder' ? 60 : 48;
        const wrong = [
          ...(shape.axe === undefined ? [] : await axe(page, shape.axe)),
          await sticksOut(page),
          // At a desk the rule of axe-core for the size of targets (WCAG 2.2, 2.5.8) stands alone.
          ...(ours && !desk ? await tooSmall(page, least) : []),
        ];
        for (const what of wrong) if (what !== null) findings.push({ page: name, seenAs, what });
        if (SHOWN.has(seenAs))
          await page.screenshot({ path: path.join(SCREENS, `${name}.${seenAs}.png`), fullPage: true });
      }
      await page.setViewportSize({ width: 1280, height: 800 });
      await page.emulateMedia({ colorScheme: 'light' });
      if (ours) await page.evaluate("document.documentElement.dataset.mode = 'standard'");
    },
  };
}

/** The shapes that are kept as pictures. */
const SHOWN: ReadonlySet<string> = new Set([
  'zh-CN.standard.light.1280',
  'zh-CN.elder.light.320',
  'en.standard.dark.320',
]);
