// A form that was sent when only a fresh passkey was missing: kept, sealed, until its sender is back from showing one.
import type { CitizenId } from '../../citizens/citizens.ts';
import { randomToken } from '../../platform/base/ids.ts';
import type { Sealer } from '../../platform/crypto/seal.ts';
import { readForm } from '../../platform/http/body.ts';
import type { Form } from '../../platform/http/step.ts';
import { keyOf, type Ephemeral } from '../../platform/store/ephemeral.ts';
import type { Context } from './frame.tsx';

interface ParkParts {
  readonly ephemeral: Ephemeral;
  readonly sealer: Sealer;
}

export interface Parked {
  /** Where it was sent to. */
  readonly action: string;
  /** Without its anti-forgery value. */
  readonly form: Form;
}

const LIFE_SECONDS = 900;
const PLACE = 'console.parked';
const ID = /^[\w-]{22}$/;

/** Keeps the form of this request; answers the page that hands it back. */
export async function park(parts: ParkParts, ctx: Context, citizenId: CitizenId): Promise<string> {
  const { _csrf: _, ...form } = await readForm(ctx);
  const id = randomToken(16);
  const value = JSON.stringify({ action: ctx.path, form } satisfies Parked);
  const sealed = parts.sealer.seal(value, PLACE, `${citizenId} ${id}`).toString('base64');
  await parts.ephemeral.put(keyOf('ConsoleParked', id), sealed, LIFE_SECONDS);
  return `/admin/resume/${id}`;
}

/** The form, for who sent it; undefined for anyone else and when it has run out. */
export async function parked(
  { ephemeral, sealer }: ParkParts,
  id: string,
  citizenId: CitizenId,
): Promise<Parked | undefined> {
  const kept = ID.test(id) ? await ephemeral.get(keyOf('ConsoleParked', id)) : undefined;
  if (typeof kept?.value !== 'string') return undefined;
  try {
    const opened = sealer.open(Buffer.from(kept.value, 'base64'), PLACE, `${citizenId} ${id}`);
    return JSON.parse(opened) as Parked;
  } catch {
    // Sealed for another citizen: to this one there is no such form.
    return undefined;
  }
}
