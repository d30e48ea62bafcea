import { describe, expect, test } from '@jest/globals';
import { withCompanions } from '../../idp/oidc/claims.ts';
import { answeredBefore, consentAsk } from '../../idp/oidc/consent.ts';
import type { Client } from '../../idp/registry/registry.ts';

const purpose = { 'zh-CN': '用途', en: 'purpose' };
const client = {
  claims: { name: { purpose, required: true }, phone_number: { purpose, required: false } },
} as unknown as Client;

describe('the consent page lists', () => {
  test('only what the service is registered for', () => {
    const ask = consentAsk(client, { scopes: ['openid', 'profile', 'id_number'], claims: ['gender'] });
    expect(ask).toEqual({ required: ['name'], optional: [], separate: [], offlineAccess: false });
  });

  test('required and optional apart', () => {
    const ask = consentAsk(client, { scopes: ['openid', 'profile', 'phone', 'offline_access'], claims: [] });
    expect(ask).toEqual({
      required: ['name'],
      optional: ['phone_number'],
      separate: [],
      offlineAccess: true,
    });
  });

  test('names that only look like members of an object are not registered', () => {
    const ask = consentAsk(client, { scopes: ['openid', 'constructor'], claims: ['__proto__', 'toString'] });
    expect([...ask.required, ...ask.optional]).toEqual([]);
  });
});

describe('a row', () => {
  const grant = { purpose, required: true };
  const ladder = {
    claims: { id_type: grant, id_number_masked: grant, id_number: grant, verified_claims: grant },
  } as unknown as Client;

  test('of a companion stands alone when what it accompanies is not asked', () => {
    const asks = (claims: readonly string[]) => consentAsk(ladder, { scopes: ['openid'], claims }).required;
    expect(asks(['id_type'])).toEqual(['id_type']);
    expect(asks(['id_type', 'id_number_masked'])).toEqual(['id_number_masked']);
  });

  test('of the full number is never among the others', () => {
    const ask = consentAsk(ladder, {
      scopes: ['openid', 'id_number'],
      claims: ['id_number', 'verified_claims'],
    });
    expect(ask.separate).toEqual(['id_number']);
    expect([...ask.required].sort()).toEqual(['id_number_masked', 'verified_claims']);
  });

  test('that was refused takes its companion along, unless another that was agreed to needs it', () => {
    expect(withCompanions(['id_number'], ['id_number', 'id_type'])).toEqual(['id_number', 'id_type']);
    expect(withCompanions(['id_number'], ['id_number', 'id_number_masked'])).toEqual(['id_number']);
  });
});

const nothingRegistered = { claims: {} } as unknown as Client;

test('an earlier consent does not answer for a claim that the registration has gained since', () => {
  const earlier = { openid: { scope: 'openid profile phone', claims: ['name'] } };
  const wanted = { scopes: ['openid', 'profile'], claims: [] };
  const grown = { claims: { ...client.claims, gender: { purpose, required: true } } } as unknown as Client;
  expect(answeredBefore(earlier, client, wanted)).toBe(true);
  expect(answeredBefore(earlier, grown, wanted)).toBe(false);
});

describe('an earlier consent answers', () => {
  const earlier = {
    openid: { scope: 'openid profile', claims: ['gender'] },
    rejected: { openid: { claims: ['phone_number'] } },
  };

  test.each([
    ['nothing when there is none', undefined, ['openid'], [], false],
    ['the same scopes', earlier, ['openid', 'profile'], [], true],
    ['fewer scopes', earlier, ['openid'], ['gender'], true],
    ['not a new scope', earlier, ['openid', 'phone'], [], false],
    ['a claim that was refused: it is not asked again', earlier, ['openid'], ['phone_number'], true],
    ['not a new claim', earlier, ['openid'], ['name'], false],
  ] as const)('%s', (_what, payload, scopes, claims, answer) => {
    expect(answeredBefore(payload, nothingRegistered, { scopes, claims })).toBe(answer);
  });
});
