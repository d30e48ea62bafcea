// What a client proves itself with follows what is registered: a secret, keys or a certificate come when they are first
// needed, and go when they no longer are.
import type { AuditedTx } from '../../audit/audit.ts';
import { secret, type Secret } from '../../platform/base/secret.ts';
import type { Sealer } from '../../platform/crypto/seal.ts';
import { carryOut, readCredentials } from '../credentials/keeping.ts';
import { planOf, type Plan } from '../credentials/plan.ts';
import type { Registration } from '../registration.ts';

interface Saving {
  readonly clientId: string;
  /** The registration that runs until now. */
  readonly before: Registration | undefined;
  readonly after: Registration;
  readonly by: string;
  readonly at: Date;
}

type Parts = { readonly sealer: Sealer };

/** Of a registration that runs from now on. The secret that was made, told this once. */
export async function keepProofs(parts: Parts, tx: AuditedTx, saving: Saving): Promise<Secret | undefined> {
  const plan = await planFor(parts, tx, saving);
  await carryOut(parts, tx, plan, saving);
  return plan.made === undefined ? undefined : secret(plan.made);
}

/** The secret that a registration will need once it is approved; nothing that runs now changes. */
export async function firstSecret(parts: Parts, tx: AuditedTx, saving: Saving): Promise<Secret | undefined> {
  const plan = await planFor(parts, tx, saving);
  if (plan.made === undefined) return undefined;
  await carryOut(parts, tx, { ...plan, add: secretsOf(plan), revoke: [] }, saving);
  return secret(plan.made);
}

/** Of a registration that was approved: nobody is there to be told a secret, the team adds one. */
export async function keepApproved(parts: Parts, tx: AuditedTx, saving: Saving): Promise<void> {
  const plan = await planFor(parts, tx, saving);
  const secrets = new Set(secretsOf(plan));
  await carryOut(parts, tx, { ...plan, add: plan.add.filter((one) => !secrets.has(one)) }, saving);
}

async function planFor(
  { sealer }: Parts,
  tx: AuditedTx,
  { clientId, before, after, at }: Saving,
): Promise<Plan> {
  return planOf(await readCredentials(tx, sealer, clientId, at), before, after, undefined);
}

const secretsOf = ({ add }: Plan): Plan['add'] => add.filter(({ kind }) => kind === 'secret');
