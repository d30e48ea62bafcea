// Who is examined: the claim opened from its seal for as long as the examination takes, and the facts that adjudication
// needs beside the findings.
import type { Ial } from '../../assurance/assurance.ts';
import type { HeldDocument, Phone } from '../../citizens/citizens.ts';
import { ageOn, shanghaiDate } from '../../platform/base/calendar.ts';
import { addSeconds } from '../../platform/base/clock.ts';
import type { Question } from '../adjudicate.ts';
import type { CasesParts } from '../cases.ts';
import { continues, type Identified } from '../continuity.ts';
import { needsMapping } from '../documents/name.ts';
import * as store from '../store.ts';
import { wayOf, type Way } from '../ways.ts';
import { openClaim, type Claim } from './claim.ts';

/** The authority that leads was switched off while the case was alive. */
export class WayIsOff extends Error {}

export interface Subject {
  readonly claim: Claim;
  readonly way: Way;
  readonly phone: Phone | undefined;
  readonly ial: Ial;
  readonly question: Omit<Question, 'findings'>;
}

/** From this many other accounts on that failed with a number within a day, it is guarded. */
const GUARDED_FROM = 3;
const PROBED_SECONDS = 86_400;

const identified = ({ number, name, ...held }: HeldDocument): Identified => ({
  ...held,
  number: number.reveal(),
  name: name.reveal(),
});

export async function subjectOf(
  parts: CasesParts,
  row: store.CaseRow,
  claim = openClaim(parts.sealer, row),
): Promise<Subject> {
  const { citizens, authorities } = parts;
  const { document } = claim;
  const way = wayOf(authorities, row.way, document?.kind ?? row.documentKind);
  if (!way) throw new WayIsOff();
  const [attributes, citizen, held, pseudonym, others] = await Promise.all([
    citizens.attributes(row.citizenId),
    citizens.find(row.citizenId),
    citizens.documents(row.citizenId),
    citizens.pseudonym(row.citizenId),
    about(parts, row, claim),
  ]);
  const phone =
    attributes.phoneVerifiedAt && attributes.phone ? (attributes.phone.reveal() as Phone) : undefined;
  const stands = continues(
    { documents: held.map(identified), pseudonym },
    { document, pseudonym: claim.pseudonym },
  );
  return {
    claim,
    way,
    phone,
    ial: citizen?.ial ?? 0,
    question: {
      lead: leadOf(way),
      beside: way.beside.map(({ id }) => id),
      age: document?.birthdate ? ageOn(document.birthdate, shanghaiDate(parts.clock.now())) : undefined,
      nameNeedsMapping: document !== undefined && needsMapping(document.name),
      matchedBefore: document !== undefined && stands === 'same' && held.length > 0,
      continuity: stands,
      ...others,
    },
  };
}

/** What is known of this number beyond this account. */
async function about(
  { postgres, citizens, index, clock }: CasesParts,
  { citizenId }: store.CaseRow,
  { document }: Claim,
): Promise<Pick<Question, 'guarded' | 'holder'>> {
  if (!document) return { guarded: false, holder: 'nobody_else' };
  const since = addSeconds(clock.now(), -PROBED_SECONDS);
  const digests = index.digests(PROBE_SPACE, probed(document)).map(({ digest }) => digest);
  const [probes, alike] = await Promise.all([
    store.countProbes(postgres, digests, citizenId, since),
    citizens.alike(citizenId, document),
  ]);
  return { guarded: probes >= GUARDED_FROM, holder: alike ? 'alike' : 'nobody_else' };
}

const PROBE_SPACE = 'probe';
const probed = ({ kind, number }: NonNullable<Claim['document']>): string => `${kind} ${number}`;

/** Under the active key: what counts for a day need not follow that key. */
export const probeDigest = (index: CasesParts['index'], document: NonNullable<Claim['document']>): Buffer =>
  index.digest(PROBE_SPACE, probed(document));

function leadOf({ lead }: Way): Question['lead'] {
  const { by } = lead.collect;
  return {
    id: lead.id,
    reaches: lead.reaches,
    first: by === 'hand_over' || by === 'ticket',
    officer: by === 'ticket',
    bindsPhone: lead.bindsPhone === true,
  };
}
