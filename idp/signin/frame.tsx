// What stands around every step of a sign-in: who asks, the other ways, why something more is asked, the way out.
import type { ParameterizedContext } from 'koa';
import type { VNode } from 'preact';
import type { SigninRequest } from '../oidc/oidc.ts';
import { hiddenCsrf } from '../platform/http/guards.ts';
import { allowFormAction } from '../platform/http/headers.ts';
import type { RequestState } from '../platform/http/feature.ts';
import type { Form, Frame, Problem, Screen } from '../platform/http/step.ts';
import { ErrorSummary } from '../platform/ui/error-summary.tsx';
import { LinkButton } from '../platform/ui/form.tsx';
import { page } from '../platform/ui/layout.tsx';
import { RECOVERY, type Base, type Current, type DispatchParts } from './current.ts';
import { M } from './messages.ts';
import { M as R } from './recovery/messages.ts';
import { LostPhone } from './recovery/pages.tsx';
import { Beside, Tabs } from './steps/identify.tsx';
import { OtherWays, TrustDevice, WhatIfNot, Why } from './steps/second.tsx';

type Context = ParameterizedContext<RequestState>;

export interface FrameParts extends DispatchParts {
  /** True: the bar 测试环境 stands on every page. */
  readonly sandbox: boolean;
}

export interface Drawn {
  readonly problems: readonly Problem[];
  readonly values: Form;
}

export function addressOf(uid: string, way: string | undefined): string {
  return way === undefined ? `/signin/${uid}` : `/signin/${uid}?way=${encodeURIComponent(way)}`;
}

/** What the frame needs to know of the step on the page. */
type OnPage = Omit<Current, 'show' | 'submit'>;

const isOffer = ({ id, factor }: OnPage): boolean => factor?.enrol?.id === id;
const isFirst = ({ id, factor }: OnPage): boolean => factor?.first?.id === id;

/** What the host puts into a step's page beside the step's own words. */
function places(
  parts: FrameParts,
  found: OnPage,
  way: string | undefined,
  shown: Pick<Frame, 'locale' | 'link' | 'problems' | 'values'> & { readonly service: string },
): Pick<Frame, 'lead' | 'beside' | 'within'> {
  const { locale, link, service } = shown;
  const { factor, why } = found;
  if (found.recovery === 'begins')
    return {
      lead: <LostPhone locale={locale} />,
      beside: (
        <LinkButton href={link({})} kind="second">
          {R.text(locale, 'forgot.back')}
        </LinkButton>
      ),
    };
  if (factor && isFirst(found)) {
    const registering = way === 'register';
    const factors = parts.factors.list.filter(({ first }) => first);
    return {
      lead: <Tabs {...{ locale, factors, registering, link }} chosen={factor} />,
      beside: <Beside {...{ locale, registering, link }} />,
    };
  }
  if (isOffer(found))
    return {
      beside: (
        <LinkButton href={link({ later: '1' })} kind="second">
          {M.text(locale, 'offer.skip')}
        </LinkButton>
      ),
    };
  if (why === undefined) return {};
  const others = found.others ?? [];
  return {
    lead: <Why {...{ locale, why, service }} />,
    ...(why === 'short_password' ? { within: <TrustDevice frame={shown} /> } : {}),
    ...(others.length > 0 ? { beside: <OtherWays {...{ locale, link, others }} /> } : {}),
  };
}

function frameOf(
  parts: FrameParts,
  ctx: Context,
  request: SigninRequest,
  found: OnPage,
  way: string | undefined,
  drawn: Drawn,
): Frame {
  const { locale } = ctx.state;
  const { uid, client } = request;
  const link = (members: Readonly<Record<string, string>>): string => {
    const text = new URLSearchParams(members).toString();
    return `/signin/${uid}${text === '' ? '' : `?${text}`}`;
  };
  return {
    ...drawn,
    locale,
    link,
    action: `/signin/${uid}/${found.id}${way === undefined ? '' : `?way=${encodeURIComponent(way)}`}`,
    hidden: hiddenCsrf(ctx),
    ...places(parts, found, way, { ...drawn, locale, link, service: client.name[locale] }),
  };
}

/** What other factors put on the page of a first one: each form goes to its own factor. */
async function ambientOf(
  parts: FrameParts,
  ctx: Context,
  uid: string,
  found: OnPage,
  base: Base,
  registering: boolean,
): Promise<readonly VNode[]> {
  if (!isFirst(found)) return [];
  const state = { hint: undefined, registering };
  return Promise.all(
    parts.factors.list.flatMap(({ first, ambient }) => {
      if (!first || !ambient || first.id === found.id) return [];
      const place = { locale: base.locale, action: `/signin/${uid}/${first.id}`, hidden: hiddenCsrf(ctx) };
      return [ambient({ ...base, state, scratch: undefined }, place)];
    }),
  );
}

export interface ToDraw {
  readonly found: OnPage;
  readonly way: string | undefined;
  readonly screen: Screen;
  readonly base: Base;
  readonly drawn: Drawn;
}

/** Answers with the page of a step. */
export async function draw(
  parts: FrameParts,
  ctx: Context,
  request: SigninRequest,
  { found, way, screen, base, drawn }: ToDraw,
): Promise<void> {
  const { client, uid } = request;
  const { locale, display } = ctx.state;
  const frame = frameOf(parts, ctx, request, found, way, drawn);
  const ambient = await ambientOf(parts, ctx, uid, found, base, way === 'register');
  // Chromium applies form-action to every hop of the redirect that ends at the service.
  allowFormAction(ctx, request.returnOrigin);
  ctx.status = drawn.problems.length > 0 ? 422 : (screen.status ?? 200);
  ctx.type = 'html';
  const service = client.name[locale];
  ctx.body = page({
    locale,
    display,
    title: screen.title,
    hasProblems: drawn.problems.length > 0,
    service: {
      name: service,
      domain: client.domain,
      ...(client.logo === undefined ? {} : { logo: client.logo }),
      ...(found.id === 'leave' ? {} : { leaveHref: `/signin/${uid}/leave` }),
    },
    // From the form's own address a bare query would lead to a page that can only be posted to.
    back: screen.back?.startsWith('?') ? `/signin/${uid}${screen.back}` : screen.back,
    sandbox: parts.sandbox || client.environment === 'sandbox',
    // The address of a form can only be posted to: the language and mode links lead to the page it is on.
    currentUrl: found.id === 'leave' ? `/signin/${uid}/leave` : addressOf(uid, way),
    children: (
      <>
        {drawn.problems.length > 0 && <ErrorSummary locale={locale} problems={drawn.problems} />}
        {screen.body(frame)}
        {ambient}
        {found.recovery === 'goes_on' && (
          <p class="links">
            <a href={frame.link({ restart: RECOVERY })}>{R.text(locale, 'forgot.back')}</a>
          </p>
        )}
        {isFirst(found) && way !== 'register' && (
          <p class="links">
            <a href={frame.link({ way: RECOVERY })}>{R.text(locale, 'forgot.link')}</a>
          </p>
        )}
        {found.why && <WhatIfNot {...{ locale, service }} why={found.why} leave={`/signin/${uid}/leave`} />}
        {found.decline && !isOffer(found) && (
          <p class="links">
            <a href={frame.link({ later: '1' })}>{M.text(locale, 'decline')}</a>
          </p>
        )}
      </>
    ),
  });
}
