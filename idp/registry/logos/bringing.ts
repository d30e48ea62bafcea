// How a picture comes with a registration. Pure.
import type { Rule } from '../checks/rules.ts';
import { isLogo, LOGO_RULES, redraw, type Logo } from './redraw.ts';

export const ADDRESS = /^\/logos\/([0-9a-f]{64})\.png$/;
export const logoAddress = (digest: string): string => `/logos/${digest}.png`;

/** What `tongxing_logo` brings: a new picture, or one of ours by its address. */
export type Brought = { readonly digest: string; readonly made: Logo | undefined };

/** A PNG in base64 (also as a `data:` address), or the address of one that was brought before; else what is wrong. */
export function readLogo(value: unknown): Brought | Rule {
  if (typeof value !== 'string') return LOGO_RULES.text;
  const known = ADDRESS.exec(value)?.[1];
  if (known !== undefined) return { digest: known, made: undefined };
  const text = value.replace(/^data:image\/png;base64,/, '').replaceAll(/\s/g, '');
  if (text.length > 120_000) return LOGO_RULES.large;
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return LOGO_RULES.text;
  const made = redraw(Buffer.from(text, 'base64'));
  return isLogo(made) ? { digest: made.digest, made } : made;
}

export const isBrought = (read: Brought | Rule): read is Brought => 'digest' in read;
