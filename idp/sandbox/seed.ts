// Puts the personas that have an account into the database, through the same front doors as everybody else.
import type { Audit, AuditedTx } from '../audit/audit.ts';
import { parsePhone, type CitizenId, type Citizens, type Phone } from '../citizens/citizens.ts';
import { addSeconds, type Clock } from '../platform/base/clock.ts';
import { secret, type Secret } from '../platform/base/secret.ts';
import { parseResidentId, type Proofing } from '../proofing/proofing.ts';
import { PERSONAS, type Persona } from './personas.ts';

export interface SeedParts {
  readonly audit: Audit;
  readonly citizens: Citizens;
  readonly proofing: Pick<Proofing, 'keepEvidence'>;
  readonly clock: Clock;
  /** Writes the password of an account in the given transaction. */
  readonly setPassword: (tx: AuditedTx, citizenId: CitizenId, password: Secret) => Promise<void>;
}

/** Whom a citizen who went the ordinary way would have been matched by. */
const ASKED = [
  { authority: 'population-register', method: 'population_register.name_number', ial: 1 },
  { authority: 'mobile-operator', method: 'mobile_operator.name_number_phone', ial: 2 },
] as const;

const YEAR_SECONDS = 365 * 86_400;

/** Somebody seeded this persona between our look and our write: the transaction is rolled back, nothing is missing. */
class AlreadyThere extends Error {}

/** Whoever is there already is left as they are, whatever has become of them. Returns how many were added. */
export async function seedPersonas(parts: SeedParts): Promise<number> {
  let added = 0;
  for (const persona of PERSONAS.filter(({ registered }) => registered)) {
    const there = await parts.citizens.findByPhone(phoneOf(persona));
    if (there === undefined && (await add(parts, persona))) added += 1;
  }
  return added;
}

const phoneOf = (persona: Persona): Phone => {
  const phone = parsePhone(persona.phone);
  if (!phone) throw new Error(`persona ${persona.id}: not a phone`);
  return phone;
};

async function add(parts: SeedParts, persona: Persona): Promise<boolean> {
  try {
    await parts.audit.change((tx) => write(parts, tx, persona));
    return true;
  } catch (error) {
    if (error instanceof AlreadyThere) return false;
    throw error;
  }
}

async function write(parts: SeedParts, tx: AuditedTx, persona: Persona): Promise<void> {
  const at = parts.clock.now();
  const registered = await parts.citizens.register(tx, phoneOf(persona), at);
  if (registered.is === 'phone_taken') throw new AlreadyThere();
  const { id } = registered;
  await parts.setPassword(tx, id, secret(persona.password));
  if (persona.ial > 0) await verify(parts, tx, persona, id, at);
  tx.record({ type: 'citizen.seeded', data: { persona: persona.id }, citizenId: id, actor: 'system' });
}

async function verify(
  { citizens, proofing }: SeedParts,
  tx: AuditedTx,
  persona: Persona,
  id: CitizenId,
  at: Date,
): Promise<void> {
  const parsed = parseResidentId(persona.id_number, at);
  if (parsed.is === 'bad') throw new Error(`persona ${persona.id}: ${parsed.why}`);
  const { number, birthdate, gender } = parsed;
  const identity = { kind: 'CN_RIC', number, name: persona.name, birthdate, gender } as const;
  const expiresAt = addSeconds(at, YEAR_SECONDS);
  const raised = await citizens.raise(tx, id, { identity }, persona.ial, expiresAt, at);
  if (raised.is === 'held_by_another') throw new AlreadyThere();
  for (const { ial, ...asked } of ASKED.filter((each) => each.ial <= persona.ial)) {
    const transaction = `seed-${persona.id}-${asked.authority}`;
    await proofing.keepEvidence(tx, id, { ...asked, transaction, at, ial, expiresAt, document: 'CN_RIC' });
  }
}
