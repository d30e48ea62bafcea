// Cases and evidence as records of a citizen. That someone was proven outlives the account; who it was does not.
import type { CodeWords, Records } from '../../audit/audit.ts';
import { shanghaiTime } from '../../platform/base/calendar.ts';
import type { Sealer } from '../../platform/crypto/seal.ts';
import type { Json } from '../../platform/store/ephemeral.ts';
import type { Postgres } from '../../platform/store/postgres.ts';
import type { Authority } from '../authority.ts';
import { openClaim } from '../cases/claim.ts';
import type { Evidence } from '../cases/evidence.ts';
import type { CitizenId } from '../../citizens/citizens.ts';
import { outcomeOf } from '../reason.ts';
import type { ProofingSettings } from '../settings.ts';
import { evidenceOf } from '../store.ts';
import * as store from './store.ts';

export interface ProofingRecordsParts {
  readonly postgres: Postgres;
  readonly sealer: Sealer;
  readonly authorities: readonly Authority[];
  readonly settings: Pick<ProofingSettings, 'keepCasesDays' | 'keepEvidenceDays'>;
}

export function proofingRecords(parts: ProofingRecordsParts): Records {
  const { postgres, sealer } = parts;
  return {
    name: 'proofs',
    rules: rules(parts),
    words: wordsOf(parts.authorities),
    async exportOf(id) {
      const [cases, evidence] = await Promise.all([
        store.casesOf(postgres, id),
        evidenceOf(postgres, id as CitizenId),
      ]);
      return { checks: cases.map((row) => toldCase(sealer, row)), evidence: evidence.map(toldEvidence) };
    },
    async erase(tx, id, at) {
      await store.dropClaims(tx, id);
      await store.markClosed(tx, id, at);
    },
  };
}

/** An authority brings its own words. */
const wordsOf = (authorities: readonly Authority[]): CodeWords =>
  Object.fromEntries(
    authorities.flatMap(({ id, method, words }) => [
      [`authority.${id}`, words.recipient],
      [`method.${method}`, words.way],
    ]),
  );

const rules = ({ postgres, settings }: ProofingRecordsParts): Records['rules'] => [
  {
    table: 'proofing.case',
    keeps: 'undecided as long as the account; decided, without name and number, a while after the decision',
    why: 'questions about a refusal come within months; network logs at least 6 months (Cybersecurity Law), then minimum (PIPL 19)',
    removal: {
      days: settings.keepCasesDays,
      due: (before) => store.countCases(postgres, before),
      remove: store.removeCases,
    },
  },
  {
    table: 'proofing.evidence',
    keeps:
      'method, authority and time as long as the account, and a while after its closing; no name, no number',
    why: 'shows that a past transaction rested on a real check: at least 3 years, the limitation of claims (Civil Code 188)',
    removal: {
      days: settings.keepEvidenceDays,
      due: (before) => store.countEvidence(postgres, before),
      remove: store.removeEvidence,
    },
  },
  {
    table: 'proofing.probe',
    keeps:
      'that an account failed with a number, as a keyed digest, for a day; also when the account is closed',
    why: 'many accounts at one number are somebody’s guessing, and closing them must not hide it (PIPL 13, 51)',
    removal: {
      days: 1,
      due: (before) => store.countProbes(postgres, before),
      remove: store.removeProbes,
    },
  },
];

/**
 * How it ended in the same few words as everywhere. What an authority answered is not told: whoever claims another
 * person's name and number would read in their own copy what a register says of that person.
 */
function toldCase(sealer: Sealer, row: store.KeptCase): Json {
  const { id, ticketSealed } = row;
  return {
    opened_at: shanghaiTime(row.createdAt),
    changed_at: shanghaiTime(row.updatedAt),
    way: row.way,
    kind: row.documentKind,
    level_wanted: row.wanted,
    outcome: outcomeOf(row),
    counter_number: ticketSealed && sealer.open(ticketSealed, 'proofing.case.ticket', id),
    claimed: row.moreSealed && toldClaim(sealer, row),
  };
}

function toldClaim(sealer: Sealer, row: store.KeptCase): Json {
  const { document, fields, pseudonym } = openClaim(sealer, row);
  const { name, number, birthdate, gender } = document ?? {};
  return { name, number, birthdate, gender, pseudonym, facts: toldFacts(fields) };
}

/** Closed words of an authority, and what it asked for: each authority has its own, so they are told as they are. */
const toldFacts = (facts: Readonly<Record<string, string>> | undefined): readonly string[] | undefined => {
  const told = Object.entries(facts ?? {}).map(([name, value]) => `${name}: ${value}`);
  return told.length > 0 ? told : undefined;
};

function toldEvidence(fact: Evidence): Json {
  const { method, authority, transaction, at, ial, expiresAt, document, details } = fact;
  return {
    method,
    authority,
    authority_reference: transaction,
    at: shanghaiTime(at),
    level: ial,
    until: expiresAt && shanghaiTime(expiresAt),
    kind: document,
    facts: toldFacts(details),
  };
}
