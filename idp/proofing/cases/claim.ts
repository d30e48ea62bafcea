// What a citizen claims, sealed as long as the case lives and erased with the decision.
import type { DocumentNumber } from '../../citizens/citizens.ts';
import type { Sealer } from '../../platform/crypto/seal.ts';
import type { Finding, VouchedDocument } from '../authority.ts';
import type { CaseId } from '../proofing.ts';
import type { SealedClaim } from '../store.ts';

export interface Claim {
  /** Undefined where the authority needs no plaintext identity. */
  readonly document: VouchedDocument | undefined;
  /** What the leading authority's own fields brought. */
  readonly fields: Readonly<Record<string, string>>;
  /** What the leading authority calls this human being, once it said so. */
  readonly pseudonym?: string | undefined;
  /** True once the document is what an authority read itself. */
  readonly vouched?: boolean | undefined;
}

/** What is not a column of its own. */
interface More {
  readonly birthdate?: string | undefined;
  readonly gender?: 'male' | 'female' | undefined;
  readonly fields: Readonly<Record<string, string>>;
  readonly pseudonym?: string | undefined;
  readonly vouched?: boolean | undefined;
}

export function sealClaim(
  sealer: Sealer,
  id: CaseId,
  { document, fields, pseudonym, vouched }: Claim,
): SealedClaim {
  const more: More = { birthdate: document?.birthdate, gender: document?.gender, fields, pseudonym, vouched };
  return {
    documentKind: document?.kind,
    nameSealed: document && sealer.seal(document.name, 'proofing.case.name', id),
    numberSealed: document && sealer.seal(document.number, 'proofing.case.number', id),
    moreSealed: sealer.seal(JSON.stringify(more), 'proofing.case.more', id),
  };
}

/** Throws a plain Error for a decided case: its claim is gone. */
export function openClaim(sealer: Sealer, row: SealedClaim & { readonly id: CaseId }): Claim {
  const { id, documentKind: kind, nameSealed, numberSealed, moreSealed } = row;
  if (!moreSealed) throw new Error('a decided case has no claim left');
  const more = JSON.parse(sealer.open(moreSealed, 'proofing.case.more', id)) as More;
  const { birthdate, gender, fields, pseudonym, vouched } = more;
  if (!kind || !nameSealed || !numberSealed) return { document: undefined, fields, pseudonym, vouched };
  const name = sealer.open(nameSealed, 'proofing.case.name', id);
  const number = sealer.open(numberSealed, 'proofing.case.number', id) as DocumentNumber;
  return { document: { kind, name, number, birthdate, gender }, fields, pseudonym, vouched };
}

/** What an authority read itself stands in the place of what was claimed. */
export function claimAfter(claim: Claim, finding: Finding): Claim {
  if (finding.is === 'unavailable') return claim;
  return {
    ...claim,
    document: finding.vouched?.() ?? claim.document,
    vouched: finding.vouched !== undefined || claim.vouched,
    pseudonym: (finding.is === 'match' ? finding.pseudonym : undefined) ?? claim.pseudonym,
  };
}

/** A finding as it is kept beside the case: without what it said of the person. */
export function withoutPerson(finding: Finding): Finding {
  if (finding.is === 'unavailable') return finding;
  if (finding.is !== 'match') {
    const { vouched: _vouched, ...kept } = finding;
    return kept;
  }
  const { pseudonym: _pseudonym, vouched: _vouched, ...kept } = finding;
  return kept;
}
