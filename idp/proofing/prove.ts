// The proving pages as one step. Which screen is shown follows from the account and its case, not from where the
// browser believes to be: going back, pressing twice or coming back tomorrow all end on the right page.
import type { Ial } from '../assurance/assurance.ts';
import type { Citizens, Attributes } from '../citizens/citizens.ts';
import { addSeconds, type Clock } from '../platform/base/clock.ts';
import { Fault } from '../platform/base/errors.ts';
import type { Form, Screen, Step, StepContext, Submitted } from '../platform/http/step.ts';
import type { Limit, Limits } from '../platform/limits/limits.ts';
import type { Json } from '../platform/store/ephemeral.ts';
import type { Authority } from './authority.ts';
import { inFlight, type CaseRow, type Cases, type Claim } from './cases.ts';
import type { CaseId, ProveState, Proved } from './proofing.ts';
import { choiceOf, offered, type DocumentChoice, type Offer } from './screens/choices.ts';
import { documentScreen, wayScreen } from './screens/choosing.tsx';
import { formScreen } from './screens/form.tsx';
import { readForm, type Known } from './screens/reading.ts';
import { resultScreen } from './screens/results.tsx';
import { doneScreen } from './screens/done.tsx';

export interface ProveParts {
  readonly cases: Cases;
  readonly citizens: Citizens;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly authorities: readonly Authority[];
  readonly triesPerDay: number;
  /** Seconds after which the phone of a real person goes to the account that they had before. */
  readonly movesAfterSeconds?: number | undefined;
}

type Context = StepContext<ProveState>;
type Outcome = Submitted<Proved>;

/** Seconds that a case rests before its citizen may have it asked again. */
const REST_SECONDS = 5;
/** The same while they are elsewhere: coming back should show the result. */
const HANDED_REST_SECONDS = 2;
const DAY_SECONDS = 86_400;

/** Kept in the flow between screens; identifiers, choices and counts only. */
interface Scratch {
  readonly at: 'form' | 'document' | 'way' | 'result';
  readonly document?: DocumentChoice;
  readonly way?: string;
  /** The citizen wants to type anew what the account knows. */
  readonly edit?: boolean;
  readonly caseId?: CaseId;
  /** The case was opened on these pages, not found waiting. */
  readonly ours?: boolean;
  readonly left?: number;
}

interface Tries {
  readonly account: Limit;
  readonly number: Limit;
  /** Ways that show the person have a count of their own: strangers who type a number must not shut its holder out. */
  readonly person: Limit;
}

function declareTries({ limits, triesPerDay }: ProveParts): Tries {
  const daily = { burst: triesPerDay, periodSeconds: DAY_SECONDS };
  return {
    account: limits.declare({
      ...daily,
      name: 'proofing.account',
      per: 'account, by its phone',
      why: 'one account must not try out names and numbers',
    }),
    number: limits.declare({
      ...daily,
      name: 'proofing.number',
      per: 'claimed ID number',
      why: 'many accounts must not try out the names of one number',
    }),
    person: limits.declare({
      ...daily,
      name: 'proofing.number.person',
      per: 'claimed ID number, at ways that show the person',
      why: 'strangers who typed a number must not shut its holder out of these',
    }),
  };
}

export function createProveStep(parts: ProveParts): Step<ProveState, Proved> {
  const tries = declareTries(parts);
  return {
    id: 'prove',
    show: (context) => show(parts, context),
    submit: (context, form) => submit(parts, tries, context, form),
  };
}

const scratchOf = ({ scratch }: Context): Scratch | undefined => scratch as Scratch | undefined;
const next = (scratch: Scratch): Outcome => ({ is: 'next', scratch: { ...scratch } as Json });

async function reached(parts: ProveParts, context: Context): Promise<Ial | undefined> {
  const { state } = context;
  if (state.since) return shownSince(parts, context, state.since);
  const ial = (await parts.citizens.find(state.citizenId))?.ial ?? 0;
  return ial >= state.wanted ? ial : undefined;
}

/**
 * A real person who was matched with the account's own document, in a case that these very pages opened after `since`:
 * whoever waits here must not go through on a face that the holder shows elsewhere.
 */
async function shownSince(
  { cases, authorities }: ProveParts,
  context: Context,
  since: Date,
): Promise<Ial | undefined> {
  const { citizenId, wanted } = context.state;
  const kept = scratchOf(context);
  const row = await cases.latest(citizenId);
  if (kept?.ours !== true || row?.id !== kept.caseId) return undefined;
  const lead = authorities.find(({ id }) => id === row?.way);
  const counts = row?.state === 'proven' && row.createdAt >= since && lead && lead.reaches >= wanted;
  return counts ? wanted : undefined;
}

