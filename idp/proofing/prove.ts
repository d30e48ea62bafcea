// The proving pages as one step. Which screen is shown follows from the account and its case, not from where the
// browser believes to be: going back, pressing twice or coming back tomorrow all end on the right page.
import type { Ial } from '../assurance/assurance.ts';
import type { Citizens, Attributes } from '../citizens/citizens.ts';
import { addSeconds, type Clock } from '../platform/base/clock.ts';
import { Fault } from '../platform/base/errors.ts';
import type { Form, Problem, Screen, Step, StepContext, Submitted } from '../platform/http/step.ts';
import type { Locale } from '../platform/i18n/messages.ts';
import type { Limit, Limits } from '../platform/limits/limits.ts';
import type { Json } from '../platform/store/ephemeral.ts';
import { inFlight, type CaseRow, type Cases, type Claim } from './cases.ts';
import { parseName } from './documents/name.ts';
import { parseResidentId } from './documents/resident-id.ts';
import { M } from './messages.ts';
import { formScreen, type Known } from './screens/form.tsx';
import { doneScreen, minorScreen, noMatchScreen, waitingScreen } from './screens/results.tsx';
import type { CaseId, ProveState } from './proofing.ts';

export interface ProveParts {
  readonly cases: Cases;
  readonly citizens: Citizens;
  readonly limits: Limits;
  readonly clock: Clock;
  /** The highest level that the authorities give. */
  readonly ceiling: Ial;
  readonly triesPerDay: number;
}

type Context = StepContext<ProveState>;
type Outcome = Submitted<{ readonly ial: Ial }>;

/** Seconds that a waiting case rests before its citizen may have it asked again. */
const REST_SECONDS = 5;
const DAY_SECONDS = 86_400;

/** Kept in the flow between screens; identifiers and counts only. */
interface Scratch {
  readonly at: 'form' | 'result';
  readonly caseId?: CaseId;
  readonly left?: number;
}

interface Tries {
  readonly account: Limit;
  readonly number: Limit;
}

export function createProveStep(parts: ProveParts): Step<ProveState, { readonly ial: Ial }> {
  const daily = { burst: parts.triesPerDay, periodSeconds: DAY_SECONDS };
  const tries: Tries = {
    account: parts.limits.declare({
      ...daily,
      name: 'proofing.account',
      per: 'account',
      why: 'one account must not try out names and numbers',
    }),
    number: parts.limits.declare({
      ...daily,
      name: 'proofing.number',
      per: 'claimed ID number',
      why: 'many accounts must not try out the names of one number',
    }),
  };
  return {
    id: 'prove',
    show: (context) => show(parts, context),
    submit: (context, form) => submit(parts, tries, context, form),
  };
}

const scratchOf = (scratch: Json | undefined): Scratch | undefined => scratch as Scratch | undefined;
const target = (parts: ProveParts, wanted: Ial): Ial => (wanted < parts.ceiling ? wanted : parts.ceiling);

async function reached(parts: ProveParts, { state }: Context): Promise<Ial | undefined> {
  const ial = (await parts.citizens.find(state.citizenId))?.ial ?? 0;
  return ial >= target(parts, state.wanted) ? ial : undefined;
}

/** What the page is about: the case of this flow, or one that was left waiting by an earlier flow. */
async function caseOf(parts: ProveParts, { state, scratch }: Context): Promise<CaseRow | undefined> {
  const kept = scratchOf(scratch);
  if (kept?.at === 'form') return undefined;
  return kept?.caseId ? parts.cases.find(state.citizenId, kept.caseId) : parts.cases.live(state.citizenId);
}

async function show(parts: ProveParts, context: Context): Promise<Screen> {
  const { locale, service, state } = context;
  const attributes = await parts.citizens.attributes(state.citizenId);
  if ((await reached(parts, context)) !== undefined) return doneScreen(locale, attributes);
  const row = await caseOf(parts, context);
  const left = scratchOf(context.scratch)?.left ?? parts.triesPerDay;
  const result = row && resultScreen(locale, row, left);
  return result ?? formScreen({ locale, service, known: knownOf(attributes) });
}

