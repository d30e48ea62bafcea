// The face of whoever asks, alive and before a camera, against the population database (1:1). The citizen does it on a
// page of the vendor; no picture comes here (answers.ts). It shows that the holder is present: identity level 3.
import { createHmac } from 'node:crypto';
import { addSeconds, type Clock } from '../../../platform/base/clock.ts';
import { seconds } from '../../../platform/base/duration.ts';
import { openLine, type Ask, type Exchange } from '../exchange.ts';
import type { Authority, Begun, Claimed, ClaimedDocument, Finding, NotBegun } from '../../authority.ts';
import { beginning, meaningOf, meaningOfRefusal, result, type Beginning, type Result } from './answers.ts';
import type { FaceSettings } from './settings.ts';
import { WORDS } from './words.ts';

export interface FaceParts {
  readonly settings: FaceSettings;
  readonly clock: Clock;
  readonly fetch?: Ask | undefined;
}

interface Wired extends FaceParts {
  readonly init: Exchange<Beginning>;
  readonly describe: Exchange<Result>;
}

/** How long the vendor keeps an attempt open. */
const LIFE_SECONDS = 30 * 60;

/** Compares with the population database. The vendor's other products want a picture that we would have to hold. */
const PRODUCT = 'ID_PRO';

/** What the vendor is told of the device: it asks the browser on its own page for what else it needs. */
const META = JSON.stringify({ deviceType: 'h5' });

/**
 * A hand-over: InitFaceVerify brings the address of the vendor's page, DescribeFaceVerify tells what came of it. The
 * reference is good for the claim that it was begun with and for no other. Each attempt needs a request id of its own.
 */
export function createFace(parts: FaceParts): Authority {
  const line = openLine(parts);
  const wired = {
    ...parts,
    init: line.exchange(beginning, '/InitFaceVerify'),
    describe: line.exchange(result, '/DescribeFaceVerify'),
  };
  return {
    id: 'face',
    reaches: 3,
    method: 'face.liveness_and_register',
    covers: ['CN_RIC', 'CN_HMT_RP', 'CN_FPR_2017', 'CN_FPR_2023'],
    beside: ['population-register'],
    leads: true,
    collect: {
      by: 'hand_over',
      begin: (claimed, requestId, returnTo) => begin(wired, claimed, requestId, returnTo),
    },
    validitySeconds: seconds(parts.settings.validity),
    words: WORDS,
    examine: (claimed, requestId) => examine(wired, claimed, requestId),
  };
}

async function begin(
  { settings, clock, init }: Wired,
  { document }: Claimed,
  requestId: string,
  returnTo: string,
): Promise<Begun | NotBegun> {
  if (!document) throw new Error('a face is checked against a name and a number');
  const at = clock.now();
  const certType = certTypeOf(document);
  if (certType === undefined) return { is: 'unsupported', transaction: `not-asked:${requestId}`, at };
  // Neither ReturnImage nor anything else that would bring a picture here is ever asked for.
  const outcome = await init.ask(requestId, {
    SceneId: settings.sceneId,
    OuterOrderNo: orderNumberOf(settings, document, requestId),
    ProductCode: PRODUCT,
    Model: settings.model,
    CertType: certType,
    CertName: document.name,
    CertNo: document.number,
    MetaInfo: META,
    ReturnUrl: returnTo,
  });
  if (outcome.is === 'unavailable') return { ...outcome, at };
  const { answer } = outcome;
  if (answer.Code !== '200')
    return { ...meaningOfRefusal(answer.Code), transaction: answer.TransactionId, at };
  const { CertifyId: certifyId, CertifyUrl: address } = answer.ResultObject;
  if (!mayBeOpened(address, settings.url)) return { is: 'unavailable', reason: 'bad_answer', at };
  return {
    is: 'begun',
    reference: `${certifyId}.${requestId}`,
    address,
    expiresAt: addSeconds(at, LIFE_SECONDS),
  };
}

async function examine(
  { settings, clock, describe }: Wired,
  { document, reference }: Claimed,
  requestId: string,
): Promise<Finding> {
  const [, certifyId, begunAs] = /^([^.]+)\.(.+)$/.exec(reference ?? '') ?? [];
  if (!document || certifyId === undefined || begunAs === undefined)
    throw new Error('a face check is examined by its claim and the reference it was begun under');
  const outcome = await describe.ask(requestId, { SceneId: settings.sceneId, CertifyId: certifyId });
  const at = clock.now();
  if (outcome.is === 'unavailable') return { ...outcome, at };
  const orderNumber = orderNumberOf(settings, document, begunAs);
  const meaning = meaningOf(outcome.answer, { ...settings, certifyId, orderNumber });
  return meaning
    ? { ...meaning, transaction: certifyId, at }
    : { is: 'unavailable', reason: 'bad_answer', at };
}

/**
 * OuterOrderNo: 32 letters and digits, from the request id and the claim. The answer has to carry it: a face that was
 * checked for one name and number proves no other, whatever becomes of the reference in between. Keyed, because a
 * number of 18 digits can be guessed from a plain digest.
 */
function orderNumberOf({ secret }: FaceSettings, document: ClaimedDocument, requestId: string): string {
  const { kind, name, number } = document;
  const lines = ['face attempt', requestId, kind, name, number];
  return createHmac('sha256', secret.reveal()).update(lines.join('\n')).digest('hex').slice(0, 32);
}

function certTypeOf({ kind, number }: ClaimedDocument): string | undefined {
  if (kind === 'CN_RIC') return 'IDENTITY_CARD';
  // The region code tells where the holder is from: 81 Hong Kong, 82 Macao, 83 Taiwan.
  if (kind === 'CN_HMT_RP')
    return number.startsWith('83') ? 'RESIDENCE_PERMIT_TAIWAN' : 'RESIDENCE_PERMIT_HK_MC';
  if (kind === 'CN_FPR_2017' || kind === 'CN_FPR_2023') return 'PERMANENT_RESIDENCE_FOREIGNER';
  return undefined;
}

/**
 * A citizen is sent there: `javascript:` would run in our page, plain http can be changed on the way. The stand-in has
 * no certificate, so its own origin is let through; settings.ts allows no http address of the vendor in production.
 */
function mayBeOpened(address: string, vendor: string): boolean {
  const { protocol, origin, username, password } = new URL(address);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && origin === new URL(vendor).origin);
}
