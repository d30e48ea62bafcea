// A frozen account, opened again by its holder: who was proven is proven again with the same document; who never was
// waits, and then shows everything that the account can show.
import { aalOf } from '../../assurance/assurance.ts';
import { TOLD_IN, tellHolder } from '../../citizens/citizens.ts';
import { addSeconds } from '../../platform/base/clock.ts';
import { formatInstant } from '../../platform/i18n/format.ts';
import {
  bind,
  forget,
  who,
  type Current,
  type DispatchParts,
  type Progress,
  type Standing,
} from '../current.ts';
import { amrOf } from '../next-step.ts';
import { authenticate } from '../second.ts';
import { M } from './messages.ts';
import { telling } from './pages.tsx';

/** A match that shows the person. */
const REAL_PERSON = 3;

const BLOCKED: Progress = {
  is: 'refuse',
  error: 'access_denied',
  description: 'the account cannot be used',
};

const frozenStep = telling('frozen', (locale, service) => ({
  icon: 'lock',
  title: M.text(locale, 'frozen.title'),
  paragraphs: [M.text(locale, 'frozen.body'), M.text(locale, 'frozen.open.how')],
  buttons: [
    { answer: 'open', text: M.text(locale, 'frozen.open') },
    { answer: 'leave', text: M.text(locale, 'frozen.return', { service }) },
  ],
  status: 403,
}));

const waitStep = (until: Date, now: Date) =>
  telling('unfreeze-wait', (locale, service) => ({
    icon: 'clock',
    title: M.text(locale, 'unfreeze.wait.title'),
    paragraphs: [M.text(locale, 'unfreeze.wait.body', { time: formatInstant(until, now, locale) })],
    buttons: [{ answer: 'leave', text: M.text(locale, 'frozen.return', { service }) }],
    status: 403,
  }));

const confirmStep = telling('unfreeze', (locale) => ({
  icon: 'lock',
  title: M.text(locale, 'unfreeze.confirm.title'),
  paragraphs: [M.text(locale, 'unfreeze.confirm.body')],
  buttons: [{ answer: 'open', text: M.text(locale, 'unfreeze.confirm.go') }],
}));

export async function unfreeze(
  parts: DispatchParts,
  now: Standing,
  way: string | undefined,
  reference: string,
): Promise<Current> {
  const { flow, citizen } = now;
  if (!citizen) throw new Error('nobody is identified yet');
  if (flow.unfreezing !== true)
    return bind(frozenStep, undefined, flow, (answer): Progress =>
      answer === 'open' ? { is: 'flow', flow: { ...flow, unfreezing: true } } : BLOCKED,
    );
  // Freezing ended the sessions: what was shown before that instant shows nothing about who is here now.
  const since = citizen.sessionsNotBefore;
  const [documents, pseudonym] = await Promise.all([
    parts.citizens.documents(citizen.id),
    parts.citizens.pseudonym(citizen.id),
  ]);
  if (documents.length > 0 || pseudonym !== undefined)
    return bind(parts.proofing.step, { citizenId: citizen.id, wanted: REAL_PERSON, since }, flow, (proved) =>
      proved.is === 'start_over' ? { is: 'flow', flow: {} } : open(parts, now, 'proof', reference),
    );
  return unproven(parts, now, since, way, reference);
}

function unproven(
  parts: DispatchParts,
  now: Standing,
  since: Date,
  way: string | undefined,
  reference: string,
): Current | Promise<Current> {
  const { flow, situation } = now;
  const at = parts.clock.now();
  const until = addSeconds(since, parts.unprovenWaitSeconds);
  if (until > at) return bind(waitStep(until, at), undefined, flow, () => BLOCKED);
  if (aalOf(amrOf(situation)) < 2)
    return authenticate(parts, { ...now, next: { is: 'authenticate', aal: 2, why: 'change' } }, way);
  return bind(confirmStep, undefined, flow, () => open(parts, now, 'factors', reference));
}

async function open(
  parts: DispatchParts,
  now: Standing,
  by: 'proof' | 'factors',
  reference: string,
): Promise<Progress> {
  const citizenId = who(now);
  const opened = await parts.audit.change(async (tx) => {
    if (!(await parts.citizens.unfreeze(tx, citizenId))) return false;
    const actor = `citizen:${citizenId}`;
    tx.record({ type: 'citizen.unfrozen', data: { by }, citizenId, actor, reference });
    return true;
  });
  if (opened) await tellHolder(parts, citizenId, M.text(TOLD_IN, 'notice.unfrozen'));
  const { unfreezing: _, ...flow } = forget(now.flow, parts.proofing.step.id);
  return { is: 'flow', flow };
}
