// Proofing over real PostgreSQL, asking the real stand-ins; and a browser that sends forms to the step.
import { renderToString } from 'preact-render-to-string';
import { Fragment, h } from 'preact';
import { createCitizens, type CitizenId, type Citizens, type Phone } from '../../idp/citizens/citizens.ts';
import type { Ial } from '../../idp/assurance/assurance.ts';
import { createLimits } from '../../idp/platform/limits/limits.ts';
import { createPostgresEphemeral } from '../../idp/platform/store/ephemeral-postgres.ts';
import type { Json } from '../../idp/platform/store/ephemeral.ts';
import type { Form, Frame, Problem, StepContext, Submitted } from '../../idp/platform/http/step.ts';
import type { Locale } from '../../idp/platform/i18n/messages.ts';
import {
  createMobileOperator,
  createPopulationRegister,
  createProofing,
  type Authority,
  type Proofing,
  type Proved,
  type ProveState,
} from '../../idp/proofing/proofing.ts';
import type { TextMessage } from '../../idp/platform/notify/notify.ts';
import type { Feature } from '../../idp/platform/http/feature.ts';
import { PERSONAS, type Persona } from '../../idp/sandbox/sandbox.ts';
import { auditFixture, type AuditFixture } from '../audit/fixture.ts';
import { quiet, runSandbox, type Running } from '../sandbox/running.ts';
import { keyringIndex, keyringSealer } from '../support/sealer.ts';

export type Built = Proofing & { readonly feature: Feature };

export interface ProofingFixture extends AuditFixture {
  readonly citizens: Citizens;
  readonly sandbox: Running;
  readonly authorities: () => readonly Authority[];
  /** Messages that citizens got, oldest first. */
  readonly told: readonly TextMessage[];
  /** Proofing with other authorities or limits, over the same database. */
  build(changes?: { readonly authorities?: readonly Authority[]; readonly triesPerDay?: number }): Built;
  /** Makes everybody unknown and every stand-in well again. */
  forget(): Promise<void>;
  /** A new account at level 0 with this phone confirmed. */
  account(phone: string): Promise<CitizenId>;
}

export async function runJobs({ feature }: Built): Promise<void> {
  for (const job of feature.jobs ?? []) await job.run();
}

export async function proofingFixture(): Promise<ProofingFixture> {
  const base = await auditFixture(40);
  const { clock, keyring, audit, database } = base;
  const { postgres } = database;
  const sealer = keyringSealer(keyring);
  const citizens = createCitizens({ postgres, sealer, index: keyringIndex(keyring), clock });
  const sandbox = await runSandbox({ clock });
  // New ones each time, because each has a breaker of its own.
  const authorities = (): readonly Authority[] => [
    createPopulationRegister({ settings: sandbox.populationRegister, clock }),
    createMobileOperator({ settings: sandbox.mobileOperator, clock }),
  ];
  const ephemeral = createPostgresEphemeral(postgres);
  const told: TextMessage[] = [];
  const build: ProofingFixture['build'] = (changes = {}) =>
    createProofing({
      postgres,
      audit,
      citizens,
      sealer,
      index: keyringIndex(keyring),
      notify: { text: (message) => Promise.resolve(void told.push(message)) },
      limits: createLimits({ ephemeral, postgres, keyring, clock }),
      authorities: changes.authorities ?? authorities(),
      settings: {
        validity: '365d',
        triesPerDay: changes.triesPerDay ?? 5,
        keepWaiting: '7d',
        keepCasesDays: 180,
        keepEvidenceDays: 1095,
      },
      log: quiet,
      clock,
    });
  return {
    ...base,
    citizens,
    sandbox,
    authorities,
    told,
    build,
    async forget() {
      for (const table of [
        'proofing.case',
        'proofing.probe',
        'citizens.lookup',
        'citizens.likeness',
        'platform.ephemeral',
      ])
        await base.tamper(`delete from ${table}`);
      for (const standIn of ['population-register', 'mobile-operator']) await sandbox.tell(standIn, 'normal');
    },
    account: (phone) =>
      audit.change(async (tx) => {
        const registered = await citizens.register(tx, `+86${phone}` as Phone, clock.now());
        if (registered.is === 'phone_taken') throw new Error(`taken: ${phone}`);
        const { id } = registered;
        tx.record({ type: 'citizen.registered', data: { method: 'sms' }, citizenId: id, actor: 'system' });
        return id;
      }),
    close: async () => {
      await sandbox.close();
      await base.close();
    },
  };
}

export function personaOf(id: string): Persona {
  const persona = PERSONAS.find((known) => known.id === id);
  if (!persona) throw new Error(`no persona ${id}`);
  return persona;
}

/** What a persona would fill in, with the consent ticked. */
export const formOf = (id: string, changes: Form = {}): Form => ({
  name: personaOf(id).name,
  id_number: personaOf(id).id_number,
  consent: 'yes',
  ...changes,
});

export interface Visitor {
  /** Sends a form to the step and keeps what it wants to remember. */
  submit(form: Form): Promise<Submitted<Proved>>;
  /** The page as HTML. */
  page(problems?: readonly Problem[], values?: Form): Promise<string>;
  title(): Promise<string>;
}

/** One browser in one flow. The clock moves far enough that nobody rests. */
export function visitor(
  step: Proofing['step'],
  citizenId: CitizenId,
  options: { wanted?: Ial; locale?: Locale; service?: string | undefined; scratch?: Json } = {},
): Visitor {
  let scratch = options.scratch;
  const locale = options.locale ?? 'zh-CN';
  const context = (): StepContext<ProveState> => ({
    state: { citizenId, wanted: options.wanted ?? 2 },
    scratch,
    locale,
    flow: 'flow-1',
    address: '192.0.2.1',
    service: options.service,
    now: new Date(),
    device: undefined,
    here: 'http://localhost:3000/signin/flow-1',
  });
  return {
    async submit(form) {
      const submitted = await step.submit(context(), form);
      if ('scratch' in submitted && submitted.scratch !== undefined) ({ scratch } = submitted);
      return submitted;
    },
    async page(problems = [], values = {}) {
      const screen = await step.show(context());
      const hidden = h(Fragment, null, 'hidden');
      const frame: Frame = { locale, action: '/signin/x/prove', hidden, problems, values, link: () => '?' };
      return renderToString(h(Fragment, null, screen.body(frame)));
    },
    title: async () => (await step.show(context())).title,
  };
}