/** What the page is about: the case of this flow, or one that was left undecided by an earlier flow. */
async function caseOf(parts: ProveParts, context: Context): Promise<CaseRow | undefined> {
  const kept = scratchOf(context);
  if (kept && kept.at !== 'result') return undefined;
  const { citizenId } = context.state;
  return kept?.caseId ? parts.cases.find(citizenId, kept.caseId) : parts.cases.live(citizenId);
}

/** The choice of document and way that stands, and everything that could be chosen instead. */
function offerOf(parts: ProveParts, context: Context, attributes: Attributes): Offer {
  const kept = scratchOf(context);
  const held = attributes.documentKind && choiceOf(attributes.documentKind);
  const chosen = context.state.since ? (held ?? kept?.document) : (kept?.document ?? held);
  const wanted = { document: chosen ?? 'CN_RIC', way: kept?.way };
  const offer = offered(parts.authorities, context.state.wanted, wanted, held !== undefined);
  // Its own document is asked about: there is no other to choose.
  return context.state.since && held ? { ...offer, documents: [held] } : offer;
}

const knownOf = (
  context: Context,
  { name, documentNumber, documentKind, birthdate }: Attributes,
): Known | undefined =>
  name && documentNumber && documentKind && (context.state.since || scratchOf(context)?.edit !== true)
    ? {
        kind: documentKind,
        name,
        number: documentNumber,
        birthdate,
        fixed: context.state.since !== undefined,
      }
    : undefined;

async function show(parts: ProveParts, context: Context): Promise<Screen> {
  const { locale, service, state } = context;
  const attributes = await parts.citizens.attributes(state.citizenId);
  if ((await reached(parts, context)) !== undefined) return doneScreen(locale, attributes);
  const kept = scratchOf(context);
  const offer = offerOf(parts, context, attributes);
  if (kept?.at === 'document') return documentScreen(locale, offer);
  if (kept?.at === 'way') return wayScreen(locale, offer);
  const row = await looked(parts, context);
  if (row?.state === 'proven') return show(parts, { ...context, scratch: undefined });
  const result = row && resultOf(parts, context, row, offer);
  return result ?? formScreen({ locale, service, offer, known: knownOf(context, attributes) });
}

/** A citizen who comes back from elsewhere finds the result, not a page that asks whether there is one. */
async function looked(parts: ProveParts, context: Context): Promise<CaseRow | undefined> {
  const row = await caseOf(parts, context);
  const resting = row && addSeconds(row.updatedAt, HANDED_REST_SECONDS) > parts.clock.now();
  if (row?.state !== 'handed' || resting) return row;
  return parts.cases.examine(row, context.here);
}

function resultOf(parts: ProveParts, context: Context, row: CaseRow, offer: Offer): Screen | undefined {
  return resultScreen({
    locale: context.locale,
    row,
    offer,
    left: scratchOf(context)?.left ?? parts.triesPerDay,
    handover: parts.cases.handover(row),
    ticket: parts.cases.ticket(row),
    lead: parts.authorities.find(({ id }) => id === row.way),
    movesAt:
      parts.movesAfterSeconds === undefined ? undefined : addSeconds(row.updatedAt, parts.movesAfterSeconds),
    now: parts.clock.now(),
  });
}

async function submit(parts: ProveParts, tries: Tries, context: Context, sent: Form): Promise<Outcome> {
  const form = context.state.since ? withoutDocument(sent) : sent;
  const ial = await reached(parts, context);
  if (ial !== undefined) return { is: 'done', value: { is: 'reached', ial } };
  const chosen = await choose(parts, context, form);
  if (chosen) return chosen;
  const claims = CLAIM_FIELDS.some((name) => form[name] !== undefined);
  const row = claims ? undefined : await caseOf(parts, context);
  if (!row) return claim(parts, tries, context, form);
  if (row.verdict?.is === 'phone_released') return { is: 'done', value: { is: 'start_over' } };
  if (row.state === 'proven' || row.state === 'refused' || row.state === 'review')
    return next({ at: 'form' });
  return recheck(parts, context, row);
}

const DOCUMENT_FIELDS = new Set(['name', 'id_number', 'birthdate', 'issuer']);

/** Who is to be the account's holder is asked about the account's own document, whatever the form says. */
const withoutDocument = (form: Form): Form =>
  Object.fromEntries(Object.entries(form).filter(([name]) => !DOCUMENT_FIELDS.has(name)));

const CLAIM_FIELDS = ['name', 'id_number', 'consent', 'begin'];

