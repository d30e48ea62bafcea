// The key that the engine signs with and the set that services verify with.
import {
  compactVerify,
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  type JSONWebKeySet,
  type JWK,
} from 'jose';
import { ExternalSigningKey } from 'oidc-provider';
import { cookieSigning, engineJwks } from '../../idp/oidc/keys.ts';
import type { Key, Keyring, KeyState } from '../../idp/platform/crypto/keyring.ts';
import { testApp } from '../support/app.ts';

const key = (id: string, state: KeyState, material: Buffer): Key => ({
  id,
  purpose: 'cookie',
  state,
  createdAt: new Date(0),
  activatedAt: undefined,
  retiredAt: undefined,
  material,
});

const ring = (...keys: readonly Key[]): Keyring => ({ all: () => keys }) as unknown as Keyring;

describe('signing tokens', () => {
  test('an ES256 key signs what its published half verifies, and holds its private half back', async () => {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    const jwk = { ...(await exportJWK(privateKey)), kid: 'k', alg: 'ES256', use: 'sig' };
    const held = key('k', 'active', Buffer.from(JSON.stringify(jwk)));
    const only: Keyring = {
      ...ring(),
      all: (purpose) => (purpose === 'signing' ? [held] : []),
    };
    const [signing] = engineJwks(only, 60, new Date()).keys;
    if (!(signing instanceof ExternalSigningKey)) throw new Error('not a key that signs by itself');
    expect([signing.kid, signing.alg, signing.use, signing.kty, signing.crv]).toEqual([
      'k',
      'ES256',
      'sig',
      'EC',
      'P-256',
    ]);
    const text = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const data = `${text({ alg: 'ES256', kid: 'k' })}.${text({ sub: 'a' })}`;
    const signature = Buffer.from(await signing.sign(Buffer.from(data))).toString('base64url');
    const { x, y } = signing;
    const published = { kty: 'EC', crv: 'P-256', kid: 'k', x, y } as JWK;
    await expect(
      compactVerify(`${data}.${signature}`, createLocalJWKSet({ keys: [published] })),
    ).resolves.toBeTruthy();
  });

  test('the key set names algorithms and uses, and no private member', async () => {
    const app = await testApp();
    try {
      const { keys } = (await (await fetch(`${app.issuer}/oidc/jwks`)).json()) as JSONWebKeySet;
      expect(new Set(keys.map(({ alg }) => alg))).toEqual(new Set(['ES256', 'RS256']));
      for (const published of keys) {
        expect(published).toMatchObject({ use: 'sig', kid: expect.any(String) });
        for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi']) expect(published).not.toHaveProperty(member);
      }
    } finally {
      await app.close();
    }
  });
});

describe('signing cookies', () => {
  const signing = cookieSigning(
    ring(
      key('a', 'active', Buffer.alloc(32, 1)),
      key('n', 'next', Buffer.alloc(32, 2)),
      key('r', 'retired', Buffer.alloc(32, 3)),
    ),
  );

  test.each(['', 'x', 'ä', 'A'.repeat(43), 'A'.repeat(44)])('refuses the signature %j', (forged) => {
    expect(signing.index('session=1', forged)).toBe(-1);
    expect(signing.verify('session=1', forged)).toBe(false);
  });

  test('a signature holds for its own text only', () => {
    expect(signing.index('session=1', signing.sign('session=1'))).toBe(0);
    expect(signing.index('session=2', signing.sign('session=1'))).toBe(-1);
  });

  test('a retired key still verifies, as one to be replaced; the next key does not yet', () => {
    const under = (byte: number): string =>
      cookieSigning(ring(key('k', 'active', Buffer.alloc(32, byte)))).sign('session=1');
    expect(signing.index('session=1', under(3))).toBe(1);
    expect(signing.index('session=1', under(2))).toBe(-1);
  });
});
