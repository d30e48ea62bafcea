// What is kept of a request's parameters: all of them by name, values only where they can be no secret and say nothing
// about a person. Pure.

/** A value, or true: it was there. */
export type KeptParams = Readonly<Record<string, string | true>>;

/** Names, codes and words of the protocol: what does not look like one is shown as having been there. */
const WORDS = /^[A-Za-z0-9_.:/+ -]{1,200}$/;
const PLAIN: ReadonlySet<string> = new Set([
  'response_type',
  'response_mode',
  'scope',
  'prompt',
  'max_age',
  'acr_values',
  'code_challenge_method',
  'ui_locales',
  'ui_mode',
  'display',
  'grant_type',
  'rehearse',
]);
const ADDRESS_CHARACTERS = 300;

/** `params`: as the protocol engine read them, so names are of its closed list. */
export function keptParams(params: Readonly<Record<string, unknown>>): KeptParams {
  const kept: [string, string | true][] = [];
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined || value === '') continue;
    if (name === 'redirect_uri') kept.push([name, addressOf(value)]);
    else if (typeof value === 'string' && PLAIN.has(name) && WORDS.test(value) && !NUMBERS.test(value))
      kept.push([name, value]);
    else kept.push([name, true]);
  }
  return Object.fromEntries(kept);
}

/** A telephone or document number in the wrong field is not written down. */
const NUMBERS = /\d{7}/;

/** An address that is not registered may carry anything behind its "?" or before its "@". */
function addressOf(value: unknown): string | true {
  if (typeof value !== 'string' || !/^[!-~]+$/.test(value)) return true;
  const [bare = '', rest] = value.replace(/^([a-z]+:\/\/)[^/?#]*@/i, '$1…@').split(/([?#])/);
  if (NUMBERS.test(bare) || bare.length > ADDRESS_CHARACTERS) return true;
  return rest === undefined ? bare : `${bare}${rest}…`;
}
