// The counter as an authority: an officer reads the chip and compares the face, a second one approves (identity level
// 4). Nothing is asked outside: the answer is what stands in the submission.
import type { Clock } from '../../../platform/base/clock.ts';
import type { Sealer } from '../../../platform/crypto/seal.ts';
import type { Postgres } from '../../../platform/store/postgres.ts';
import type { Authority, ClaimedDocument, Details, Finding, VouchedDocument } from '../../authority.ts';
import { foldName } from '../../documents/name.ts';
import type { Facts } from './input.ts';
import * as store from './store.ts';
import { DOCUMENT_PLACE } from './submissions.ts';

export interface CounterAuthorityParts {
  readonly postgres: Postgres;
  readonly sealer: Sealer;
  readonly clock: Clock;
  /** Seconds for which what it proved holds. */
  readonly validitySeconds: number;
}

/** `pending` until a second officer has decided; what they decided stays the answer. */
export function createCounterAuthority(parts: CounterAuthorityParts): Authority {
  return {
    id: 'counter',
    reaches: 4,
    method: 'counter.chip_and_officers',
    // Any document, and none has to be named before: the officer reads the one that the citizen brings.
    covers: [],
    beside: [],
    leads: true,
    collect: { by: 'ticket' },
    validitySeconds: parts.validitySeconds,
    words: {
      way: { 'zh-CN': '到柜台办理', en: 'At a service counter' },
      needs: {
        'zh-CN': '带证件原件到政务服务大厅，工作人员当面核对。不满 14 岁的要有监护人陪同。',
        en: 'Take your document to a service counter. Staff check it with you there. Children under 14 come with a guardian.',
      },
      recipient: { 'zh-CN': '政务服务大厅的工作人员', en: 'the staff of the service counter' },
    },
    async examine({ document, about }, requestId) {
      if (!about) throw new Error('the counter is asked about a case');
      const row = await store.standing(parts.postgres, about.citizenId, about.caseId);
      const unasked = {
        is: 'pending',
        transaction: `not-asked:${requestId}`,
        at: parts.clock.now(),
      } as const;
      return row ? found(row, document, parts) : unasked;
    },
  };
}

/** What speaks against a document counts before what speaks for it. */
export function meaning(
  facts: Facts,
): 'match' | 'deceased' | 'document_lost' | 'document_expired' | 'unusable' {
  if (facts.deceased) return 'deceased';
  if (facts.reportedLost) return 'document_lost';
  if (facts.documentExpired) return 'document_expired';
  return facts.chipRead && facts.faceCompared ? 'match' : 'unusable';
}

function found(
  row: store.SubmissionRow,
  claimed: ClaimedDocument | undefined,
  { sealer }: CounterAuthorityParts,
): Finding {
  const answered = { transaction: row.id, at: row.decidedAt ?? row.createdAt };
  const details = detailsOf(row);
  if (row.state === 'rejected')
    return { is: 'mismatch', ...answered, details: { ...details, reason: row.reason ?? 'none' } };
  if (row.state !== 'approved') return { is: 'pending', ...answered };
  // Erased: the case did not come for it while it was kept.
  if (!row.documentSealed) return { is: 'expired', ...answered, details };
  const document = JSON.parse(sealer.open(row.documentSealed, DOCUMENT_PLACE, row.id)) as VouchedDocument;
  if (claimed && !same(claimed, document))
    return { is: 'mismatch', ...answered, details: { ...details, reason: 'other_document' } };
  const is = meaning(row.facts);
  if (is !== 'match') return { is, ...answered, details, vouched: () => document };
  const guardian = row.facts.guardian ? ({ guardian: true } as const) : {};
  return { is, ...answered, details, vouched: () => document, ...guardian };
}

const same = (claimed: ClaimedDocument, seen: ClaimedDocument): boolean =>
  claimed.kind === seen.kind &&
  claimed.number === seen.number &&
  foldName(claimed.name) === foldName(seen.name);

const word = (fact: boolean): string => (fact ? 'yes' : 'no');

function detailsOf({ office, terminal, officer, approver, facts }: store.SubmissionRow): Details {
  return {
    office,
    terminal,
    officer,
    ...(approver === null ? {} : { approver }),
    chip_read: word(facts.chipRead),
    face_compared: word(facts.faceCompared),
  };
}
