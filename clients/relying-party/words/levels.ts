// The provider's levels of assurance, lowest first, and what they mean in words.
import type { Words } from '../party.ts';

export type Level = 'l1' | 'l2' | 'l3' | 'l4';

const LEVELS: readonly Level[] = ['l1', 'l2', 'l3', 'l4'];
const PREFIX = 'urn:tongxing:acr:';

const MEANING: Readonly<Record<Level, Words>> = {
  l1: { 'zh-CN': '已登录，不要求实名', en: 'Signed in; real name not required' },
  l2: { 'zh-CN': '已实名：姓名、证件号码与手机号一致', en: 'Verified: name, ID number and phone agree' },
  l3: { 'zh-CN': '已实名，并核对为本人', en: 'Verified, and confirmed to be the same person' },
  l4: { 'zh-CN': '已实名，持证件当面核对', en: 'Verified in person with the ID card' },
};

export const acrOf = (level: Level): string => PREFIX + level;

/** Every value that is at least `level`: a request for "this or better" has to list them (OIDC Core 5.5.1.1). */
export function acrsFrom(level: Level): readonly string[] {
  return LEVELS.slice(LEVELS.indexOf(level)).map(acrOf);
}

/** The level in words; an acr that is not ours is said to be unknown. */
export function meaningOf(acr: string): Words {
  const level = LEVELS.find((candidate) => acrOf(candidate) === acr);
  return level ? MEANING[level] : { 'zh-CN': '未知级别', en: 'Unknown level' };
}
