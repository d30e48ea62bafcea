// What every factor owes its hosts, whatever it is made of. A new factor adds one call of this suite.
import type { Phone } from '../../idp/citizens/citizens.ts';
import type { Enrolment, Factor, Shown } from '../../idp/factors/factors.ts';
import type { Screen, Step, StepContext } from '../../idp/platform/http/step.ts';
import { LOCALES, type Locale } from '../../idp/platform/i18n/messages.ts';
import { flowOf, newPhone, renderScreen, type FactorsFixture, type Flow } from '../factors/fixture.ts';

export interface FactorCase {
  factor(): Factor;
  fixture(): FactorsFixture;
  /** Goes through `first` as the owner of this account. */
  succeed(flow: Flow<Shown>, phone: Phone): Promise<Shown>;
  /** Goes through `first` with a secret that is wrong, as far as a page with a complaint. */
  fail(flow: Flow<Shown>, phone: Phone): Promise<void>;
  /** What enrolling takes, and what a refused attempt looks like; undefined for a factor that every account has. */
  readonly enrolment?: {
    good(flow: Flow<Enrolment>): Promise<Record<string, string>>;
    readonly bad: Record<string, string>;
  };
  /** What differs from page to page by chance; everything else must be alike for everybody. */
  readonly chance?: readonly RegExp[];
  /** False: nothing is typed, so complaints are about the whole form. */
  readonly isTyped?: false;
  /** A password for the accounts of this suite, when the factor needs one to exist. */
  readonly password?: string;
  /** What this suite's secret adds to a session, where the factor has secrets of several kinds; all of `amr` if absent. */
  readonly amr?: readonly string[];
  /** The browser answers by script: no field to complain at, one file of ours, and a button that the script shows. */
  readonly scripted?: true;
}

/** A service of the lowest level: every way that can begin a sign-in may begin this one. */
const ASKING = { clientId: 'conformance', level: 'l1' } as const;

/** RFC 8176 section 2. */
const REGISTERED_AMR = new Set(
  'face fpt geo hwk iris kba mca mfa otp pin pop pwd rba retina sc sms swk tel user vbm wia'.split(' '),
);
const FORBIDDEN =
  /无效|非法|系统异常|参数错误|令牌|会话|认证失败|操作失败|登陆|帐号|账户|token|oauth|sorry|please|oops|invalid|[!！]/i;

const textOf = (html: string): string => html.replaceAll(/<[^>]+>/g, ' ');
const matches = (html: string, pattern: RegExp): readonly string[] =>
  Array.from(html.matchAll(pattern), (match) => match[1] ?? '');

function contextOf<State>(state: State, locale: Locale): StepContext<State> {
  return {
    state,
    locale,
    scratch: undefined,
    flow: 'conformance',
    address: '192.0.2.1',
    device: undefined,
    service: undefined,
    now: new Date(),
    here: 'http://localhost:3000/signin/conformance',
  };
}

/** A page that works without script, for everybody, under a strict content security policy. */
function expectSoundPage(html: string, scripted = false): void {
  expect(matches(html, /<(h1)[ >]/g)).toHaveLength(1);
  // A script stands in a file of our own or nowhere.
  const scripts = matches(html, /(<script[\s\S]*?<\/script>)/g);
  expect(
    scripts.filter((script) => !/^<script defer src="\/assets\/[\w-]+\.js"><\/script>$/.test(script)),
  ).toEqual([]);
  // That of the proof-of-work stands where a message is sent; the page works without it, more slowly.
  const needed = scripts.filter((script) => !script.includes('/assets/challenge-'));
  expect(needed.length).toBe(scripted ? 1 : 0);
  expect(html).not.toMatch(/ style=| on[a-z]+=|javascript:/);
  expect(textOf(html)).not.toMatch(FORBIDDEN);
  for (const form of matches(html, /<form([\s\S]*?)<\/form>/g)) {
    expect(form).toMatch(/method="post"/);
    expect(form).toMatch(/action="\/signin\/flow\/step"/);
    expect(form).toMatch(/name="csrf"/);
    expect(matches(form, /(type="submit")/g)).toHaveLength(1);
  }
  const ids = new Set(matches(html, / id="([^"]+)"/g));
  for (const label of matches(html, / for="([^"]+)"/g)) expect(ids).toContain(label);
  for (const described of matches(html, /aria-describedby="([^"]+)"/g))
    for (const id of described.split(' ')) expect(ids).toContain(id);
  const labelled = new Set(matches(html, / for="([^"]+)"/g));
  for (const id of matches(html, /<input[^>]* id="([^"]+)"/g)) expect(labelled).toContain(id);
}

