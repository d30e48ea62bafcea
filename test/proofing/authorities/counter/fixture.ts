// The counter behind a real server over real PostgreSQL, and desks that sign as a terminal would: with jose alone, from
// the description of the interface.
import { GeneralSign, exportJWK, generateKeyPair, type CryptoKey, type GeneralJWS, type JWK } from 'jose';
import { randomUUID } from 'node:crypto';
import { createCitizens, type CitizenId, type Phone } from '../../../../idp/citizens/citizens.ts';
import { createLimits } from '../../../../idp/platform/limits/limits.ts';
import { createPostgresEphemeral } from '../../../../idp/platform/store/ephemeral-postgres.ts';
import { createCounter, type Counter } from '../../../../idp/proofing/authorities/counter/counter.ts';
import type { CaseId } from '../../../../idp/proofing/proofing.ts';
import { auditFixture, type AuditFixture } from '../../../audit/fixture.ts';
import { ask, memoryLog, serve, type Answer, type Serving } from '../../../platform/http/serving.ts';
import { keyringIndex, keyringSealer } from '../../../support/sealer.ts';

/** What terminals sign: where the server really listens does not matter. */
export const ISSUER = new URL('https://login.example.gov.cn');

export interface Signer {
  readonly id: string;
  readonly key: CryptoKey;
  readonly jwk: JWK;
}

export async function newSigner(id: string): Promise<Signer> {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  return { id, key: privateKey, jwk: await exportJWK(publicKey) };
}

export interface Signing {
  /** In this order; by default one terminal and one officer of the office. */
  readonly signers?: readonly Signer[];
  /** Over the protected header of each signature; undefined removes a member. */
  readonly header?: Readonly<Record<string, unknown>>;
  readonly first?: Readonly<Record<string, unknown>>;
  /** Over what is sent, after it was signed. */
  readonly change?: (jws: GeneralJWS) => unknown;
}

export interface Opened {
  readonly citizenId: CitizenId;
  readonly caseId: CaseId;
  readonly ticket: string;
}

export interface CounterFixture extends AuditFixture {
  readonly counter: Counter;
  readonly serving: Serving;
  readonly terminal: Signer;
  readonly other: Signer;
  readonly officers: readonly [Signer, Signer, Signer];
  /** Of another office, with a terminal of its own. */
  readonly elsewhere: { readonly terminal: Signer; readonly officer: Signer };
  readonly decided: (readonly [CitizenId, CaseId])[];
  /** What the counter itself logged. */
  readonly lines: ReturnType<typeof memoryLog>['lines'];
  /** A citizen with an open case and a ticket for it. */
  open(changes?: { readonly state?: string }): Promise<Opened>;
  post(path: string, payload: unknown, signing?: Signing): Promise<Answer>;
  signed(path: string, payload: unknown, signing?: Signing): Promise<string>;
  /** Submits for a new case and returns the submission's identifier. */
  submitted(opened: Opened, changes?: object, signing?: Signing): Promise<string>;
  runJobs(): Promise<void>;
}

export const CHILD = {
  kind: 'CN_RIC',
  name: '丁朵朵',
  number: '330110201605034189',
  birthdate: '2016-05-03',
  gender: 'female',
};
export const DOCUMENT = {
  kind: 'CN_RIC',
  name: '何语桐',
  number: '330102199211053483',
  birthdate: '1992-11-05',
  gender: 'female',
};
export const GUARDIAN = { kind: 'CN_RIC', name: '林晓夏', number: '330106199506182261' };
export const FACTS = {
  chip_read: true,
  face_compared: true,
  document_expired: false,
  reported_lost: false,
  deceased: false,
};
export const LOOKUP = '/counter/cases/lookup';
export const SUBMISSIONS = '/counter/submissions';
export const approvalOf = (id: string): string => `${SUBMISSIONS}/${id}/approval`;
/** The second officer's word, after reading this document. */
export const approvalFor = ({
  kind,
  name,
  number,
}: Readonly<Record<'kind' | 'name' | 'number', string>>) => ({
  decision: 'approve',
  document: { kind, name, number },
});
export const APPROVE = approvalFor(DOCUMENT);
export const REJECT = { decision: 'reject', reason: 'face_differs' };

export const JOSE = { 'content-type': 'application/jose+json', accept: '*/*' };
export const bodyOf = ({ text }: Answer): Record<string, unknown> =>
  JSON.parse(text) as Record<string, unknown>;

