// Which account a person means: a phone number or an ID number in one field. Pure.
import {
  parsePhone,
  type CitizenId,
  type Citizens,
  type DocumentNumber,
  type Phone,
} from '../../citizens/citizens.ts';

/** Reads a typed ID number; undefined when it is none. */
export type ParseDocument = (typed: string) => DocumentNumber | undefined;

export type Account =
  | { readonly by: 'phone'; readonly phone: Phone }
  | { readonly by: 'document'; readonly number: DocumentNumber };

export function parseAccount(typed: string, parseDocument: ParseDocument): Account | undefined {
  const phone = parsePhone(typed);
  if (phone) return { by: 'phone', phone };
  const number = parseDocument(typed);
  return number && { by: 'document', number };
}

/** What is counted and locked: the normalised identifier, whether an account has it or not. */
export function subjectOf(account: Account): string {
  return account.by === 'phone' ? `phone:${account.phone}` : `document:${account.number}`;
}

/** One read of the look-up table. */
export function lookUp(account: Account, citizens: Citizens): Promise<CitizenId | undefined> {
  return account.by === 'phone'
    ? citizens.findByPhone(account.phone)
    : citizens.findByDocument('CN_RIC', account.number);
}
