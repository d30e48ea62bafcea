// A matter that the service's API carries out. The API says what it lacks; the citizen is sent back to the provider for
// exactly that, once.
import type Router from '@koa/router';
import type { Context } from 'koa';
import type { Language, MatterTerms, RelyingParty } from '../party.ts';
import type { Challenge, Matter, Visit } from '../visits.ts';
import { refusalFor, refusalOf } from '../words/refusals.ts';
import { apiOf } from './api.ts';
import { depart } from './departure.ts';
import { isOurs } from './form.ts';
import { sendPage, sendRefusal } from './page.tsx';
import { visitOf } from './request.ts';

export function matterRoutes(router: Router, party: RelyingParty): void {
  const { matter } = party;
  if (!matter) return;
  router.post('/matter', async (ctx) => {
    const visit = visitOf(ctx, party);
    if (!visit?.signedIn) return sendRefusal(ctx, party, refusalOf('login_required'));
    if (!(await isOurs(ctx, visit))) return sendRefusal(ctx, party, refusalOf('bad_form'));
    try {
      await depart(ctx, party, { challenge: undefined });
    } catch (error) {
      sendRefusal(ctx, party, refusalFor(error));
    }
  });
  router.get('/matter', (ctx) => {
    const receipt = visitOf(ctx, party)?.receipts.at(-1);
    if (receipt === undefined) return sendRefusal(ctx, party, refusalOf('login_required'));
    sendPage(ctx, party, {
      body: (language, text) => (
        <>
          <h1 id="done">{matter.done[language]}</h1>
          <p class="lead">
            {text('receipt')} <code id="receipt">{receipt}</code>
          </p>
          <p class="actions">
            <a href="/">{text('home')}</a>
          </p>
        </>
      ),
    });
  });
}

/** Back with a token: the API does it, or says what it lacks. A second refusal is the citizen's choice, not a loop. */
export async function carryOut(
  ctx: Context,
  party: RelyingParty,
  matter: Matter,
  token: string,
): Promise<void> {
  const visit = visitOf(ctx, party);
  if (!visit?.signedIn) return sendRefusal(ctx, party, refusalOf('login_expired'));
  const answer = await fetch(`${apiOf(party.settings)}/matters`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(5_000),
  });
  const challenge = challengeIn(answer);
  if (challenge && matter.challenge) return sendRefusal(ctx, party, refusalOf('step_up_declined'));
  if (challenge) return depart(ctx, party, { challenge });
  if (answer.status !== 201) throw new Error(`the API answered ${answer.status}`);
  const { number } = (await answer.json()) as { number: string };
  visit.receipts.push(number);
  ctx.redirect('/matter');
  ctx.status = 303;
}

/** RFC 9470 section 3; undefined for any other answer. */
export function challengeIn(answer: Response): Challenge | undefined {
  const header = answer.headers.get('www-authenticate') ?? '';
  if (answer.status !== 401 || !header.includes('error="insufficient_user_authentication"')) return undefined;
  const parameter = (name: string): string | undefined => new RegExp(`${name}="([^"]*)"`).exec(header)?.[1];
  return { acrValues: parameter('acr_values'), maxAge: parameter('max_age') };
}

export function MatterForm(parts: {
  readonly matter: MatterTerms;
  readonly visit: Visit;
  readonly language: Language;
}) {
  return (
    <form class="actions" method="post" action="/matter">
      <input type="hidden" name="token" value={parts.visit.formToken} />
      <button type="submit" id="matter">
        {parts.matter.button[parts.language]}
      </button>
    </form>
  );
}
