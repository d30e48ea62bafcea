// What this service will receive: the real values, masked, with the purpose of each; required and optional apart.
// Personal Information Protection Law 14, 17, 23: informed, per recipient and purpose, and as easy to refuse.
import type { VNode } from 'preact';
import { documentTitle, type Attributes, type Citizen } from '../../citizens/citizens.ts';
import { claimValues, type ClaimName, type ConsentAsk } from '../../oidc/oidc.ts';
import type { Form, Frame, Step } from '../../platform/http/step.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import { Button, fieldId, HiddenField, PostForm } from '../../platform/ui/form.tsx';
import { Details, Icon } from '../../platform/ui/parts.tsx';
import type { ProofingReason } from '../../proofing/proofing.ts';
import type { Client } from '../../registry/registry.ts';
import { M } from '../messages.ts';

export interface ConsentState {
  readonly client: Client;
  readonly ask: ConsentAsk;
  readonly citizen: Citizen;
  readonly attributes: Attributes;
  /** How the proof stands, when the service asks for that. */
  readonly proofing: ProofingReason | undefined;
  /** Ages are of today. */
  readonly now: Date;
}

export type ConsentDone =
  { readonly is: 'agreed'; readonly refused: readonly string[] } | { readonly is: 'denied' };

const isClaim = (claim: string): claim is ClaimName => `claim.${claim}` in M.texts['zh-CN'];

/** What the service would see, with the middle hidden: enough to recognise, too little to read over a shoulder. */
export function shownValue(claim: string, state: ConsentState, locale: Locale): string {
  const { citizen, attributes, now } = state;
  // Network identity proves a person without telling who it is, and not every document tells a birth date.
  const missing = M.text(locale, citizen.ial > 0 ? 'value.none' : 'value.later');
  const values = claimValues(citizen, attributes, now);
  const value = values[claim as ClaimName];
  switch (claim) {
    case 'name':
      return attributes.name ? String(attributes.name) : missing;
    case 'birthdate':
      return attributes.birthdate === undefined ? missing : `${attributes.birthdate.slice(0, 4)}-**-**`;
    case 'gender':
      return attributes.gender === undefined ? missing : M.text(locale, `value.${attributes.gender}`);
    case 'realname_verified':
      return M.text(locale, values.realname_verified === true ? 'value.verified' : 'value.unverified');
    case 'phone_number':
      return attributes.phone ? String(attributes.phone) : M.text(locale, 'value.none');
    case 'id_number_masked':
    case 'id_number':
      return attributes.documentNumber ? String(attributes.documentNumber) : missing;
    case 'id_number_match':
      return attributes.documentNumber ? M.text(locale, 'value.yes_or_no') : missing;
    case 'id_type':
      return attributes.documentKind ? documentTitle(locale, attributes.documentKind) : missing;
    case 'proofing_status':
      return M.text(locale, `proofing.${state.proofing ?? 'none'}`);
    case 'verified_claims':
      return citizen.ial > 0 ? '' : missing;
    default:
      if (typeof value === 'boolean') return M.text(locale, value ? 'value.yes' : 'value.no');
      return value ?? missing;
  }
}

function Purpose({
  state,
  claim,
  locale,
  id,
}: {
  state: ConsentState;
  claim: string;
  locale: Locale;
  id?: string;
}): VNode {
  const purpose = state.client.claims[claim]?.purpose[locale] ?? '';
  return (
    <p class="hint" {...(id === undefined ? {} : { id })}>
      {M.text(locale, 'consent.purpose', { purpose })}
    </p>
  );
}

function labelOf(claim: string, locale: Locale): string {
  return isClaim(claim) ? M.text(locale, `claim.${claim}` as 'claim.name') : claim;
}

function Required({ state, locale }: { state: ConsentState; locale: Locale }): VNode {
  return (
    <>
      <h2>{M.text(locale, 'consent.required')}</h2>
      <ul class="share">
        {state.ask.required.map((claim) => (
          <li class="fact" key={claim}>
            <Icon name="check" />
            <p class="row">
              <span>{labelOf(claim, locale)}</span> <b>{shownValue(claim, state, locale)}</b>
            </p>
            <Purpose state={state} claim={claim} locale={locale} />
          </li>
        ))}
      </ul>
    </>
  );
}

