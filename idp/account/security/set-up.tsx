// Hosts the set-up step of a factor: shows it, keeps what it remembers, and carries out what it ends in.
import type { Enrolment, EnrolState, Factor } from '../../factors/factors.ts';
import { TOLD_IN, type CitizenId, type Phone } from '../../citizens/citizens.ts';
import { aalOf } from '../../assurance/assurance.ts';
import type { SignedIn } from '../../oidc/oidc.ts';
import { Fault } from '../../platform/base/errors.ts';
import { readForm } from '../../platform/http/body.ts';
import { hiddenCsrf } from '../../platform/http/guards.ts';
import type { Form, Frame, Problem, Step, StepContext } from '../../platform/http/step.ts';
import { ErrorSummary } from '../../platform/ui/error-summary.tsx';
import { LinkButton } from '../../platform/ui/form.tsx';
import { draw, seeOther, type AccountParts, type Context } from '../frame.tsx';
import { carryOut } from './changes.ts';
import { M } from './messages.ts';
import { Again } from './pages.tsx';
import { flowOf, type Records } from './record.ts';

export interface SetUpParts extends AccountParts {
  readonly records: Records;
}

interface Visit {
  readonly factor: Factor;
  readonly step: Step<EnrolState, Enrolment>;
  readonly at: string;
  readonly context: StepContext<EnrolState>;
}

async function visit(parts: SetUpParts, ctx: Context, who: SignedIn): Promise<Visit> {
  const factor = parts.factors.byId(String(ctx['params'].factor));
  const { locale, address, browser, device } = ctx.state;
  if (!factor?.enrol || !factor.account) throw new Fault('not_found');
  const held = await factor.account.list(who.citizenId, locale, parts.clock.now());
  if (factor.account.add(locale, held) === undefined) throw new Fault('not_found');
  const flow = flowOf(who, browser, factor.id);
  const at = `/account/security/add/${factor.id}`;
  const [scratch, attributes] = await Promise.all([
    parts.records.load(flow),
    parts.citizens.attributes(who.citizenId),
  ]);
  return {
    factor,
    step: factor.enrol,
    at,
    context: {
      state: {
        citizenId: who.citizenId,
        phone: attributes.phone?.reveal() as Phone | undefined,
        aal: aalOf(who.amr),
      },
      scratch: scratch ?? undefined,
      locale,
      flow,
      address,
      device,
      service: undefined,
      now: parts.clock.now(),
      here: new URL(at, parts.issuer).href,
    },
  };
}

/** `?restart` is a step's own link to its first screen. */
export async function showSetUp(parts: SetUpParts, ctx: Context, who: SignedIn): Promise<void> {
  const visited = await visit(parts, ctx, who);
  if (ctx.query['restart'] !== undefined) {
    await parts.records.forget(visited.context.flow);
    return seeOther(ctx, visited.at);
  }
  return drawStep(parts, ctx, visited, [], {});
}

export async function submitSetUp(parts: SetUpParts, ctx: Context, who: SignedIn): Promise<void> {
  const form = await readForm(ctx);
  const visited = await visit(parts, ctx, who);
  const { step, context, at } = visited;
  const submitted = await submitTo(visited, form);
  if (submitted.is === 'done') return finish(parts, ctx, visited, submitted.value);
  if (submitted.scratch !== undefined) await parts.records.save(context.flow, submitted.scratch);
  if (submitted.is === 'next') return seeOther(ctx, at);
  const forgotten = new Set(['password', 'code', '_csrf', ...(submitted.forget ?? [])]);
  const values = Object.fromEntries(Object.entries(form).filter(([name]) => !forgotten.has(name)));
  const scratch = submitted.scratch === undefined ? context.scratch : (submitted.scratch ?? undefined);
  const again = { ...visited, step, context: { ...context, scratch } };
  return drawStep(parts, ctx, again, submitted.problems, values);
}

/** A refusal with a page of its own leads back to this one. */
async function submitTo({ step, context, at }: Visit, form: Form) {
  try {
    return await step.submit(context, form);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw new Fault(error.code, { onward: at, ...error.detail });
  }
}

async function finish(
  parts: SetUpParts,
  ctx: Context,
  { factor, context }: Visit,
  enrolment: Enrolment,
): Promise<void> {
  const { locale } = ctx.state;
  const citizenId = context.state.citizenId as CitizenId;
  const account = factor.account;
  if (!account) throw new Error(`${factor.id} has no place in the account centre`);
  const held = await account.list(citizenId, locale, parts.clock.now());
  const act = account.add(TOLD_IN, held) ?? factor.label(TOLD_IN);
  await carryOut(parts, {
    citizenId,
    what: M.text(TOLD_IN, 'what', { heading: account.heading(TOLD_IN), act }),
    endsSessions: enrolment.replaces === true,
    async write(tx) {
      await enrolment.write(tx, citizenId);
      return true;
    },
  });
  await parts.records.forget(context.flow);
  seeOther(ctx, enrolment.replaces === true ? '/account/changed' : '/account/security?done=yes');
}

async function drawStep(
  parts: SetUpParts,
  ctx: Context,
  { step, context, at }: Visit,
  problems: readonly Problem[],
  values: Form,
): Promise<void> {
  const { locale } = ctx.state;
  const screen = await step.show(context);
  const frame: Frame = {
    locale,
    action: at,
    hidden: hiddenCsrf(ctx),
    problems,
    values,
    link: (query) => `${at}?${new URLSearchParams(query).toString()}`,
    beside: (
      <LinkButton href="/account/security" kind="second">
        {M.text(locale, 'cancel')}
      </LinkButton>
    ),
  };
  ctx.status = problems.length > 0 ? 422 : (screen.status ?? 200);
  draw(parts, ctx, {
    current: 'security',
    title: screen.title,
    hasProblems: problems.length > 0,
    at,
    children: (
      <>
        {problems.length > 0 && <ErrorSummary locale={locale} problems={problems} />}
        {ctx.query['again'] === 'yes' && problems.length === 0 && <Again locale={locale} />}
        {screen.body(frame)}
      </>
    ),
  });
}
