// What a citizen chose on one page still holds on the next.
import type { Authority } from '../../idp/proofing/proofing.ts';
import { formOf, personaOf, proofingFixture, visitor, type ProofingFixture } from './fixture.ts';

let fixture: ProofingFixture;
beforeAll(async () => {
  fixture = await proofingFixture();
});
afterAll(() => fixture.close());

/** Two ways to level 3, both led by the operators. */
const twoWays = (): readonly Authority[] =>
  fixture
    .authorities()
    .filter(({ leads }) => leads)
    .flatMap((lead) => [
      { ...lead, id: 'one', beside: [], reaches: 3 as const },
      { ...lead, id: 'two', beside: [], reaches: 3 as const },
    ]);

it('whoever wants to type a new name is still asked for it after another way and another document', async () => {
  const id = await fixture.account(personaOf('verified').phone);
  await visitor(fixture.build().step, id).submit(formOf('verified'));
  const browser = visitor(fixture.build({ authorities: twoWays() }).step, id, { wanted: 3 });
  expect(await browser.page()).toContain('林**');
  await browser.submit({ again: '1' });
  await browser.submit({ choose: 'way' });
  await browser.submit({ way: 'two' });
  const page = await browser.page();
  expect(page).toContain('name="id_number"');
  expect(page).not.toContain('林**');
  await browser.submit({ choose: 'document' });
  await browser.submit({ document: 'CN_HMT_RP' });
  await browser.submit({ choose: 'way' });
  await browser.submit({ way: 'one' });
  expect(await browser.page()).toContain('和港澳台居民居住证上一样填写');
});
