// A citizen with the network identity app in their hand, played over HTTP.
import type { Authority, Begun, Claimed } from '../../idp/proofing/proofing.ts';
import { PERSONAS } from '../../idp/sandbox/sandbox.ts';
import { createBrowser, type Page } from '../support/browser.ts';

export type Act = 'present_with_face' | 'present' | 'cancel' | 'face_failed';

export const RETURN_TO = 'https://login.example.cn/signin/4f1c/prove';

/** Who never applied for one. */
export const WITHOUT = ['not-found', 'child', 'deceased'];
export const HOLDERS = PERSONAS.map(({ id }) => id).filter((id) => !WITHOUT.includes(id));

const NOBODY: Claimed = { document: undefined, phone: undefined, more: {}, reference: undefined };

export async function begin(authority: Authority, requestId: string, returnTo = RETURN_TO): Promise<Begun> {
  if (authority.collect.by !== 'hand_over') throw new Error(`${authority.id} hands nobody over`);
  const begun = await authority.collect.begin(NOBODY, requestId, returnTo);
  if (begun.is !== 'begun') throw new Error(`nobody was handed over: ${begun.is}`);
  return begun;
}

/** The page that stands after the button was pressed. */
export const press = (address: string, act: Act, persona = 'verified'): Promise<Page> =>
  createBrowser().post(address, { persona, act });

export const claimOf = ({ reference }: Begun): Claimed => ({ ...NOBODY, reference });

/** Handed over, and done there what is to be done. */
export async function handedOver(
  authority: Authority,
  requestId: string,
  act: Act,
  persona?: string,
): Promise<Claimed> {
  const begun = await begin(authority, requestId);
  await press(begun.address, act, persona);
  return claimOf(begun);
}
