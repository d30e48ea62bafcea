// What a citizen calls a document.
import { catalogue, type Locale } from '../platform/i18n/messages.ts';
import type { DocumentKind } from './citizens.ts';

export const M = catalogue(
  {
    CN_RIC: '居民身份证',
    CN_HMT_RP: '港澳台居民居住证',
    CN_FPR: '外国人永久居留身份证',
    PASSPORT: '护照',
    HM_PERMIT: '港澳居民来往内地通行证',
    TW_PERMIT: '台湾居民来往大陆通行证',
  },
  {
    CN_RIC: 'resident ID card',
    CN_HMT_RP: 'residence permit for Hong Kong, Macao and Taiwan residents',
    CN_FPR: 'foreign permanent resident ID card',
    PASSPORT: 'passport',
    HM_PERMIT: 'mainland travel permit for Hong Kong and Macao residents',
    TW_PERMIT: 'mainland travel permit for Taiwan residents',
  },
);

/** Inside a sentence. The two forms of the foreign permanent resident ID are one document to its holder. */
export const documentName = (locale: Locale, kind: DocumentKind): string =>
  M.text(locale, kind === 'CN_FPR_2017' || kind === 'CN_FPR_2023' ? 'CN_FPR' : kind);

/** Standing alone: `Passport`. */
export function documentTitle(locale: Locale, kind: DocumentKind): string {
  const name = documentName(locale, kind);
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}