/** Undefined for a case that has nothing more to say: the form is shown. */
function resultScreen(locale: Locale, row: CaseRow, left: number): Screen | undefined {
  if (row.state === 'open' || row.state === 'waiting') return waitingScreen(locale, row.id);
  const { verdict } = row;
  if (row.state !== 'refused' || verdict?.is === 'lapsed') return undefined;
  return verdict?.is === 'refused' && verdict.why === 'minor'
    ? minorScreen(locale, row.id)
    : noMatchScreen(locale, row.id, left);
}

function knownOf({ name, documentNumber }: Attributes): Known | undefined {
  return name && documentNumber ? { name, number: documentNumber } : undefined;
}

async function submit(parts: ProveParts, tries: Tries, context: Context, form: Form): Promise<Outcome> {
  const ial = await reached(parts, context);
  if (ial !== undefined) return { is: 'done', value: { ial } };
  if (form['again'] !== undefined) return next({ at: 'form' });
  const claims =
    form['name'] !== undefined || form['id_number'] !== undefined || form['consent'] !== undefined;
  const row = claims ? undefined : await caseOf(parts, context);
  if (!row) return claim(parts, tries, context, form);
  if (row.state !== 'open' && row.state !== 'waiting') return next({ at: 'form' });
  return recheck(parts, context, row);
}

const next = (scratch: Scratch): Outcome => ({ is: 'next', scratch: { ...scratch } });

/** Asks again about what was claimed before; costs no try, because nothing was answered. */
async function recheck(parts: ProveParts, context: Context, row: CaseRow): Promise<Outcome> {
  const now = parts.clock.now();
  const resting = inFlight(row, now) || addSeconds(row.updatedAt, REST_SECONDS) > now;
  const after = resting ? row : await parts.cases.examine(row);
  return next({ ...scratchOf(context.scratch), at: 'result', caseId: after.id });
}

async function claim(parts: ProveParts, tries: Tries, context: Context, form: Form): Promise<Outcome> {
  const { citizenId, wanted } = context.state;
  const held = knownOf(await parts.citizens.attributes(citizenId));
  const read = readForm(context.locale, form, held, parts.clock.now());
  if (read.is === 'problems') return { is: 'again', problems: read.problems, forget: ['consent'] };
  const live = await parts.cases.live(citizenId);
  if (live && inFlight(live, parts.clock.now())) return next({ at: 'result', caseId: live.id });
  const spent = await parts.limits.trySpend(tries.account, citizenId);
  if (spent.remaining < 0) throw new Fault('too_many', { retryAfterSeconds: spent.retryAfterSeconds });
  await parts.limits.spend(tries.number, read.claim.number);
  const opened = await parts.cases.open(citizenId, read.claim, target(parts, wanted));
  const row = await parts.cases.examine(opened);
  if (row.state === 'proven') await forgive(parts, tries, citizenId, read.claim);
  return next({ at: 'result', caseId: row.id, left: spent.remaining });
}

async function forgive(parts: ProveParts, tries: Tries, citizenId: string, { number }: Claim): Promise<void> {
  await parts.limits.forgive(tries.account, citizenId);
  await parts.limits.forgive(tries.number, number);
}

type Read =
  | { readonly is: 'claim'; readonly claim: Claim }
  | { readonly is: 'problems'; readonly problems: readonly Problem[] };

/** An account that holds a document may leave both fields out: its own name and number are checked again. */
function readForm(locale: Locale, form: Form, held: Known | undefined, now: Date): Read {
  const blank = form['name'] === undefined && form['id_number'] === undefined;
  const name = parseName(blank && held ? held.name.reveal() : (form['name'] ?? ''));
  const number = parseResidentId(blank && held ? held.number.reveal() : (form['id_number'] ?? ''), now);
  const problems: Problem[] = [];
  const complain = (field: string, text: string): void => void problems.push({ field, text });
  if (name.is === 'bad') complain('name', M.text(locale, `name.${name.why}`));
  if (number.is === 'bad') complain('id_number', M.text(locale, `number.${number.why}`));
  else if (held && held.number.reveal() !== number.number)
    complain('id_number', M.text(locale, 'number.other'));
  if (form['consent'] === undefined || form['consent'] === '')
    complain('consent', M.text(locale, 'consent.missing'));
  if (name.is === 'bad' || number.is === 'bad' || problems.length > 0) return { is: 'problems', problems };
  return { is: 'claim', claim: { name: name.name, number: number.number } };
}
