import { createCitizens, parsePhone, type CitizenId, type Citizens } from '../../idp/citizens/citizens.ts';
import type { Secret } from '../../idp/platform/base/secret.ts';
import { createLimits } from '../../idp/platform/limits/limits.ts';
import { createPostgresEphemeral } from '../../idp/platform/store/ephemeral-postgres.ts';
import { createProofing, type Proofing } from '../../idp/proofing/proofing.ts';
import { PERSONAS, seedPersonas, type SeedParts } from '../../idp/sandbox/sandbox.ts';
import { auditFixture, type AuditFixture } from '../audit/fixture.ts';
import { keyringIndex, keyringSealer } from '../support/sealer.ts';
import { quiet } from './running.ts';

let fixture: AuditFixture;
let citizens: Citizens;
let proofing: Proofing;
let parts: SeedParts;
const passwords = new Map<CitizenId, string>();

beforeEach(async () => {
  fixture = await auditFixture();
  passwords.clear();
  citizens = createCitizens({
    postgres: fixture.database.postgres,
    sealer: keyringSealer(fixture.keyring),
    index: keyringIndex(fixture.keyring),
    clock: fixture.clock,
  });
  proofing = createProofing({
    postgres: fixture.database.postgres,
    audit: fixture.audit,
    citizens,
    sealer: keyringSealer(fixture.keyring),
    index: keyringIndex(fixture.keyring),
    notify: { text: () => Promise.reject(new Error('nobody is told when personas are made')) },
    limits: createLimits({
      ephemeral: createPostgresEphemeral(fixture.database.postgres),
      postgres: fixture.database.postgres,
      keyring: fixture.keyring,
      clock: fixture.clock,
    }),
    authorities: [],
    settings: {
      validity: '365d',
      triesPerDay: 5,
      keepWaiting: '7d',
      keepCasesDays: 180,
      keepEvidenceDays: 1095,
    },
    log: quiet,
    clock: fixture.clock,
  });
  parts = {
    audit: fixture.audit,
    citizens,
    proofing,
    clock: fixture.clock,
    setPassword: async (_, id, password: Secret) => void passwords.set(id, password.reveal()),
  };
});
afterEach(() => fixture.close());

const registered = PERSONAS.filter((persona) => persona.registered);
const accountOf = async (phone: string): Promise<CitizenId | undefined> => {
  const parsed = parsePhone(phone);
  return parsed && citizens.findByPhone(parsed);
};

describe('seeding the personas', () => {
  it('gives an account to those who have one, and to nobody else', async () => {
    expect(await seedPersonas(parts)).toBe(registered.length);
    for (const persona of PERSONAS) {
      const id = await accountOf(persona.phone);
      expect(id !== undefined).toBe(persona.registered);
      if (!id) continue;
      expect((await citizens.find(id))?.ial).toBe(persona.ial);
      expect(passwords.get(id)).toBe(persona.password);
      const { name, documentNumber } = await citizens.attributes(id);
      expect(name?.reveal()).toBe(persona.ial > 0 ? persona.name : undefined);
      expect(documentNumber?.reveal()).toBe(persona.ial > 0 ? persona.id_number : undefined);
    }
  });

  it('says what their levels rest on', async () => {
    await seedPersonas(parts);
    for (const persona of registered) {
      const id = await accountOf(persona.phone);
      const kept = id ? await proofing.evidence(id) : [];
      expect(new Set(kept.map(({ ial }) => ial))).toEqual(new Set(persona.ial > 0 ? [1, 2] : []));
      expect(kept).toHaveLength(persona.ial);
      expect(JSON.stringify(kept)).not.toContain(persona.id_number);
    }
  });

  it('leaves everybody as they are the second time', async () => {
    await seedPersonas(parts);
    passwords.clear();
    expect(await seedPersonas(parts)).toBe(0);
    expect(passwords.size).toBe(0);
  });

  it('adds each persona once when several nodes start together', async () => {
    const added = await Promise.all(Array.from({ length: 5 }, () => seedPersonas(parts)));
    expect(added.reduce((sum, each) => sum + each, 0)).toBe(registered.length);
  });

  it('leaves an event for each, in the transaction of the account', async () => {
    await seedPersonas(parts);
    const id = await accountOf(registered[0]?.phone ?? '');
    expect(await fixture.audit.history(id ?? '', 5)).toMatchObject([
      { type: 'citizen.seeded', data: { persona: registered[0]?.id } },
    ]);
  });
});
