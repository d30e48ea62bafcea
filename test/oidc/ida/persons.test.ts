// People who are not a name and an 18-digit number: a person whom only the network identity vouches for, and holders of
// every other kind of document, on every page and in every answer.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as client from 'openid-client';
import type { DocumentKind, DocumentNumber } from '../../../idp/citizens/citizens.ts';
import { signIn, testApp, type Persona, type TestApp } from '../../support/app.ts';
import { createBrowser, type Browser, type Page } from '../../support/browser.ts';
import { byNetworkIdentity, raise } from '../../proofing/proven.ts';
import { faultsOfAnswer } from '../ida-schemas/schema.ts';
import { CALLBACK, configured, registration } from './asking.ts';

const CLAIMS = [
  'name',
  'name_masked',
  'birthdate',
  'gender',
  'age_over_18',
  'id_type',
  'id_number_masked',
  'id_number_match',
  'realname_verified',
  'verified_claims',
];
const L2 = { acr: { essential: true, value: 'urn:tongxing:acr:l2' } };

let app: TestApp;
let citizen: Persona;

beforeAll(async () => {
  app = await testApp();
  citizen = await app.persona('unverified');
  const typed = registration('typed', ['name', 'id_type', 'id_number_match']);
  await app.app.registry.import(
    [registration('nameless', CLAIMS), registration('whole', CLAIMS), typed],
    'test',
  );
});
afterAll(() => app.close());

interface Seen {
  readonly consent: Page;
  readonly userinfo: Readonly<Record<string, unknown>>;
}

const verified = {
  verification: {
    trust_framework: null,
    assurance_level: null,
    evidence: [
      {
        type: { value: 'electronic_record' },
        record: { type: null },
        check_details: [{ check_method: null }],
      },
      {
        type: { value: 'document' },
        document_details: { type: null },
        check_details: [{ check_method: null }],
      },
    ],
  },
  claims: Object.fromEntries([...CLAIMS.slice(0, 7), 'id_number_match'].map((claim) => [claim, null])),
};

/** A whole sign-in that asks for everything, with the number that the service holds. */
async function visit(
  id: string,
  number: string,
  more: Readonly<Record<string, string>> = {},
  prove: (browser: Browser, page: Page) => Promise<Page> = (_, page) => Promise.resolve(page),
): Promise<Seen> {
  const config = await configured(app, id);
  const verifier = client.randomPKCECodeVerifier();
  const claims = id === 'typed' ? ['name', 'id_type'] : CLAIMS;
  const asked = Object.fromEntries(claims.map((claim) => [claim, null]));
  const address = client.buildAuthorizationUrl(config, {
    redirect_uri: CALLBACK,
    scope: 'openid',
    prompt: 'consent',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    claims: JSON.stringify({
      id_token: L2,
      userinfo: {
        ...asked,
        id_number_match: { value: number },
        ...(id === 'typed' ? {} : { verified_claims: verified }),
      },
    }),
    ...more,
  });
  const browser = createBrowser({ stopAt: /^http:\/\/127\.0\.0\.1:4999/ });
  const first = await signIn(browser, await browser.get(address.href), citizen);
  const consent = await prove(browser, first);
  const end = await browser.submit(consent, { decision: 'allow' });
  const tokens = await client.authorizationCodeGrant(config, new URL(end.url), {
    pkceCodeVerifier: verifier,
  });
  const subject = tokens.claims()?.sub ?? '';
  const { sub: _sub, ...userinfo } = await client.fetchUserInfo(config, tokens.access_token, subject);
  if (id !== 'typed') expect(faultsOfAnswer({ verified_claims: userinfo['verified_claims'] })).toEqual([]);
  return { consent, userinfo };
}

const textOf = (page: Page): string => page.text.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');

async function accountHome(language: string): Promise<string> {
  const browser = createBrowser();
  const home = await signIn(browser, await browser.get(`${app.issuer}/account?lang=${language}`), citizen);
  return textOf(await browser.get(`${home.url}?lang=${language}`));
}

describe('a person whom only the network identity vouches for', () => {
  const prove = async (browser: Browser, form: Page): Promise<Page> => {
    const done = await byNetworkIdentity(browser, form, citizen.id);
    expect(done.text).toContain('实名认证完成');
    return browser.submit(done, {});
  };

  test('is verified, and has no name, no number and no answer about one', async () => {
    const { consent, userinfo } = await visit('nameless', citizen.id_number, {}, prove);
    expect(textOf(consent)).toContain('证件号码（部分隐藏） 没有，不会提供');
    expect(textOf(consent)).toContain('姓名 没有，不会提供');
    expect(textOf(consent)).not.toContain('实名认证后才有');
    expect(textOf(consent)).not.toContain('只回答是或否');
    expect(userinfo).toEqual({
      realname_verified: true,
      verified_claims: {
        verification: {
          trust_framework: `${app.issuer}/trust-framework/cn-gov-realname`,
          assurance_level: 'real-person',
          evidence: [
            {
              type: 'electronic_record',
              record: { type: `${app.issuer}/record/network-identity` },
              check_details: [{ check_method: 'auth' }, { check_method: 'bvr' }],
            },
          ],
        },
        claims: {},
      },
    });
  });

  test('reads in the account centre who vouches, in both languages', async () => {
    const chinese = await accountHome('zh-CN');
    expect(chinese).toContain('已实名');
    expect(chinese).toContain('国家网络身份认证，这里不保存姓名和证件号码');
    expect(chinese).not.toContain('还没有实名认证');
    const english = await accountHome('en');
    expect(english).toContain('National network identity. Your name and number are not kept here');
    expect(english).not.toContain('Not given');
  });
});

