// Which account a person means: a phone number or an ID number in one field. Pure.
import {
  parsePhone,
  type CitizenId,
  type Citizens,
  type DocumentKind,
  type DocumentNumber,
  type Phone,
} from '../../citizens/citizens.ts';

export interface TypedDocument {
  readonly kind: DocumentKind;
  readonly number: DocumentNumber;
}

/** Reads a typed ID number; undefined when it is none. */
export type ParseDocument = (typed: string) => TypedDocument | undefined;

export type Account =
  { readonly by: 'phone'; readonly phone: Phone } | ({ readonly by: 'document' } & TypedDocument);

export function parseAccount(typed: string, parseDocument: ParseDocument): Account | undefined {
  const phone = parsePhone(typed);
  if (phone) return { by: 'phone', phone };
  const document = parseDocument(typed);
  return document && { by: 'document', ...document };
}

/** What is counted and locked: the normalised identifier, whether an account has it or not. */
export function subjectOf(account: Account): string {
  return account.by === 'phone' ? `phone:${account.phone}` : `${account.kind}:${account.number}`;
}

/** One read of the look-up table. */
export function lookUp(account: Account, citizens: Citizens): Promise<CitizenId | undefined> {
  return account.by === 'phone'
    ? citizens.findByPhone(account.phone)
    : citizens.findByDocument(account.kind, account.number);
}
