import { describe, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { PROJECT, readSettings, settingsSchema, SettingsError } from '../idp/settings.ts';
import { settingsTable } from '../idp/settings-table.ts';

type Env = Readonly<Record<string, string>>;

const folder = mkdtempSync(path.join(os.tmpdir(), 'tongxing-settings-'));
const test_env: Env = { TONGXING_ENV: 'test', TONGXING_DATA_FOLDER: folder };
const read = (env: Env = {}) => readSettings({ ...test_env, ...env });
const complaint = (env: Env): string => {
  try {
    read(env);
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  return 'accepted';
};

interface Shape {
  readonly description?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly items?: Shape;
}

/** Every leaf of the schema with its path; members of list entries too. */
function leaves(shape: Shape, steps: readonly string[] = []): (readonly [string, Shape])[] {
  const below = shape.properties ?? shape.items?.properties;
  const own: (readonly [string, Shape])[] = shape.properties ? [] : [[steps.join('.'), shape]];
  return [...own, ...Object.entries(below ?? {}).flatMap(([name, inner]) => leaves(inner, [...steps, name]))];
}

const all = leaves(z.toJSONSchema(settingsSchema, { io: 'input' }) as Shape);
const variable = (setting: string): string =>
  `TONGXING_${setting
    .replace(/[A-Z]/g, (letter) => `_${letter}`)
    .replaceAll('.', '__')
    .toUpperCase()}`;

const defaults = parse(readFileSync(path.join(PROJECT, 'config/default.yaml'), 'utf8')) as unknown;
const valueAt = (tree: unknown, setting: string): unknown =>
  setting
    .split('.')
    .reduce<unknown>(
      (at, step) =>
        typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[step] : undefined,
      tree,
    );

/** What has no default: production must be given it, development makes it up. */
const SECRETS = ['crypto.keyEncryptionKey', 'populationRegister.secret', 'mobileOperator.secret'];
const inList = (setting: string): boolean =>
  /^(notify\.carriers|registry\.seed|oidc\.resourceServers)\./.test(setting);

describe('every setting', () => {
  test('has a sentence that says what it means', () => {
    const silent = all.filter(([, { description }]) => !/^[A-Z`a-z].{10,}[.]$/.test(description ?? ''));
    expect(
      silent.map(([setting]) => setting).filter((setting) => !setting.startsWith('registry.seed.')),
    ).toEqual([]);
  });

  test('stands in default.yaml, or is a secret that stands nowhere', () => {
    const missing = all
      .map(([setting]) => setting)
      .filter((setting) => !inList(setting) && valueAt(defaults, setting) === undefined);
    expect(missing).toEqual(SECRETS);
  });

  test('stands in the table that the command prints', () => {
    const table = settingsTable(settingsSchema);
    for (const [setting] of all) if (!inList(setting)) expect(table).toContain(`| \`${setting}\` |`);
  });

  test('of a number or a switch refuses a word, by its name', () => {
    const others = all.filter(
      ([setting, { type }]) => !inList(setting) && /integer|number|boolean/.test(type ?? ''),
    );
    expect(others.length).toBeGreaterThan(25);
    for (const [setting] of others)
      expect(complaint({ [variable(setting)]: 'a-word' })).toMatch(
        new RegExp(`^${setting.replace('.', '\\.')}: .+$`),
      );
  });

  test('that is a duration refuses everything else, by its name', () => {
    const durations = all.filter(([setting]) => /^\d+[smhd]$/.test(String(valueAt(defaults, setting))));
    expect(durations.length).toBeGreaterThan(25);
    for (const [setting] of durations)
      for (const wrong of ['soon', '10', '10 m', '-5s'])
        expect(complaint({ [variable(setting)]: wrong })).toMatch(
          new RegExp(`^${setting.replace('.', '\\.')}: must .+$`),
        );
  });
});

describe('the environment', () => {
  test('lies over the files, each variable read as the type of its setting', () => {
    const settings = read({
      TONGXING_HTTP__METRICS_PORT: '9999',
      TONGXING_REGISTRY__ALLOW_LOOPBACK: 'false',
      TONGXING_OUTBOUND_ALLOW: '["10.1.2.3:8443"]',
      TONGXING_SMS__SIGNATURE: '12345',
      TONGXING_REDIS__PREFIX: 'true',
      TONGXING_SANDBOX__PORTS: '{"hub":4010}',
    });
    expect(settings.http.metricsPort).toBe(9_999);
    expect(settings.registry.allowLoopback).toBe(false);
    expect(settings.outboundAllow).toEqual(['10.1.2.3:8443']);
    expect([settings.sms.signature, settings.redis.prefix]).toEqual(['12345', 'true']);
    expect(settings.sandbox.ports).toMatchObject({ hub: 4_010, smsCarrier: 3_013 });
  });

  test.each([
    ['http.prot', { TONGXING_HTTP__PROT: '1' }],
    ['colour', { TONGXING_COLOUR: 'red' }],
    ['sandbox.ports.hubb', { TONGXING_SANDBOX__PORTS: '{"hubb":4010}' }],
    [
      'oidc.resourceServers.0.colour',
      {
        TONGXING_OIDC__RESOURCE_SERVERS: '[{"uri":"https://a.example","scopes":"a","colour":"red"}]',
      },
    ],
  ])('an unknown setting is refused by its name: %s', (setting, env) => {
    expect(complaint(env as unknown as Env)).toBe(`${setting}: there is no such setting`);
  });

  test('variables of other programs are left alone', () => {
    expect(complaint({ PATH: '/bin', TONGXINGX: '1', TONGXING_TEST_QUICK: '1' })).toBe('accepted');
  });

  test('a complaint is one line and never repeats the value', () => {
    for (const name of ['TONGXING_POPULATION_REGISTER__SECRET', 'TONGXING_REDIS__MODE', 'TONGXING_ISSUER']) {
      const line = complaint({ [name]: 'planted\nvalue' });
      expect(line).not.toBe('accepted');
      expect(line).not.toMatch(/\n|planted/);
    }
  });

  test('an unknown environment is named, with those there are', () => {
    expect(complaint({ TONGXING_ENV: 'staging' })).toBe(
      'TONGXING_ENV: "staging" is not one of development, test, production',
    );
  });

  test('what production lacks is named with its variable', () => {
    expect(complaint({ TONGXING_ENV: 'production' })).toMatch(
      /^[a-zA-Z.]+: must be given \(TONGXING_[A-Z_]+\)$/,
    );
  });
});

describe('the sandbox', () => {
  test('turns on the counter, which needs neither an address nor a key', () => {
    expect(read().counter.enabled).toBe(true);
    expect(read({ TONGXING_SANDBOX__ENABLED: 'false' }).counter.enabled).toBe(false);
  });
});

describe('the model of production', () => {
  test('names only settings that there are, and all that production must be given', () => {
    const compose = parse(readFileSync(path.join(PROJECT, 'config/compose.yaml'), 'utf8'), {
      merge: true,
    }) as { services: Record<string, { environment: Env }> };
    const names = Object.keys(compose.services['node-1']?.environment ?? {});
    const known = new Set([
      'TONGXING_ENV',
      'TONGXING_NOTIFY__CARRIERS',
      ...all.map(([setting]) => variable(setting)),
    ]);
    expect(names.filter((name) => !known.has(name))).toEqual([]);
    for (const setting of [
      ...SECRETS,
      'issuer',
      'postgres.url',
      'redis.mode',
      'redis.url',
      'notify.carriers',
    ])
      expect(names).toContain(variable(setting));
  });
});

describe('production', () => {
  const whole: Env = {
    TONGXING_ENV: 'production',
    TONGXING_ISSUER: 'https://id.example.gov.cn',
    TONGXING_POSTGRES__URL: 'postgres://tongxing@db/tongxing',
    TONGXING_REDIS__MODE: 'standalone',
    TONGXING_REDIS__URL: 'redis://redis',
    TONGXING_CRYPTO__KEY_ENCRYPTION_KEY: 'k'.repeat(44),
    TONGXING_POPULATION_REGISTER__URL: 'https://register.example.gov.cn/check',
    TONGXING_MOBILE_OPERATOR__URL: 'https://operator.example.gov.cn/check',
    TONGXING_POPULATION_REGISTER__SECRET: 'p'.repeat(40),
    TONGXING_MOBILE_OPERATOR__SECRET: 'm'.repeat(40),
    TONGXING_NOTIFY__CARRIERS: JSON.stringify([
      { id: 'one', url: 'https://sms.example.gov.cn', keyId: 'k', secret: 's'.repeat(40), timeoutMs: 3000 },
    ]),
  };

  test('starts with these settings and no others', () => {
    expect(complaint(whole)).toBe('accepted');
  });

  test.each([
    ['crypto.keyEncryptionKey', 'TONGXING_CRYPTO__KEY_ENCRYPTION_KEY'],
    ['populationRegister.secret', 'TONGXING_POPULATION_REGISTER__SECRET'],
    ['mobileOperator.secret', 'TONGXING_MOBILE_OPERATOR__SECRET'],
    ['notify.carriers', 'TONGXING_NOTIFY__CARRIERS'],
    ['populationRegister.url', 'TONGXING_POPULATION_REGISTER__URL'],
    ['mobileOperator.url', 'TONGXING_MOBILE_OPERATOR__URL'],
    ['postgres.url', 'TONGXING_POSTGRES__URL'],
    ['redis.mode', 'TONGXING_REDIS__MODE'],
    ['redis.url', 'TONGXING_REDIS__URL'],
    ['issuer', 'TONGXING_ISSUER'],
  ])('does not start without %s', (setting, left) => {
    const rest = Object.fromEntries(Object.entries(whole).filter(([name]) => name !== left));
    expect(complaint(rest)).toMatch(new RegExp(`^${setting.replace('.', '\\.')}: must .+$`));
  });

  test.each([
    ['issuer', { TONGXING_ISSUER: 'http://id.example.gov.cn' }],
    ['sandbox.enabled', { TONGXING_SANDBOX__ENABLED: 'true' }],
    ['registry.seed', { TONGXING_REGISTRY__SEED: '[{"module":"a","registration":"b","port":1}]' }],
    ['registry.allowLoopback', { TONGXING_REGISTRY__ALLOW_LOOPBACK: 'true' }],
    ['password.memoryKiB', { TONGXING_PASSWORD__MEMORY_KI_B: '9000' }],
    ['password.memoryKiB', { TONGXING_PASSWORD__PASSES: '1' }],
    ['oidc.codeLife', { TONGXING_OIDC__CODE_LIFE: '5m' }],
    ['oidc.accessTokenLife', { TONGXING_OIDC__ACCESS_TOKEN_LIFE: '1h' }],
  ])('refuses what is made for trying: %s', (setting, env) => {
    expect(complaint({ ...whole, ...(env as unknown as Env) })).toMatch(
      new RegExp(`^${setting.replace('.', '\\.')}: .+$`),
    );
  });

  test('sends faces over https only, and to a scene that was made for us', () => {
    const on = {
      ...whole,
      TONGXING_FACE__ENABLED: 'true',
      TONGXING_FACE__URL: 'https://face.example.gov.cn',
      TONGXING_FACE__SECRET: 'f'.repeat(40),
      TONGXING_FACE__SCENE_ID: '1000000006',
    };
    expect(complaint(on)).toBe('accepted');
    expect(complaint({ ...on, TONGXING_FACE__URL: 'http://10.0.0.7/face' })).toBe(
      'face.url: must be https in production',
    );
    expect(complaint({ ...on, TONGXING_FACE__SCENE_ID: 'sandbox' })).toMatch(/^face\.sceneId: must be given/);
    expect(complaint({ ...on, TONGXING_FACE__LEAST_SCORE: '59' })).toMatch(/^face\.leastScore: /);
    expect(complaint({ ...on, TONGXING_FACE__MODEL: 'NONE' })).toMatch(/^face\.model: /);
  });
});

describe('the secrets of development', () => {
  test('are made once, kept for the owner alone, and the same at the next start', () => {
    const [first, second] = [read(), read()];
    expect(second.crypto.keyEncryptionKey.reveal()).toBe(first.crypto.keyEncryptionKey.reveal());
    expect(statSync(path.join(folder, 'secrets.json')).mode & 0o777).toBe(0o600);
  });

  test('cannot be printed by accident', () => {
    const settings = read();
    expect(JSON.stringify(settings)).not.toContain(settings.crypto.keyEncryptionKey.reveal());
  });
});