interface Holding {
  readonly kind: DocumentKind;
  readonly number: string;
  /** As the service holds it. */
  readonly typed: string;
  readonly masked: string;
  readonly chinese: string;
  readonly english: string;
  readonly type: string;
  readonly birthdate?: string;
  readonly gender?: 'male' | 'female';
}

// Added one after the other to one account, the one that speaks last first.
const HOLDINGS: readonly Holding[] = [
  {
    kind: 'PASSPORT',
    number: 'GBR 925665416',
    typed: 'gbr 925-665-416',
    masked: 'GBR 9*****416',
    chinese: '护照',
    english: 'Passport',
    type: 'passport',
  },
  {
    kind: 'TW_PERMIT',
    number: '12345678',
    typed: '12345678 02',
    masked: '1****678',
    chinese: '台湾居民来往大陆通行证',
    english: 'Mainland travel permit for Taiwan residents',
    type: '/document/taiwan-travel-permit',
    birthdate: '1980-02-29',
  },
  {
    kind: 'HM_PERMIT',
    number: 'H12345678',
    typed: 'h12345678',
    masked: 'H*****678',
    chinese: '港澳居民来往内地通行证',
    english: 'Mainland travel permit for Hong Kong and Macao residents',
    type: '/document/hong-kong-macao-travel-permit',
    gender: 'male',
  },
  {
    kind: 'CN_FPR_2017',
    number: 'FRA110080021214',
    typed: 'FRA110080021214',
    masked: 'F***********214',
    chinese: '外国人永久居留身份证',
    english: 'Foreign permanent resident ID card',
    type: 'residence_permit',
    birthdate: '1980-02-12',
  },
  {
    kind: 'CN_FPR_2023',
    number: '911250198002121233',
    typed: '911250198002121233',
    masked: '9****************3',
    chinese: '外国人永久居留身份证',
    english: 'Foreign permanent resident ID card',
    type: 'residence_permit',
    birthdate: '1980-02-12',
    gender: 'male',
  },
  {
    kind: 'CN_HMT_RP',
    number: '810000198002121234',
    typed: '810000198002121234',
    masked: '8****************4',
    chinese: '港澳台居民居住证',
    english: 'Residence permit for Hong Kong, Macao and Taiwan residents',
    type: 'residence_permit',
    birthdate: '1980-02-12',
    gender: 'male',
  },
];

describe('the holder of a document of another kind', () => {
  const NAME = "O'NEILL-SMITH, ANNE MARIE";
  const OTHER = 'GBR 925665417';
  const shown: Holding[] = [];

  test.each(HOLDINGS)('$kind: is told by its kind and named in both languages', async (holding) => {
    const { kind, number, birthdate, gender } = holding;
    await raise(app, citizen.phone, {
      proven: {
        identity: { kind, number: number as DocumentNumber, name: NAME, birthdate, gender },
        as: shown.length === 0 ? 'first' : 'adds',
      },
      ial: 4,
      evidence: { method: 'counter.chip_and_officers', document: kind, details: { officer: 'o-17' } },
    });
    shown.push(holding);
    const chinese = await visit('typed', OTHER);
    expect(textOf(chinese.consent)).toContain(`证件类型 ${holding.chinese}`);
    const english = await visit('typed', OTHER, { ui_locales: 'en' });
    expect(textOf(english.consent)).toContain(`Type of ID ${holding.english}`);
    expect(english.userinfo).toEqual({ name: NAME, id_type: kind, id_number_match: false });
    const whole = await visit('whole', holding.typed);
    expect(textOf(whole.consent)).toContain('O** A** M**');
    const { verified_claims: told, ...plain } = whole.userinfo;
    const values = {
      name: NAME,
      name_masked: 'O** A** M**',
      id_type: kind,
      id_number_masked: holding.masked,
      id_number_match: true,
      realname_verified: true,
      ...(birthdate === undefined ? {} : { birthdate, age_over_18: true }),
      ...(gender === undefined ? {} : { gender }),
    };
    expect(plain).toEqual(values);
    const { realname_verified: _, id_number_match: __, ...inside } = values;
    const type = holding.type.startsWith('/') ? `${app.issuer}${holding.type}` : holding.type;
    expect(told).toMatchObject({
      claims: inside,
      verification: {
        assurance_level: 'real-person-plus',
        evidence: expect.arrayContaining([
          {
            type: 'document',
            document_details: { type },
            check_details: [{ check_method: 'vcrypt' }, { check_method: 'bvp' }],
          },
        ]),
      },
    });
    expect(JSON.stringify(told)).not.toContain('o-17');
  });

  test('sees every one in the account centre, in both languages', async () => {
    expect(shown).toHaveLength(HOLDINGS.length);
    const [chinese, english] = [await accountHome('zh-CN'), await accountHome('en')];
    for (const holding of HOLDINGS) {
      expect(chinese).toContain(`${holding.chinese} ${holding.masked}`);
      expect(english).toContain(`${holding.english} ${holding.masked}`);
      expect(chinese).not.toContain(holding.number);
    }
    expect(chinese).toContain('O** A** M**，您好');
    expect(english).toContain('Hello, O** A** M**');
  });
});
