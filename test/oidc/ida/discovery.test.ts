// What the provider says of itself before anybody asks (OpenID Connect for Identity Assurance 1.0, 8).
import { describe, expect, test } from '@jest/globals';
import { identityAssuranceMetadata } from '../../../idp/oidc/ida/verified-claims.ts';

const issuer = new URL('https://id.example.gov.cn');

describe('discovery', () => {
  const RECORDS = [
    'population_register.name_number',
    'mobile_operator.name_number_phone',
    'face.liveness_and_register',
    'network_identity.presented_with_face',
    'bank_card.name_number_card_phone',
  ];
  const COMMON = {
    verified_claims_supported: true,
    trust_frameworks_supported: ['https://id.example.gov.cn/trust-framework/cn-gov-realname'],
    claims_in_verified_claims_supported: ['name'],
  };
  const records = {
    electronic_records_supported: [
      'population_register',
      'https://id.example.gov.cn/record/mobile-subscription',
      'https://id.example.gov.cn/record/network-identity',
      'bank_account',
    ],
  };

  test('names no document while none is examined, and each record once', () => {
    expect(identityAssuranceMetadata(issuer, RECORDS, ['name'])).toEqual({
      ...COMMON,
      ...records,
      evidence_supported: ['electronic_record'],
    });
  });

  test('names documents and how they are checked when a counter is on', () => {
    expect(identityAssuranceMetadata(issuer, [...RECORDS, 'counter.chip_and_officers'], ['name'])).toEqual({
      ...COMMON,
      ...records,
      evidence_supported: ['electronic_record', 'document'],
      documents_supported: [
        'idcard',
        'residence_permit',
        'passport',
        'https://id.example.gov.cn/document/hong-kong-macao-travel-permit',
        'https://id.example.gov.cn/document/taiwan-travel-permit',
      ],
      documents_check_methods_supported: ['vcrypt', 'bvp'],
    });
  });

  test('names no record while there is none, and nothing at all while nothing is on', () => {
    expect(identityAssuranceMetadata(issuer, ['counter.chip_and_officers'], ['name'])).not.toHaveProperty(
      'electronic_records_supported',
    );
    expect(identityAssuranceMetadata(issuer, [], ['name'])).toEqual(COMMON);
  });
});
