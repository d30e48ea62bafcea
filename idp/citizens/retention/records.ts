// The account itself as records of a citizen. Closing it leaves an identifier without a person.
import type { CodeWords, Records, RetentionRule } from '../../audit/audit.ts';
import { shanghaiTime } from '../../platform/base/calendar.ts';
import type { Sealer } from '../../platform/crypto/seal.ts';
import type { Json } from '../../platform/store/ephemeral.ts';
import type { Postgres } from '../../platform/store/postgres.ts';
import { DOCUMENT_KINDS, type CitizenId, type Citizens, type HeldDocument } from '../citizens.ts';
import { documentName } from '../messages.ts';
import { PSEUDONYM_PLACE } from '../documents.ts';
import * as store from './store.ts';

export interface CitizenRecordsParts {
  readonly postgres: Postgres;
  readonly sealer: Sealer;
  readonly citizens: Pick<Citizens, 'documents'>;
}

const WITH_ACCOUNT = 'as long as the account; removed when it is closed';
const ERASURE = 'the purpose ends with the account (PIPL 47)';

const RULES: readonly RetentionRule[] = [
  {
    table: 'citizens.citizen',
    keeps: 'phone and level as long as the account; then only its identifier, for good',
    why: 'an identifier is never given to another person (ASVS 10.5.2); the phone goes at closing (PIPL 47)',
  },
  { table: 'citizens.document', keeps: WITH_ACCOUNT, why: ERASURE },
  {
    table: 'citizens.lookup',
    keeps: WITH_ACCOUNT,
    why: `${ERASURE}; phone and documents are free to register again`,
  },
  { table: 'citizens.likeness', keeps: WITH_ACCOUNT, why: ERASURE },
];

const WORDS: CodeWords = Object.fromEntries(
  DOCUMENT_KINDS.map((kind) => [
    `document.${kind}`,
    { 'zh-CN': documentName('zh-CN', kind), en: documentName('en', kind) },
  ]),
);

export function citizenRecords(parts: CitizenRecordsParts): Records {
  return {
    name: 'account',
    rules: RULES,
    words: WORDS,
    exportOf: (id) => exportOf(parts, id as CitizenId),
    erase: (tx, id, at) => store.erase(tx, id as CitizenId, at),
  };
}

const when = (at: Date | null): string | null => at && shanghaiTime(at);

async function exportOf({ postgres, sealer, citizens }: CitizenRecordsParts, id: CitizenId): Promise<Json> {
  const [account, documents] = await Promise.all([store.accountOf(postgres, id), citizens.documents(id)]);
  if (!account) return null;
  return {
    status: account.status,
    registered_at: shanghaiTime(account.createdAt),
    phone: account.phone && sealer.open(account.phone, 'citizens.citizen.phone', id),
    phone_confirmed_at: when(account.phoneVerifiedAt),
    phone_changed_at: when(account.phoneChangedAt),
    pseudonym: account.pseudonym && sealer.open(account.pseudonym, PSEUDONYM_PLACE, id),
    level: account.ial,
    level_since: when(account.ialAt),
    level_until: when(account.ialExpiresAt),
    documents: documents.map(told),
  };
}

const told = ({ kind, number, name, birthdate, gender, verifiedAt, former }: HeldDocument): Json => ({
  kind,
  number: number.reveal(),
  name: name.reveal(),
  birthdate,
  gender,
  verified_at: shanghaiTime(verifiedAt),
  replaced: former,
});
