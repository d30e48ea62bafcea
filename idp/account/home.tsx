// The first page of the account centre: who I am here, how the proof of my name stands, what happened last.
import type { VNode } from 'preact';
import { LADDER, type Level } from '../assurance/assurance.ts';
import type { AuditRecord } from '../audit/audit.ts';
import { documentTitle, type Attributes, type HeldDocument } from '../citizens/citizens.ts';
import type { Locale } from '../platform/i18n/messages.ts';
import { LinkButton } from '../platform/ui/form.tsx';
import { Notice, Summary, Tag, type SummaryRow } from '../platform/ui/parts.tsx';
import type { ProofingReason, Standing } from '../proofing/proofing.ts';
import { M } from './messages.ts';
import { Events, type PageParts } from './pages.tsx';

interface Person {
  readonly verified: boolean;
  readonly attributes: Attributes;
  readonly documents: readonly HeldDocument[];
}

export interface HomeProps extends PageParts, Person {
  readonly standing: Standing;
  readonly reason: ProofingReason;
  readonly records: readonly AuditRecord[];
  /** Service names by client id. */
  readonly names: ReadonlyMap<string, string>;
}

export function Home({ locale, now, records, names, ...shown }: HomeProps): VNode {
  const { verified, attributes, standing, reason } = shown;
  const title = attributes.name
    ? M.text(locale, 'home.hello', { name: String(attributes.name) })
    : M.text(locale, 'home.title');
  const words = proofWords(standing, reason, verified);
  return (
    <>
      <div class="hello">
        <h1>{title}</h1>
        <Tag tone={verified ? 'ok' : 'warn'}>
          {M.text(locale, verified ? 'home.verified' : 'home.unverified')}
        </Tag>
      </div>
      {words && <Proof locale={locale} words={words} standing={standing} />}
      <h2>{M.text(locale, 'home.person')}</h2>
      <Summary rows={personRows(locale, shown)} />
      <div class="head">
        <h2>{M.text(locale, 'home.recent')}</h2>{' '}
        <a href="/account/history">{M.text(locale, 'home.all_history')}</a>
      </div>
      <Events locale={locale} now={now} records={records} names={names} />
    </>
  );
}

type ProofWords = 'none' | 'failed' | 'guardian' | Extract<Standing, { is: 'waiting' }>['by'];

/** Which words say how the proof stands; undefined when nothing has to be said. */
function proofWords(standing: Standing, reason: ProofingReason, verified: boolean): ProofWords | undefined {
  if (standing.is === 'waiting') return standing.by;
  if (verified) return undefined;
  return reason === 'failed' || reason === 'guardian' ? reason : 'none';
}

interface ProofProps {
  readonly locale: Locale;
  readonly words: ProofWords;
  readonly standing: Standing;
}

function Proof({ locale, words, standing }: ProofProps): VNode {
  const href = words === 'guardian' ? '/help/counters' : `/account/verify?level=${levelOf(standing)}`;
  return (
    <Notice tone="warning" title={M.text(locale, `proof.${words}.title`)}>
      <p>{M.text(locale, `proof.${words}.body`)}</p>
      <LinkButton href={href}>{M.text(locale, `proof.${words}.go`)}</LinkButton>
    </Notice>
  );
}

/** The proving pages are reached by asking for the level that the case is about. */
function levelOf(standing: Standing): Level {
  const wanted = standing.is === 'waiting' ? standing.reaches : 2;
  return LADDER.find(({ ial }) => ial >= wanted && ial >= 2)?.level ?? 'l2';
}

function personRows(locale: Locale, { verified, attributes, documents }: Person): readonly SummaryRow[] {
  const none = M.text(locale, 'field.none');
  const { name, phone } = attributes;
  const telephone = { term: M.text(locale, 'field.phone'), value: phone ? String(phone) : none };
  if (verified && documents.length === 0)
    return [
      { term: M.text(locale, 'field.proven_by'), value: M.text(locale, 'field.network_identity') },
      telephone,
    ];
  const held = documents.map(({ kind, number }) => ({
    term: documentTitle(locale, kind),
    value: String(number),
  }));
  return [
    { term: M.text(locale, 'field.name'), value: name ? String(name) : none },
    ...(held.length > 0 ? held : [{ term: M.text(locale, 'field.document'), value: none }]),
    telephone,
  ];
}
