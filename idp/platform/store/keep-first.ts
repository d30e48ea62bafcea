// A file that is written once and then stays.
import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, rmSync, writeFileSync } from 'node:fs';

/**
 * Writes a file (0600) that must not change once it is there, in a folder that exists. A finished file is linked into
 * place: a kill leaves no half of it, and of two first starts both use the first one's.
 */
export function keepFirst(file: string, content: string): void {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, content, { mode: 0o600 });
  try {
    linkSync(draft, file);
  } catch (error) {
    if (!existsSync(file)) throw error;
  } finally {
    rmSync(draft);
  }
}
