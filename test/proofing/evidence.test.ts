import type { CitizenId } from '../../idp/citizens/citizens.ts';
import type { Ial } from '../../idp/assurance/assurance.ts';
import { sql } from '../../idp/platform/store/postgres.ts';
import { formOf, personaOf, proofingFixture, visitor, type Built, type ProofingFixture } from './fixture.ts';

let fixture: ProofingFixture;
let proofing: Built;
let serial = 13_722_220_000;

beforeAll(async () => {
  fixture = await proofingFixture();
});
afterAll(() => fixture.close());
beforeEach(async () => {
  await fixture.forget();
  proofing = fixture.build();
});

const newcomer = (phone = String((serial += 1))): Promise<CitizenId> => fixture.account(phone);

async function prove(id: CitizenId, form: string, wanted: Ial = 2): Promise<void> {
  await visitor(proofing.step, id, { wanted }).submit(formOf(form));
}

describe('no evidence is kept', () => {
  it.each(['not-found', 'mismatch', 'deceased', 'child'])(
    'of an attempt that proved nothing: %s',
    async (persona) => {
      const id = await newcomer();
      await prove(id, persona);
      expect(await proofing.evidence(id)).toEqual([]);
    },
  );

  it('of a document that another account holds', async () => {
    const first = await newcomer(personaOf('elder').phone);
    await prove(first, 'elder');
    const second = await newcomer();
    await prove(second, 'elder');
    expect(await proofing.evidence(second)).toEqual([]);
  });

  it('of somebody else, when an account that is proven claims their name', async () => {
    const id = await newcomer();
    await prove(id, 'elder', 1);
    const before = await proofing.evidence(id);
    await prove(id, 'verified-two');
    expect(await proofing.evidence(id)).toEqual(before);
  });
});

describe('evidence', () => {
  it('is one graded fact for each match, also of those asked at the same time', async () => {
    const id = await newcomer(personaOf('verified').phone);
    await prove(id, 'verified');
    const kept = await proofing.evidence(id);
    const facts = kept.map(({ method, authority, ial, document }) => [method, authority, ial, document]);
    expect(facts.toSorted((one, other) => Number(other[2]) - Number(one[2]))).toEqual([
      ['mobile_operator.name_number_phone', 'mobile-operator', 2, 'CN_RIC'],
      ['population_register.name_number', 'population-register', 1, 'CN_RIC'],
    ]);
    expect(kept.every(({ at, transaction }) => at instanceof Date && transaction !== '')).toBe(true);
    expect(new Set(kept.map(({ checkId }) => checkId)).size).toBe(2);
  });

  it('says of itself that it was found weak since', async () => {
    const id = await newcomer(personaOf('verified').phone);
    await prove(id, 'verified');
    await fixture.tamper(`
      update proofing.evidence set regraded_at = now(), regraded_from = ial, ial = 0
      where citizen_id = '${id}' and authority = 'mobile-operator'`);
    const kept = await proofing.evidence(id);
    expect(
      Object.fromEntries(kept.map(({ authority, regraded, ial }) => [authority, [regraded, ial]])),
    ).toEqual({
      'population-register': [false, 1],
      'mobile-operator': [true, 0],
    });
  });

  it('holds nothing about the person', async () => {
    const id = await newcomer(personaOf('verified').phone);
    await prove(id, 'verified');
    const rows = await fixture.database.postgres.rows(
      sql`select * from proofing.evidence where citizen_id = ${id}`,
    );
    const { name, id_number, phone } = personaOf('verified');
    for (const datum of [name, id_number, phone]) expect(JSON.stringify(rows)).not.toContain(datum);
  });

  it('is kept when the level is reached, not for a match that bound nobody', async () => {
    const id = await newcomer(personaOf('verified').phone);
    await prove(id, 'verified-two', 2);
    expect(await proofing.evidence(id)).toEqual([]);
    await prove(id, 'verified', 2);
    const kept = await proofing.evidence(id);
    expect(new Set(kept.map(({ ial }) => ial))).toEqual(new Set([1, 2]));
  });

  it('is not there when the transaction that raises the level fails', async () => {
    const id = await newcomer();
    const failing = fixture.audit.change(async (tx) => {
      await proofing.keepEvidence(tx, id, {
        method: 'population_register.name_number',
        authority: 'population-register',
        transaction: 'lost',
        at: fixture.clock.now(),
        ial: 1,
        document: 'CN_RIC',
      });
      throw new Error('later in the same transaction');
    });
    await expect(failing).rejects.toThrow('later');
    expect(await proofing.evidence(id)).toEqual([]);
  });
});
