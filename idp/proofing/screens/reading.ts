// Reads the form of proving: the document as its kind demands, the fields of the chosen way, the separate consents.
import { documentName, type DocumentKind } from '../../citizens/citizens.ts';
import type { Personal } from '../../platform/base/secret.ts';
import type { Form, Problem } from '../../platform/http/step.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import type { VouchedDocument } from '../authority.ts';
import type { Claim } from '../cases.ts';
import { looksLike, parseDocument, type ParsedDocument } from '../documents/documents.ts';
import { parseNameFor } from '../documents/name.ts';
import { isCalendarDate } from '../documents/reading.ts';
import { wayTakes, type Way } from '../ways.ts';
import { choiceOf, type DocumentChoice, type Offer } from './choices.ts';
import { M } from './messages.ts';

/** What the account holds already; it is shown masked and not asked for again (WCAG 2.2, 3.3.7). */
export interface Known {
  readonly kind: DocumentKind;
  readonly name: Personal;
  readonly number: Personal;
  readonly birthdate: string | undefined;
  /** True: this very document is asked about, and no other can take its place. */
  readonly fixed?: boolean;
}

export interface Reading {
  readonly locale: Locale;
  readonly form: Form;
  readonly offer: Offer;
  readonly known: Known | undefined;
  readonly now: Date;
}

export type Read =
  | { readonly is: 'claim'; readonly claim: Claim; readonly way: Way }
  | { readonly is: 'problems'; readonly problems: readonly Problem[] }
  /** The number is another document's: the form for that one is shown with what was typed. */
  | {
      readonly is: 'other_document';
      readonly document: DocumentChoice;
      readonly problems: readonly Problem[];
    };

/** Kinds whose number tells the birth date: recognised by the number alone. */
const TELLING: ReadonlySet<DocumentKind> = new Set(['CN_RIC', 'CN_HMT_RP', 'CN_FPR_2023', 'CN_FPR_2017']);

export const asksBirthdate = (choice: DocumentChoice): boolean => !TELLING.has(choice);

export function readForm(reading: Reading): Read {
  const { locale, offer } = reading;
  const { way } = offer;
  if (!way) return { is: 'problems', problems: [{ field: undefined, text: M.text(locale, 'way.none') }] };
  const problems: Problem[] = [];
  const document = wayTakes(way) ? readDocument(reading, problems) : undefined;
  if (document && 'other' in document) return otherDocument(locale, document.other);
  const fields = readFields(reading, way, problems);
  readConsents(reading, way, problems);
  if (problems.length > 0) return { is: 'problems', problems };
  return { is: 'claim', claim: { document, fields }, way };
}

function otherDocument(locale: Locale, kind: DocumentKind): Read {
  const document = choiceOf(kind);
  const text = M.text(locale, 'number.recognised', { document: documentName(locale, document) });
  return { is: 'other_document', document, problems: [{ field: 'id_number', text }] };
}

type ReadDocument = VouchedDocument | { readonly other: DocumentKind } | undefined;

/** An account that holds a document may leave the fields out: its own name and number are checked again. */
function readDocument(reading: Reading, problems: Problem[]): ReadDocument {
  const { locale, form, known, offer } = reading;
  if (known && form['name'] === undefined && form['id_number'] === undefined)
    return ofKnown(known, reading.now);
  const complain = (field: string, text: string): void => void problems.push({ field, text });
  const birthdate = asksBirthdate(offer.document) ? readDate(form['birthdate'] ?? '') : undefined;
  const parsed = parseNumber(reading, birthdate);
  if (parsed.is === 'bad' && parsed.other) return { other: parsed.other };
  const name = parseNameFor(parsed.is === 'ok' ? parsed.kind : offer.document, form['name'] ?? '');
  if (name.is === 'bad') complain('name', M.text(locale, `name.${nameProblem(name.why, offer.document)}`));
  if (parsed.is === 'bad') {
    const field = parsed.why === 'birthdate' || parsed.why === 'issuer' ? parsed.why : 'id_number';
    if (field !== 'birthdate') complain(field, numberText(locale, parsed.why, offer.document));
    // What is wrong beside a wrong state is told at once, not one press later.
    if (field === 'issuer' && !looksLike(form['id_number'] ?? '', reading.now).includes('PASSPORT'))
      complain('id_number', numberText(locale, 'length', offer.document));
  }
  const dateIsBad = parsed.is === 'bad' && parsed.why === 'birthdate';
  if (asksBirthdate(offer.document) && (birthdate === undefined || dateIsBad || !isCalendarDate(birthdate)))
    complain('birthdate', M.text(locale, 'birthdate.bad'));
  if (name.is === 'bad' || parsed.is === 'bad' || problems.length > 0) return undefined;
  const { kind, number, gender } = parsed;
  return { kind, name: name.name, number, birthdate: parsed.birthdate, gender };
}

