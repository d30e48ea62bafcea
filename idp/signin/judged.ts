// Judges the circumstances of a sign-in: once for whoever is identified, kept with the answers given so far.
import { aalOf, assess, within, withoutRefused, type Assessment } from '../assurance/assurance.ts';
import type { Citizen, CitizenId } from '../citizens/citizens.ts';
import type { Circumstances, Visitor } from '../devices/devices.ts';
import type { SigninRequest } from '../oidc/oidc.ts';
import type { DispatchParts } from './current.ts';
import type { Flow } from './flow.ts';
import { reachable } from './second.ts';

/** Who comes, and the reference number of this request. */
export interface Comer extends Visitor {
  readonly reference: string;
}

/** What is judged: the answers given so far, and all methods that they and the session have shown. */
export interface Judging {
  readonly request: SigninRequest;
  readonly flow: Flow;
  readonly amr: readonly string[];
  readonly comer: Comer;
}

/**
 * What is seen of this sign-in; undefined when nobody has shown anything on its pages (single sign-on is not judged
 * anew) or when this citizen was judged already. Stands beside the other reads of the dispatcher.
 */
export async function seen(
  { devices }: DispatchParts,
  { flow: { shown, judged }, amr, comer }: Judging,
): Promise<Circumstances | undefined> {
  const id = shown?.citizenId;
  if (id === undefined) return undefined;
  // A text message that comes second is one about which the operator was not asked yet.
  const adds = amr.includes('sms') && judged?.after.includes('sms') !== true;
  if (judged?.citizenId === id && !adds) return undefined;
  return devices.circumstances(id, amr, comer);
}

/** The flow with the judgement in it, recorded when there is anything to say. */
export async function judge(
  parts: DispatchParts,
  judging: Judging,
  citizen: Citizen | undefined,
  found: Circumstances | undefined,
): Promise<Flow> {
  const { flow } = judging;
  if (!found || !citizen || !flow.shown) return flow;
  const { by, amr } = flow.shown;
  const assessment = withoutRefused(assess({ ...found.signals, ial: citizen.ial }), by, amr);
  const counted = judging.amr.filter((method) => !assessment.discounted.includes(method));
  const lacks = aalOf(counted) < assessment.floor;
  const asked = lacks
    ? within(assessment, await reachable(parts.factors.list, citizen.id, { ...assessment, amr: counted }))
    : assessment;
  note(parts, judging, citizen.id, asked);
  // A new password, a freeze, a sign-out everywhere: whoever trusted a device before that may not have been the holder.
  const trusted = found.trustedSince !== undefined && found.trustedSince >= citizen.sessionsNotBefore;
  return { ...flow, judged: { ...asked, citizenId: citizen.id, after: judging.amr, trusted } };
}

function note(
  { audit }: DispatchParts,
  { request: { client }, comer: { reference } }: Judging,
  citizenId: CitizenId,
  { reasons, floor, discounted }: Assessment,
): void {
  if (reasons.length === 0) return;
  audit.note({
    type: 'signin.judged',
    data: { reasons: reasons.join(' '), floor, discounted: discounted.join(' ') },
    citizenId,
    clientId: client.clientId,
    actor: 'system',
    reference,
  });
}
