import { describe, expect, test } from '@jest/globals';
import { answeredBefore, consentAsk } from '../../idp/oidc/consent.ts';
import type { Client } from '../../idp/registry/registry.ts';

const purpose = { 'zh-CN': '用途', en: 'purpose' };
const client = {
  claims: { name: { purpose, required: true }, phone_number: { purpose, required: false } },
} as unknown as Client;

describe('the consent page lists', () => {
  test('only what the service is registered for', () => {
    const ask = consentAsk(client, { scopes: ['openid', 'profile', 'id_number'], claims: ['gender'] });
    expect(ask).toEqual({ required: ['name'], optional: [], offlineAccess: false });
  });

  test('required and optional apart', () => {
    const ask = consentAsk(client, { scopes: ['openid', 'profile', 'phone', 'offline_access'], claims: [] });
    expect(ask).toEqual({ required: ['name'], optional: ['phone_number'], offlineAccess: true });
  });

  test('names that only look like members of an object are not registered', () => {
    const ask = consentAsk(client, { scopes: ['openid', 'constructor'], claims: ['__proto__', 'toString'] });
    expect([...ask.required, ...ask.optional]).toEqual([]);
  });
});

describe('an earlier consent answers', () => {
  const earlier = { openid: { scope: 'openid profile', claims: ['gender'] }, rejected: { openid: { claims: ['phone_number'] } } };

  test.each([
    ['nothing when there is none', undefined, ['openid'], [], false],
    ['the same scopes', earlier, ['openid', 'profile'], [], true],
    ['fewer scopes', earlier, ['openid'], ['gender'], true],
    ['not a new scope', earlier, ['openid', 'phone'], [], false],
    ['a claim that was refused: it is not asked again', earlier, ['openid'], ['phone_number'], true],
    ['not a new claim', earlier, ['openid'], ['name'], false],
  ] as const)('%s', (_what, payload, scopes, claims, answer) => {
    expect(answeredBefore(payload, { scopes, claims })).toBe(answer);
  });
});