function ofKnown({ kind, name, number, birthdate }: Known, now: Date): ReadDocument {
  const parsed = parseDocument(kind, number.reveal(), now, { birthdate });
  if (parsed.is === 'bad')
    throw new Error(`an account holds a number that is not well formed: ${parsed.why}`);
  return {
    kind,
    name: name.reveal(),
    number: parsed.number,
    birthdate: parsed.birthdate,
    gender: parsed.gender,
  };
}

type ParsedNumber = ParsedDocument & { readonly other?: DocumentKind };

/** Whoever types the number of another card into the first form is not sent away: the number is recognised. */
function parseNumber({ form, offer, now }: Reading, birthdate: string | undefined): ParsedNumber {
  const text = form['id_number'] ?? '';
  const kinds: readonly DocumentKind[] =
    offer.document === 'CN_FPR_2023' ? ['CN_FPR_2023', 'CN_FPR_2017'] : [offer.document];
  const beside = { birthdate, issuer: form['issuer'] };
  const read = kinds.map((kind) => parseDocument(kind, text, now, beside));
  const [first] = read;
  const good = read.find(({ is }) => is === 'ok') ?? first;
  if (!good) throw new Error('a choice of document without a kind');
  if (good.is === 'ok') return good;
  const other = looksLike(text, now).find(
    (kind) => TELLING.has(kind) && offer.documents.includes(choiceOf(kind)),
  );
  return other === undefined ? good : { ...good, other };
}

const nameProblem = (why: 'empty' | 'length' | 'characters', choice: DocumentChoice) =>
  choice === 'CN_RIC' || why === 'empty' ? why : (`${why}_any` as const);

function numberText(
  locale: Locale,
  why: Extract<ParsedDocument, { is: 'bad' }>['why'],
  choice: DocumentChoice,
): string {
  if (why === 'issuer') return M.text(locale, 'issuer.bad');
  if (choice === 'CN_RIC' && why in RESIDENT) return M.text(locale, `number.${why as ResidentProblem}`);
  return M.text(locale, 'number.other_bad', { document: documentName(locale, choice) });
}

type ResidentProblem = 'length' | 'characters' | 'fifteen' | 'check_digit' | 'date' | 'future' | 'region';
const RESIDENT: Readonly<Record<ResidentProblem, true>> = {
  length: true,
  characters: true,
  fifteen: true,
  check_digit: true,
  date: true,
  future: true,
  region: true,
};

/** `1990-03-07`, `19900307`, `1990年3月7日`, full-width: an ISO date, or undefined. Whether it exists is looked at later. */
export function readDate(text: string): string | undefined {
  const plain = text.normalize('NFKC').trim();
  const [, year, month, day] =
    /^(\d{4})(\d{2})(\d{2})$/.exec(plain) ?? /^(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})\D?$/.exec(plain) ?? [];
  if (!year || !month || !day) return undefined;
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}

function readFields({ locale, form }: Reading, { lead }: Way, problems: Problem[]): Record<string, string> {
  const read: Record<string, string> = {};
  if (lead.collect.by !== 'fields') return read;
  for (const field of lead.collect.fields) {
    const parsed = field.parse(form[field.name] ?? '');
    if (parsed.is === 'ok') read[field.name] = parsed.value;
    else problems.push({ field: field.name, text: parsed.text[locale] });
  }
  return read;
}

/** Personal Information Protection Law articles 23 and 29: on its own, never with something else. */
function readConsents({ locale, form }: Reading, { lead }: Way, problems: Problem[]): void {
  const given = (name: string): boolean => form[name] !== undefined && form[name] !== '';
  // At a counter the officer asks, on paper.
  if (lead.collect.by === 'ticket') return;
  if (!given('consent')) problems.push({ field: 'consent', text: M.text(locale, 'consent.missing') });
  if (lead.words.consent && !given('consent_more'))
    problems.push({ field: 'consent_more', text: M.text(locale, 'consent.more_missing') });
}
