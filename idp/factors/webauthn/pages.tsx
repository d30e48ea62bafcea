// The pages of passkeys: signing in, confirming, setting one up. A browser does the rest by script, so each says what
// else there is where it does not; the script hides that and shows the button.
import type { VNode } from 'preact';
import type { Frame, Screen } from '../../platform/http/step.ts';
import type { Locale } from '../../platform/i18n/messages.ts';
import { Buttons, HiddenField } from '../../platform/ui/form.tsx';
import { Details, Disc } from '../../platform/ui/parts.tsx';
import type { AmbientFrame } from '../factors.ts';
import { PASSKEY_SCRIPT } from './browser/asset.ts';
import { M } from './messages.ts';

interface CeremonyProps {
  readonly locale: Locale;
  readonly frame: Pick<Frame, 'action' | 'hidden' | 'beside'>;
  readonly ceremony: 'get' | 'create';
  /** As the browser takes them; they reveal no account. */
  readonly options: object;
  readonly button: string;
  readonly unable?: string;
  /** Quietly part of another way's page: nothing to see until the script shows it. */
  readonly ambient?: boolean;
}

/** The form that carries what the browser made. `role=status` is there before anything is said in it. */
function Ceremony(props: CeremonyProps): VNode {
  const { locale, frame, ceremony, options, button, unable, ambient = false } = props;
  return (
    <>
      <form
        method="post"
        action={frame.action}
        noValidate
        hidden={ambient}
        data-passkey={ceremony}
        data-options={JSON.stringify(options)}
        data-cancelled={M.text(locale, 'cancelled')}
        data-already={M.text(locale, 'already')}
      >
        {frame.hidden}
        <HiddenField name="credential" value="" />
        {unable !== undefined && <p data-unable>{unable}</p>}
        <Buttons>
          <button class={ambient ? 'button second' : 'button'} type="submit" hidden>
            {button}
          </button>
          {frame.beside}
        </Buttons>
        <p class="hint" role="status" />
      </form>
      <script defer src={PASSKEY_SCRIPT.path} />
    </>
  );
}

/** A tab of its own. */
export function signInScreen(locale: Locale, options: object): Screen {
  return {
    title: M.text(locale, 'signin'),
    body: (frame) => (
      <>
        <h1>{M.text(locale, 'signin')}</h1>
        {frame.lead}
        <p>{M.text(locale, 'hint')}</p>
        <Ceremony
          {...{ locale, frame, options }}
          ceremony="get"
          button={M.text(locale, 'use')}
          unable={M.text(locale, 'unable')}
        />
      </>
    ),
  };
}

/** Without options only what tells us that this browser could hold a passkey. */
export function ambientForm({ locale, ...frame }: AmbientFrame, options: object | undefined): VNode {
  if (options === undefined) return <script defer src={PASSKEY_SCRIPT.path} />;
  return <Ceremony {...{ locale, frame, options }} ceremony="get" button={M.text(locale, 'use')} ambient />;
}

export function confirmScreen(locale: Locale, options: object): Screen {
  return {
    title: M.text(locale, 'confirm_title'),
    body: (frame) => (
      <>
        <Disc icon="fingerprint" tone="brand" />
        <h1>{M.text(locale, 'confirm_title')}</h1>
        {frame.lead}
        <Ceremony
          {...{ locale, frame, options }}
          ceremony="get"
          button={M.text(locale, 'confirm')}
          unable={M.text(locale, 'confirm_unable')}
        />
      </>
    ),
  };
}

export function offerScreen(locale: Locale, options: object): Screen {
  return {
    title: M.text(locale, 'offer_title'),
    body: (frame) => (
      <>
        <Disc icon="fingerprint" tone="brand" />
        <h1>{M.text(locale, 'offer_title')}</h1>
        <p>{M.text(locale, 'offer')}</p>
        <p>{M.text(locale, 'offer_shared')}</p>
        <Ceremony
          {...{ locale, frame, options }}
          ceremony="create"
          button={M.text(locale, 'set_up')}
          unable={M.text(locale, 'offer_unable')}
        />
        <Details summary={M.text(locale, 'what')}>
          <p>{M.text(locale, 'what_body')}</p>
        </Details>
      </>
    ),
  };
}
