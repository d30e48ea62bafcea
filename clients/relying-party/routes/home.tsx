// The home page: what the service is, or who is signed in and what was received.
import type Router from '@koa/router';
import type { Language, RelyingParty } from '../party.ts';
import type { SignedIn, Visit } from '../visits.ts';
import { meaningOf } from '../words/levels.ts';
import { CLAIMS, METHODS, VALUES } from '../words/messages.ts';
import { MatterForm } from './matter.tsx';
import { sendPage, type Text } from './page.tsx';
import { visitOf } from './request.ts';

/** GET / for people, GET /session.json for scripts. */
export function homeRoutes(router: Router, party: RelyingParty): void {
  router.get('/', (ctx) => {
    const visit = visitOf(ctx, party);
    const signedIn = visit?.signedIn;
    sendPage(ctx, party, {
      body: (language, text) =>
        visit && signedIn ? (
          <SignedInHome {...{ party, visit, signedIn, language, text }} />
        ) : (
          <SignedOutHome {...{ party, language, text }} />
        ),
    });
  });

  router.get('/session.json', (ctx) => {
    const signedIn = visitOf(ctx, party)?.signedIn;
    ctx.set('Cache-Control', 'no-store');
    if (!signedIn) ctx.body = { signed_in: false };
    else {
      const { sub, acr, amr, claims, at } = signedIn;
      ctx.body = { signed_in: true, sub, acr, amr, claims, at: at.toISOString() };
    }
  });
}

interface Parts {
  readonly party: RelyingParty;
  readonly language: Language;
  readonly text: Text;
}

function SignedOutHome({ party, language, text }: Parts) {
  return (
    <>
      <h1>{party.words.name[language]}</h1>
      <p class="lead">{party.words.lead[language]}</p>
      <p class="actions">
        <a class="button" id="sign-in" href="/login">
          {text('signIn')}
        </a>
      </p>
      <h2>{text('offersLater')}</h2>
      <Offers {...{ party, language }} />
    </>
  );
}

function Offers({ party, language }: { readonly party: RelyingParty; readonly language: Language }) {
  return (
    <ul class="offers">
      {party.words.offers[language].map((offer) => (
        <li key={offer}>{offer}</li>
      ))}
    </ul>
  );
}

function SignedInHome(parts: Parts & { readonly visit: Visit; readonly signedIn: SignedIn }) {
  const { party, visit, signedIn, language, text } = parts;
  const name = typeof signedIn.claims['name'] === 'string' ? signedIn.claims['name'] : text('citizen');
  return (
    <>
      <h1 id="signed-in">
        {text('welcome')}
        <span id="name">{name}</span>
      </h1>
      <form class="actions" method="post" action="/logout">
        <input type="hidden" name="token" value={visit.formToken} />
        <button type="submit" id="sign-out">
          {text('signOut')}
        </button>
      </form>
      <h2>{text('offers')}</h2>
      <Offers {...{ party, language }} />
      {party.matter && <MatterForm matter={party.matter} {...{ visit, language }} />}
      <h2>{text('received')}</h2>
      <Received {...{ claims: signedIn.claims, language, text }} />
      <Facts {...{ signedIn, language, text }} />
    </>
  );
}

function Received(parts: {
  readonly claims: SignedIn['claims'];
  readonly language: Language;
  readonly text: Text;
}) {
  const { claims, language, text } = parts;
  const shown = Object.keys(CLAIMS).filter((claim) => claims[claim] !== undefined);
  if (shown.length === 0) return <p>{text('nothingReceived')}</p>;
  return (
    <dl id="claims">
      {shown.map((claim) => (
        <div key={claim}>
          <dt>{CLAIMS[claim]?.[language]}</dt>
          <dd data-claim={claim}>{valueOf(claims[claim], language, text)}</dd>
        </div>
      ))}
    </dl>
  );
}

function valueOf(value: unknown, language: Language, text: Text): string {
  if (typeof value === 'boolean') return text(value ? 'yes' : 'no');
  if (typeof value === 'string') return VALUES[value]?.[language] ?? value;
  return JSON.stringify(value);
}

function Facts(parts: { readonly signedIn: SignedIn; readonly language: Language; readonly text: Text }) {
  const { signedIn, language, text } = parts;
  const zone = { timeZone: 'Asia/Shanghai', dateStyle: 'medium', timeStyle: 'medium' } as const;
  const methods = signedIn.amr.map((method) => METHODS[method]?.[language] ?? method);
  const separator = language === 'en' ? ', ' : '、';
  return (
    <dl class="facts">
      <div>
        <dt>{text('level')}</dt>
        <dd>
          {meaningOf(signedIn.acr)[language]} <code id="acr">{signedIn.acr}</code>
        </dd>
      </div>
      <div>
        <dt>{text('methods')}</dt>
        <dd>{methods.join(separator)}</dd>
      </div>
      <div>
        <dt>{text('subject')}</dt>
        <dd>
          <code id="sub">{signedIn.sub}</code>
        </dd>
      </div>
      <div>
        <dt>{text('since')}</dt>
        <dd>
          <time dateTime={signedIn.at.toISOString()}>
            {new Intl.DateTimeFormat(language, zone).format(signedIn.at)}
          </time>
        </dd>
      </div>
    </dl>
  );
}