export function describeFactor(name: string, one: FactorCase): void {
  describe(`the factor ${name}`, () => {
    const first = (locale: Locale = 'zh-CN'): Flow<Shown> =>
      flowOf(one.factor().first, { hint: undefined, registering: false, asking: ASKING }, { locale });

    it('has a name in both languages', () => {
      const [zh, en] = LOCALES.map((locale) => one.factor().label(locale));
      expect(zh).toMatch(/\p{Script=Han}/u);
      expect(en).toMatch(/^[A-Z][A-Za-z ]+$/);
    });

    it.each(LOCALES)('draws sound pages in %s', async (locale) => {
      const { id, phone } = await one.fixture().newCitizen(one.password);
      const factor = one.factor();
      const show = <State, Done>(step: Step<State, Done> | undefined, state: State): Promise<Screen>[] =>
        step ? [step.show(contextOf(state, locale))] : [];
      const screens = await Promise.all([
        ...show(factor.first, { hint: undefined, registering: false }),
        ...show(factor.first, { hint: undefined, registering: false, asking: ASKING }),
        ...show(factor.first, { hint: undefined, registering: false, asking: { ...ASKING, level: 'l4' } }),
        ...show(factor.first, { hint: '<b>"138', registering: true }),
        ...show(factor.second, { citizenId: id, aal: 2 }),
        ...show(factor.enrol, { citizenId: id, phone, aal: 2 }),
      ]);
      expect(screens.length).toBeGreaterThan(0);
      for (const screen of screens) {
        expect(screen.title).not.toMatch(/^$|[<>]/);
        expectSoundPage(renderScreen(screen, locale, []), one.scripted);
      }
    });

    it.each(LOCALES)('complains in words and at the field in %s', async (locale) => {
      const flow = first(locale);
      await one.fail(flow, newPhone());
      const html = await flow.html();
      if (one.scripted === true || one.isTyped === false)
        expect(flow.problems()).toEqual([{ field: undefined, text: expect.stringMatching(/.{8}/) }]);
      else expect(html).toMatch(/aria-invalid="true"/);
      for (const { text } of flow.problems()) expect(text).not.toMatch(FORBIDDEN);
      expectSoundPage(html, one.scripted);
      if (locale === 'en') expect(textOf(html)).not.toMatch(/\p{Script=Han}/u);
    });

    it('answers byte for byte alike for known and unknown identifiers', async () => {
      const known = await one.fixture().newCitizen(one.password);
      const pages = [];
      for (const phone of [known.phone, newPhone()]) {
        const flow = first();
        await one.fail(flow, phone);
        // The number that was typed, and what is chance on a page, are the only things that may differ.
        const html = (await flow.html()).replaceAll(`${phone.slice(3, 6)}****${phone.slice(10)}`, 'masked');
        pages.push((one.chance ?? []).reduce((text, pattern) => text.replaceAll(pattern, 'chance'), html));
      }
      expect(pages[0]).toBe(pages[1]);
    });

    it('shows its owner, by methods of RFC 8176', async () => {
      const { id, phone } = await one.fixture().newCitizen(one.password);
      const shown = await one.succeed(first(), phone);
      expect(shown.citizenId).toBe(id);
      expect(shown.amr).toEqual(one.amr ?? one.factor().amr);
      for (const method of shown.amr) expect(one.factor().amr).toContain(method);
      expect(shown.amr.length).toBeGreaterThan(0);
      for (const method of shown.amr) expect(REGISTERED_AMR).toContain(method);
      expect(shown.phone === undefined).toBe(!one.factor().confirmsPhone);
    });

    it('knows whether an account has it, also after enrolling', async () => {
      const { id, phone } = await one.fixture().newCitizen();
      const factor = one.factor();
      // Every account has it from the start.
      if (!one.enrolment) {
        // What only begins a sign-in adds nothing to one.
        expect(await factor.brings(id)).toEqual(factor.second ? [factor.amr] : []);
        return;
      }
      const enrol = (): Flow<Enrolment> => flowOf(factor.enrol, { citizenId: id, phone, aal: 2 });
      expect(await factor.brings(id)).toEqual([]);
      expect(await enrol().submit(one.enrolment.bad)).toMatchObject({ is: 'again' });
      const setting = enrol();
      const answer = await setting.submit(await one.enrolment.good(setting));
      if (answer.is !== 'done') throw new Error(answer.is);
      expect(await factor.brings(id)).toEqual([]);
      await one.fixture().audit.change((tx) => answer.value.write(tx, id));
      expect(await factor.brings(id)).toEqual([one.amr ?? factor.amr]);
      expect(answer.value.amr).toEqual(one.amr ?? factor.amr);
    });
  });
}
