// What this service will receive: the real values, masked, with the purpose of each; required and optional apart.
// Personal Information Protection Law 14, 17, 23: informed, per recipient and purpose, and as easy to refuse.
import type { VNode } from 'preact';
import type { Attributes, Citizen } from '../../citizens/citizens.ts';
import type { ClaimName, ConsentAsk } from '../../oidc/oidc.ts';
import type { Form, Frame, Step } from '../../platform/http/step.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import { Button, HiddenField, PostForm } from '../../platform/ui/form.tsx';
import { Details, Icon } from '../../platform/ui/parts.tsx';
import type { Client } from '../../registry/registry.ts';
import { M } from '../messages.ts';

export interface ConsentState {
  readonly client: Client;
  readonly ask: ConsentAsk;
  readonly citizen: Citizen;
  readonly attributes: Attributes;
}

export type ConsentDone =
  { readonly is: 'agreed'; readonly refused: readonly string[] } | { readonly is: 'denied' };

const isClaim = (claim: string): claim is ClaimName => `claim.${claim}` in M.texts['zh-CN'];

/** What the service would see, with the middle hidden: enough to recognise, too little to read over a shoulder. */
export function shownValue(claim: string, { citizen, attributes }: ConsentState, locale: Locale): string {
  const later = M.text(locale, 'value.later');
  switch (claim) {
    case 'name':
      return attributes.name ? String(attributes.name) : later;
    case 'birthdate':
      return attributes.birthdate === undefined ? later : `${attributes.birthdate.slice(0, 4)}-**-**`;
    case 'gender':
      return attributes.gender === undefined ? later : M.text(locale, `value.${attributes.gender}`);
    case 'realname_verified':
      return M.text(locale, citizen.ial >= 2 ? 'value.verified' : 'value.unverified');
    case 'phone_number':
      return attributes.phone ? String(attributes.phone) : '';
    case 'id_number_masked':
      return attributes.documentNumber ? String(attributes.documentNumber) : later;
    default:
      return '';
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

/** Nothing is ticked beforehand. */
function Optional({ state, locale }: { state: ConsentState; locale: Locale }): VNode {
  return (
    <>
      <h2>{M.text(locale, 'consent.optional')}</h2>
      <ul class="share">
        {state.ask.optional.map((claim) => (
          <li class="choice" key={claim}>
            <input
              type="checkbox"
              id={`share-${claim}`}
              name={`share_${claim}`}
              value="yes"
              aria-describedby={`why-${claim}`}
            />
            <div class="row">
              <label for={`share-${claim}`}>{labelOf(claim, locale)}</label>{' '}
              <span class="value">{shownValue(claim, state, locale)}</span>
            </div>
            <Purpose state={state} claim={claim} locale={locale} id={`why-${claim}`} />
          </li>
        ))}
      </ul>
    </>
  );
}

function Page({ state, frame }: { state: ConsentState; frame: Frame }): VNode {
  const { locale } = frame;
  const { required, optional, offlineAccess } = state.ask;
  const service = state.client.name[locale];
  return (
    <>
      <h1>{M.text(locale, 'consent.title', { service })}</h1>
      <p>{M.text(locale, required.length + optional.length > 0 ? 'consent.lead' : 'consent.nothing')}</p>
      <div class="decide">
        <PostForm frame={frame}>
          <HiddenField name="decision" value="allow" />
          <div class="terms">
            {required.length > 0 && <Required state={state} locale={locale} />}
            {optional.length > 0 && <Optional state={state} locale={locale} />}
            {offlineAccess && <p>{M.text(locale, 'consent.offline')}</p>}
          </div>
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
  submit: ({ state }, form: Form) => {
    if (form['decision'] !== 'allow') return Promise.resolve({ is: 'done', value: { is: 'denied' } });
    const refused = state.ask.optional.filter((claim) => form[`share_${claim}`] !== 'yes');
    return Promise.resolve({ is: 'done', value: { is: 'agreed', refused } });
  },
};
