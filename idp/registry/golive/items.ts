// What the checklist looks at, in the order in which a team does it.

export const ITEMS = [
  'redirect_tls',
  'logout_answers',
  'keys_fresh',
  'careful_requests',
  'bad_signature',
  'access_denied',
  'privacy_page',
  'purposes',
  'contacts',
] as const;
export type Item = (typeof ITEMS)[number];
