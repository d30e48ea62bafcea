// Looking at one page the way an inspector does: both sizes of text, light and dark, a phone and a desk.
import { createRequire } from 'node:module';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AxeResults } from 'axe-core';
import type { Citizen, Page } from './citizen.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SCREENS = fileURLToPath(new URL('../../.artifacts/screens/', import.meta.url));

const MODES = ['standard', 'elder'] as const;
const THEMES = ['light', 'dark'] as const;
const WIDTHS = [320, 1280] as const;

const WHOLE = { resultTypes: ['violations'] };
/** The rules that colours and sizes can break; what the page says and is made of was looked at in its plain shape. */
const LOOKS = { ...WHOLE, runOnly: ['color-contrast', 'target-size', 'link-in-text-block'] };

interface Finding {
  readonly page: string;
  readonly seenAs: string;
  readonly what: string;
}

/** WCAG 2.2 A and AA, and what axe-core knows to be good practice. */
async function axe(page: Page, whole: boolean): Promise<readonly string[]> {
  // Through the debugger: the page's own policy lets no such script in.
  if (!(await page.evaluate('typeof axe === "object"'))) await page.evaluate(AXE);
  const results = (await page.evaluate(`axe.run(${JSON.stringify(whole ? WHOLE : LOOKS)})`)) as AxeResults;
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
      for (const mode of ours ? MODES : (['standard'] as const)) {
        if (ours) await page.evaluate(`document.documentElement.dataset.mode = '${mode}'`);
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: 800 });
          for (const theme of THEMES) {
            await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
            const seenAs = `${locale}.${mode}.${theme}.${width}`;
            const least = mode === 'elder' ? 60 : 48;
            const wrong = [
              ...(await axe(page, theme === 'light' && mode === 'standard')),
              await sticksOut(page),
              ...(ours ? await tooSmall(page, least) : []),
            ];
            for (const what of wrong) if (what !== null) findings.push({ page: name, seenAs, what });
            if (SHOWN.has(seenAs))
              await page.screenshot({ path: path.join(SCREENS, `${name}.${seenAs}.png`), fullPage: true });
          }
        }
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
  'en.standard.light.1280',
]);
