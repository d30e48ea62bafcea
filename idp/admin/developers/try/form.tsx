// The form that begins a tried login.
import type { VNode } from 'preact';
import { LADDER } from '../../../assurance/assurance.ts';
import type { Locale } from '../../../platform/i18n/messages.ts';
import { REHEARSALS, type Client } from '../../../registry/registry.ts';
import { clientAddress } from '../own.ts';
import { M } from './messages.ts';

interface Props {
  readonly locale: Locale;
  readonly client: Client;
  readonly hidden: VNode;
}

export function TryForm({ locale, client, hidden }: Props): VNode {
  return (
    <section class="card" id="try" aria-labelledby="trying">
      <header>
        <h2 id="trying">{M.text(locale, 'form.title')}</h2>
        <p>{M.text(locale, 'form.lead')}</p>
      </header>
      <form class="in" method="post" action={clientAddress(client.clientId, '/try')}>
        {hidden}
        <div class="half">
          <div class="fld">
            <label for="who">{M.text(locale, 'form.who')}</label>
            <select id="who" name="who">
              <option value="other">{M.text(locale, 'form.other')}</option>
              <option value="me">{M.text(locale, 'form.me')}</option>
            </select>
          </div>
          <div class="fld">
            <label for="level">{M.text(locale, 'form.level')}</label>
            <select id="level" name="acr">
              <option value="">{M.text(locale, 'form.level_none')}</option>
              {LADDER.map(({ acr, level }) => (
                <option key={level} value={acr}>
                  {level}
                </option>
              ))}
            </select>
          </div>
          <div class="fld">
            <label for="rehearsal">{M.text(locale, 'form.rehearse')}</label>
            <select id="rehearsal" name="rehearse">
              <option value="">{M.text(locale, 'form.rehearse_none')}</option>
              {Object.keys(REHEARSALS).map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          </div>
        </div>
        <button class="btn p" type="submit">
          {M.text(locale, 'form.button')}
        </button>
      </form>
    </section>
  );
}
