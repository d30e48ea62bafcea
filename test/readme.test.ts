// The README promises settings and commands: they must be the real ones.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { settingsTable } from '../idp/settings-table.ts';
import { PROJECT, settingsSchema } from '../idp/settings.ts';

const readme = readFileSync(path.join(PROJECT, 'README.md'), 'utf8');
const cells = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\|[\s|-]+\|$/.test(line))
    .map((line) =>
      line
        .split('|')
        .map((cell) => cell.trim())
        .join('|'),
    );

test('the settings table is the one that the schema gives', () => {
  const section = readme.slice(readme.indexOf('## Settings'));
  expect(cells(section)).toEqual(cells(settingsTable(settingsSchema)));
});

test('both lines of the README are scripts of package.json', () => {
  const { scripts } = JSON.parse(readFileSync(path.join(PROJECT, 'package.json'), 'utf8')) as {
    scripts: object;
  };
  for (const [, script] of readme.matchAll(/npm ci && npm (?:run )?([\w:]+)/g))
    expect(scripts).toHaveProperty([script ?? '']);
});
