// The page that stands in for the terminal of a service counter, on the hub under /counter-terminal. It is asked
// nothing by the system and so is no stand-in that can misbehave: it comes to the system's own API.
import { Router } from '@koa/router';
import type { Clock } from '../../../platform/base/clock.ts';
import { Fault } from '../../../platform/base/errors.ts';
import { parseDocument } from '../../../proofing/proofing.ts';
import { PERSONAS, type Persona } from '../../personas.ts';
import type { Population } from '../../population.ts';
import { show } from '../../document.tsx';
import { ownForm } from '../../stand-in.ts';
import type { Desk } from './desk.ts';
import { FACTS, casePage, decidedPage, submittedPage, ticketPage } from './pages.tsx';

export { openDesk, type CounterParts } from './desk.ts';

export interface TerminalParts {
  readonly desk: Desk;
  readonly population: Population;
  readonly clock: Clock;
}

const TITLE = '柜台终端 · Counter terminal';

/** Routes below `/counter-terminal`. Forms only: a ticket or a name never stands in an address. */
export function counterTerminal({ desk, population, clock }: TerminalParts): Router {
  const router = new Router();
  router.get('/', (ctx) => show(ctx, TITLE, ticketPage()));
  router.post('/lookup', async (ctx) => {
    const form = await ownForm(ctx);
    const ticket = form.get('ticket') ?? '';
    show(ctx, TITLE, casePage(ticket, await desk.lookUp(ticket)));
  });
  router.post('/submission', async (ctx) => {
    const form = await ownForm(ctx);
    show(ctx, TITLE, submittedPage(await desk.submit(submissionOf(form, population, clock.now()))));
  });
  router.post('/approval', async (ctx) => {
    const form = await ownForm(ctx);
    const rejecting = form.get('decision') === 'reject';
    const decision = rejecting
      ? { decision: 'reject', reason: form.get('reason') }
      : { decision: 'approve', document: printed(form.get('persona') ?? '', population, clock.now()) };
    show(ctx, TITLE, decidedPage(await desk.decide(form.get('submission') ?? '', decision)));
  });
  return router;
}

/** Who comes along with every child. */
const GUARDIAN = 'verified';

function submissionOf(form: URLSearchParams, population: Population, now: Date): object {
  const facts = Object.fromEntries(FACTS.map(([name]) => [name, form.get(name) === 'yes']));
  return {
    ticket: form.get('ticket'),
    document: scan(form.get('persona') ?? '', population, now),
    facts,
    ...(form.get('guardian') === 'yes' ? { guardian: printed(GUARDIAN, population, now) } : {}),
  };
}

/** What stands on the document: the second officer reads it without the chip. */
function printed(id: string, population: Population, now: Date): Pick<Scan, 'kind' | 'name' | 'number'> {
  const { kind, name, number } = scan(id, population, now);
  return { kind, name, number };
}

interface Scan {
  readonly kind: Persona['document'];
  readonly name: string;
  readonly number: string;
  readonly birthdate: string;
  readonly gender: 'male' | 'female';
}

/** What the chip holds where the number does not tell it. */
const CHIP = { birthdate: '1986-04-12', gender: 'female' } as const;

/** The document of a persona, as the register would have printed it. */
function scan(id: string, population: Population, now: Date): Scan {
  const persona = PERSONAS.find((known) => known.id === id);
  const parsed = persona && parseDocument(persona.document, persona.id_number, now);
  if (!persona || parsed?.is !== 'ok') throw new Fault('bad_request', { note: 'no such persona' });
  const { kind, number, birthdate = CHIP.birthdate, gender = CHIP.gender } = parsed;
  return { kind, name: population.resident(number)?.name ?? persona.name, number, birthdate, gender };
}