/** Buttons and pages of choice; undefined when the form is about something else. */
async function choose(parts: ProveParts, context: Context, form: Form): Promise<Outcome | undefined> {
  const kept = scratchOf(context);
  const stays = chosenOf(kept);
  if (form['again'] !== undefined) return next({ ...stays, at: 'form', edit: true });
  if (form['choose'] === 'document') return next({ ...stays, at: 'document' });
  if (form['choose'] === 'way') return next({ ...stays, at: 'way' });
  if (kept?.at !== 'document' && kept?.at !== 'way' && form['way'] === undefined) return undefined;
  const offer = offerOf(parts, context, await parts.citizens.attributes(context.state.citizenId));
  if (kept?.at === 'document') return chooseDocument(context, offer, form['document']);
  return chooseWay(context, offer, form['way']);
}

/** What was chosen so far outlives the next choice. */
const chosenOf = ({ document, way, edit }: Partial<Scratch> = {}): Pick<
  Scratch,
  'document' | 'way' | 'edit'
> => ({ ...(document ? { document } : {}), ...(way ? { way } : {}), ...(edit ? { edit } : {}) });

function chooseDocument(context: Context, offer: Offer, value: string | undefined): Outcome {
  const document = offer.documents.find((candidate) => candidate === value);
  return document
    ? next({ ...chosenOf(scratchOf(context)), at: 'form', document, edit: true })
    : { is: 'again', problems: [{ field: 'document', text: documentScreen.missing(context.locale) }] };
}

function chooseWay(context: Context, offer: Offer, value: string | undefined): Outcome {
  const way = offer.ways.find(({ lead }) => lead.id === value);
  return way
    ? next({ ...chosenOf(scratchOf(context)), at: 'form', document: offer.document, way: way.lead.id })
    : { is: 'again', problems: [{ field: 'way', text: wayScreen.missing(context.locale) }] };
}

/** Asks again about what was claimed before; costs no try, because nothing was answered. */
async function recheck(parts: ProveParts, context: Context, row: CaseRow): Promise<Outcome> {
  const now = parts.clock.now();
  const rest = row.state === 'handed' ? HANDED_REST_SECONDS : REST_SECONDS;
  const resting = inFlight(row, now) || addSeconds(row.updatedAt, rest) > now;
  const after = resting ? row : await parts.cases.examine(row, context.here);
  return next({ ...scratchOf(context), at: 'result', caseId: after.id });
}

async function claim(parts: ProveParts, tries: Tries, context: Context, form: Form): Promise<Outcome> {
  const { citizenId, wanted } = context.state;
  const attributes = await parts.citizens.attributes(citizenId);
  const offer = offerOf(parts, context, attributes);
  const read = readForm({
    locale: context.locale,
    form,
    offer,
    known: knownOf(context, attributes),
    now: parts.clock.now(),
  });
  if (read.is === 'problems')
    return { is: 'again', problems: read.problems, forget: ['consent', 'consent_more'] };
  if (read.is === 'other_document') {
    const { problems, document } = read;
    const scratch = { ...chosenOf(scratchOf(context)), at: 'form', document, edit: true } as const;
    return { is: 'again', problems, scratch, forget: ['consent', 'consent_more'] };
  }
  const live = await parts.cases.live(citizenId);
  if (live && inFlight(live, parts.clock.now())) return next({ at: 'result', caseId: live.id });
  const payer = payerOf(context, attributes);
  const left = await spend(
    parts,
    tries,
    payer,
    context.state.since ? { document: undefined } : read.claim,
    read.way.lead,
  );
  const opened = await parts.cases.open(citizenId, { claim: read.claim, wanted, way: read.way.lead.id });
  const row = await parts.cases.examine(opened, context.here);
  if (row.state === 'proven') await forgive(parts, tries, payer, read.claim);
  return next({ ...scratchOf(context), at: 'result', caseId: row.id, ours: true, left });
}

/** Whose tries they are: the phone's, or whoever closes the account and registers again would have new ones. */
const payerOf = ({ state }: Context, { phone }: Attributes): string => phone?.reveal() ?? state.citizenId;

/**
 * How many tries are left to the account. A way that asks for no name and number costs the account's only, and so does
 * the account's own document: strangers who type its number must not shut the holder out of getting back in.
 */
async function spend(
  { limits }: ProveParts,
  tries: Tries,
  payer: string,
  { document }: Pick<Claim, 'document'>,
  lead: Authority,
): Promise<number> {
  const spent = await limits.trySpend(tries.account, payer);
  if (spent.remaining < 0) throw new Fault('too_many', { retryAfterSeconds: spent.retryAfterSeconds });
  if (document) await limits.spend(lead.reaches >= 3 ? tries.person : tries.number, document.number);
  return spent.remaining;
}

async function forgive(parts: ProveParts, tries: Tries, payer: string, { document }: Claim): Promise<void> {
  await parts.limits.forgive(tries.account, payer);
  if (!document) return;
  await Promise.all([
    parts.limits.forgive(tries.number, document.number),
    parts.limits.forgive(tries.person, document.number),
  ]);
}
