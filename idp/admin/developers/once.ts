// A secret on its one way to the page that shows it once: sealed, for the person who made it, for a few minutes.
import type { Secret } from '../../platform/base/secret.ts';
import { secret } from '../../platform/base/secret.ts';
import type { Sealer } from '../../platform/crypto/seal.ts';
import { keyOf, type Ephemeral, type EphemeralKey } from '../../platform/store/ephemeral.ts';

interface OnceParts {
  readonly ephemeral: Ephemeral;
  readonly sealer: Sealer;
}

const LIFE_SECONDS = 300;
const PLACE = 'console.once';
const placeOf = (citizenId: string, clientId: string): EphemeralKey =>
  keyOf('ConsoleOnce', `${citizenId} ${clientId}`);

export async function keepSecret(
  { ephemeral, sealer }: OnceParts,
  citizenId: string,
  clientId: string,
  made: Secret,
): Promise<void> {
  const sealed = sealer.seal(made.reveal(), PLACE, `${citizenId} ${clientId}`).toString('base64');
  await ephemeral.put(placeOf(citizenId, clientId), sealed, LIFE_SECONDS);
}

/** The secret, to the first who asks; undefined ever after. */
export async function takeSecret(
  { ephemeral, sealer }: OnceParts,
  citizenId: string,
  clientId: string,
): Promise<Secret | undefined> {
  const sealed = await ephemeral.take(placeOf(citizenId, clientId));
  if (typeof sealed !== 'string') return undefined;
  return secret(sealer.open(Buffer.from(sealed, 'base64'), PLACE, `${citizenId} ${clientId}`));
}