/** Nothing is ticked beforehand; what was ticked stays so when the page comes back with a complaint. */
function Choices({
  claims,
  state,
  frame,
}: {
  claims: readonly string[];
  state: ConsentState;
  frame: Frame;
}): VNode {
  const { locale } = frame;
  return (
    <ul class="share">
      {claims.map((claim) => (
        <li class="choice" key={claim}>
          <input
            type="checkbox"
            id={fieldId(`share_${claim}`)}
            name={`share_${claim}`}
            value="yes"
            checked={frame.values[`share_${claim}`] === 'yes'}
            aria-describedby={`why-${claim}`}
          />
          <div class="row">
            <label for={fieldId(`share_${claim}`)}>{labelOf(claim, locale)}</label>{' '}
            <span class="value">{shownValue(claim, state, locale)}</span>
          </div>
          <Purpose state={state} claim={claim} locale={locale} id={`why-${claim}`} />
        </li>
      ))}
    </ul>
  );
}

function Terms({ state, frame }: { state: ConsentState; frame: Frame }): VNode {
  const { locale } = frame;
  const { required, optional, separate, offlineAccess } = state.ask;
  return (
    <div class="terms">
      {required.length > 0 && <Required state={state} locale={locale} />}
      {optional.length > 0 && (
        <>
          <h2>{M.text(locale, 'consent.optional')}</h2>
          <Choices claims={optional} state={state} frame={frame} />
        </>
      )}
      {separate.length > 0 && (
        <>
          <h2>{M.text(locale, 'consent.separate')}</h2>
          <p>{M.text(locale, 'consent.separate.lead')}</p>
          <Choices claims={separate} state={state} frame={frame} />
        </>
      )}
      {offlineAccess && <p>{M.text(locale, 'consent.offline')}</p>}
    </div>
  );
}

function Page({ state, frame }: { state: ConsentState; frame: Frame }): VNode {
  const { locale } = frame;
  const { required, optional, separate } = state.ask;
  const rows = required.length + optional.length + separate.length;
  const service = state.client.name[locale];
  return (
    <>
      <h1>{M.text(locale, 'consent.title', { service })}</h1>
      <p>{M.text(locale, rows > 0 ? 'consent.lead' : 'consent.nothing')}</p>
      <div class="decide">
        <PostForm frame={frame}>
          <HiddenField name="decision" value="allow" />
          <Terms state={state} frame={frame} />
          <Button kind="equal">{M.text(locale, 'consent.allow')}</Button>
        </PostForm>
        <PostForm frame={frame}>
          <HiddenField name="decision" value="deny" />
          <Button kind="equal">{M.text(locale, 'consent.deny')}</Button>
        </PostForm>
      </div>
      <Details summary={M.text(locale, 'consent.who')}>
        <p>{M.text(locale, 'consent.who.body', { unit: state.client.unitName[locale] })}</p>
      </Details>
    </>
  );
}

export const consentStep: Step<ConsentState, ConsentDone> = {
  id: 'consent',
  show: ({ state, locale }) =>
    Promise.resolve({
      title: M.text(locale, 'consent.title', { service: state.client.name[locale] }),
      body: (frame) => <Page state={state} frame={frame} />,
    }),
  submit: ({ state, locale }, form: Form) => {
    if (form['decision'] !== 'allow') return Promise.resolve({ is: 'done', value: { is: 'denied' } });
    const { optional, separate } = state.ask;
    const refused = [...optional, ...separate].filter((claim) => form[`share_${claim}`] !== 'yes');
    // What the service cannot do without is still never agreed to in one press with the rest.
    const missing = separate.filter(
      (claim) => refused.includes(claim) && state.client.claims[claim]?.required === true,
    );
    if (missing.length === 0) return Promise.resolve({ is: 'done', value: { is: 'agreed', refused } });
    const problems = missing.map((claim) => ({
      field: `share_${claim}`,
      text: M.text(locale, 'consent.separate.missing', { claim: labelOf(claim, locale) }),
    }));
    return Promise.resolve({ is: 'again', problems });
  },
};