export async function counterFixture(
  onDecided: (...of: [CitizenId, CaseId]) => Promise<void> = () => Promise.resolve(),
): Promise<CounterFixture> {
  const base = await auditFixture(40);
  const { database, audit, keyring, clock } = base;
  const { postgres } = database;
  const { log, lines } = memoryLog();
  const ephemeral = createPostgresEphemeral(postgres);
  const decided: (readonly [CitizenId, CaseId])[] = [];
  const seals = { sealer: keyringSealer(keyring), index: keyringIndex(keyring) };
  const citizens = createCitizens({ postgres, clock, ...seals });
  const counter = createCounter({
    postgres,
    audit,
    citizens,
    ephemeral,
    log,
    clock,
    ...seals,
    limits: createLimits({ ephemeral, postgres, keyring, clock }),
    issuer: ISSUER,
    settings: { enabled: true, validity: '3650d', ticketLife: '30d', submissionLife: '1d' },
    async onDecided(...of) {
      decided.push(of);
      await onDecided(...of);
    },
  });
  const serving = await serve({ features: [counter.feature] });
  const [terminal, other, far] = [await newSigner('hz-1'), await newSigner('hz-2'), await newSigner('nb-1')];
  const officers = [await newSigner('o-101'), await newSigner('o-102'), await newSigner('o-103')] as const;
  const stranger = await newSigner('o-900');
  const { directory } = counter;
  for (const [id, name, region] of [
    ['hangzhou', '杭州市政务服务大厅', '330100'],
    ['ningbo', '宁波市政务服务大厅', '330200'],
  ] as const)
    await directory.addOffice({ id, name, region }, 'test');
  for (const [{ id, jwk: key }, office] of [
    [terminal, 'hangzhou'],
    [other, 'hangzhou'],
    [far, 'ningbo'],
  ] as const)
    await directory.addTerminal({ id, office, key, name: '窗口' }, 'test');
  for (const { id, jwk: key } of officers)
    await directory.addOfficer({ id, office: 'hangzhou', key }, 'test');
  await directory.addOfficer({ id: stranger.id, office: 'ningbo', key: stranger.jwk }, 'test');

  const signed: CounterFixture['signed'] = async (path, payload, signing = {}) => {
    const bytes = new TextEncoder().encode(typeof payload === 'string' ? payload : JSON.stringify(payload));
    const sign = new GeneralSign(bytes);
    const common = {
      alg: 'ES256',
      htm: 'POST',
      htu: new URL(path, ISSUER).href,
      iat: Math.floor(clock.now().getTime() / 1000),
      jti: randomUUID(),
      ...signing.header,
    };
    for (const [n, { id, key }] of (signing.signers ?? [terminal, officers[0]]).entries()) {
      const header = { kid: id, ...common, ...(n === 0 ? signing.first : {}) };
      sign.addSignature(key).setProtectedHeader(header);
    }
    const jws = await sign.sign();
    return JSON.stringify(signing.change ? signing.change(jws) : jws);
  };
  const send = (path: string, body: string): Promise<Answer> =>
    ask(serving.url + path, { method: 'POST', body, headers: JOSE });
  const post: CounterFixture['post'] = async (path, payload, signing) =>
    send(path, await signed(path, payload, signing));
  let phones = 13_900_010_000;

  return {
    ...base,
    counter,
    serving,
    terminal,
    other,
    officers,
    decided,
    lines,
    signed,
    post,
    elsewhere: { terminal: far, officer: stranger },
    async open({ state = 'handed' } = {}) {
      phones += 1;
      const phone = `+86${phones}` as Phone;
      const at = clock.now();
      const caseId = randomUUID() as string as CaseId;
      const opened = await audit.change(async (tx) => {
        const registered = await citizens.register(tx, phone, at);
        if (registered.is === 'phone_taken') throw new Error('taken');
        const { id } = registered;
        tx.record({ type: 'citizen.registered', data: { method: 'sms' }, citizenId: id, actor: 'system' });
        return { citizenId: id, caseId, ticket: await counter.tickets.issue(tx, id, caseId) };
      });
      await base.tamper(
        `insert into proofing.case (citizen_id, id, state, wanted, name_sealed, number_sealed, request_ids, findings,
           attempts, created_at, updated_at, version) values ($1, $2, $3, 4, '\\x00', '\\x00', '{}', '[]', 0, $4, $4, 1)`,
        [opened.citizenId, caseId, state, at],
      );
      return opened;
    },
    async submitted({ ticket }, changes = {}, signing = {}) {
      const payload = { ticket, document: DOCUMENT, facts: FACTS, ...changes };
      const answer = await post(SUBMISSIONS, payload, signing);
      if (answer.status !== 201)
        throw new Error(`the submission was answered ${answer.status} ${answer.text}`);
      return String(bodyOf(answer)['submission']);
    },
    async runJobs() {
      for (const job of counter.feature.jobs ?? []) await job.run();
    },
    async close() {
      await serving.close();
      await base.close();
    },
  };
}
