// What was registered, member by member, as text: addresses are no links, because whoever registered them chose them.
import type { VNode } from 'preact';
import type { Locale } from '../../platform/i18n/messages.ts';
import { ruleOf, type Given as Registered } from '../../registry/registry.ts';
import { claimName, memberName } from '../requests/words.ts';
import { M } from './messages.ts';

const CLAIMS = 'tongxing_claims';
/** What an overview does not need: the engine's own members stand in the history. */
const SHOWN: ReadonlySet<string> = new Set([
  'client_name',
  'client_name#en',
  'redirect_uris',
  'post_logout_redirect_uris',
  'backchannel_logout_uri',
  'token_endpoint_auth_method',
  'jwks_uri',
  'scope',
  'grant_types',
  'tongxing_domain',
  'tongxing_minimum_level',
]);

export function Given({ locale, given }: { locale: Locale; given: Registered }): VNode {
  const members = Object.entries(given).filter(
    ([member, value]) => SHOWN.has(member) && linesOf(value).length > 0,
  );
  const claims = Object.entries(recordOf(given[CLAIMS]));
  return (
    <dl class="sum-l">
      {members.map(([member, value]) => (
        <div key={member}>
          <dt>{memberName(locale, member)}</dt>
          <dd>
            {linesOf(value).map((line) => (
              <p key={line}>
                <code>{line}</code>
              </p>
            ))}
          </dd>
        </div>
      ))}
      {claims.length > 0 && (
        <div>
          <dt>{M.text(locale, 'client.claims')}</dt>
          <dd>
            {claims.map(([claim, grant]) => (
              <Claim key={claim} locale={locale} claim={claim} grant={recordOf(grant)} />
            ))}
          </dd>
        </div>
      )}
    </dl>
  );
}

function Claim({ locale, claim, grant }: { locale: Locale; claim: string; grant: Registered }): VNode {
  const purpose = linesOf(grant[locale === 'en' ? 'purpose#en' : 'purpose']).join(' ');
  return (
    <p>
      {claimName(locale, claim)}
      {purpose !== '' && `: ${purpose}`}{' '}
      {grant['required'] === false && <span class="q">{M.text(locale, 'claim.optional')}</span>}{' '}
      {ruleOf(claim)?.sensitivity === 'number' && (
        <span class="tag hi">{M.text(locale, 'sensitive.tag')}</span>
      )}
    </p>
  );
}

const linesOf = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? value : [value]).flatMap((one: unknown) => {
    if (typeof one === 'string') return one === '' ? [] : [one];
    return typeof one === 'number' || typeof one === 'boolean' ? [String(one)] : [];
  });

const recordOf = (value: unknown): Registered =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Registered) : {};
