// Signing out, begun here: OpenID Connect RP-Initiated Logout 1.0.
import type Router from '@koa/router';
import type { Context } from 'koa';
import * as client from 'openid-client';
import type { RelyingParty } from '../party.ts';
import type { SignedIn } from '../visits.ts';
import { refusalOf } from '../words/refusals.ts';
import { MESSAGES } from '../words/messages.ts';
import { isOurs } from './form.ts';
import { sendPage, sendRefusal } from './page.tsx';
import { endVisit, languageOf, leavingState, setLeavingState, visitOf } from './request.ts';

const RETURN = '/logged-out';

export function signOutRoutes(router: Router, party: RelyingParty): void {
  router.get('/logout', (ctx) => askFirst(ctx, party));
  router.post('/logout', async (ctx) => {
    const visit = visitOf(ctx, party);
    if (!visit?.signedIn) {
      ctx.redirect(RETURN);
      ctx.status = 303;
      return;
    }
    if (!(await isOurs(ctx, visit))) return sendRefusal(ctx, party, refusalOf('bad_form'));
    // Here first: the citizen is signed out of this service even when the provider is down.
    endVisit(ctx, party, visit);
    await leave(ctx, party, visit.signedIn);
  });

  router.get(RETURN, (ctx) => sayGoodbye(ctx, party));
}

function askFirst(ctx: Context, party: RelyingParty): void {
  const visit = visitOf(ctx, party);
  if (!visit?.signedIn) {
    ctx.redirect(RETURN);
    return;
  }
  sendPage(ctx, party, {
    title: MESSAGES.signOut[languageOf(ctx, party)],
    body: (_, text) => (
      <>
        <h1>{text('signOutQuestion')}</h1>
        <p class="lead">{text('signOutHint')}</p>
        <form class="actions" method="post" action="/logout">
          <input type="hidden" name="token" value={visit.formToken} />
          <button type="submit" id="sign-out">
            {text('signOut')}
          </button>
          <a href="/">{text('home')}</a>
        </form>
      </>
    ),
  });
}

function sayGoodbye(ctx: Context, party: RelyingParty): void {
  const state = leavingState(ctx, party);
  const everywhere = state !== undefined && state === ctx.query['state'];
  if (state !== undefined) setLeavingState(ctx, party, null);
  sendPage(ctx, party, {
    title: MESSAGES.signedOutTitle[languageOf(ctx, party)],
    body: (_, text) => (
      <>
        <h1 id="signed-out">{text('signedOutTitle')}</h1>
        <p class="lead">{text(everywhere ? 'signedOutEverywhere' : 'signedOutHere')}</p>
        <p class="actions">
          <a class="button" href="/">
            {text('home')}
          </a>
        </p>
      </>
    ),
  });
}

/** On to the provider's own sign-out; when it is down, our part is done and said. */
async function leave(ctx: Context, party: RelyingParty, signedIn: SignedIn): Promise<void> {
  let target = RETURN;
  try {
    const configuration = await party.provider.configuration();
    const state = client.randomState();
    setLeavingState(ctx, party, state);
    target = client.buildEndSessionUrl(configuration, {
      id_token_hint: signedIn.idToken,
      post_logout_redirect_uri: party.settings.origin + RETURN,
      state,
      ui_locales: languageOf(ctx, party),
    }).href;
  } catch {
    setLeavingState(ctx, party, null); // the page then claims no more than was done
  }
  ctx.redirect(target);
  ctx.status = 303;
}
