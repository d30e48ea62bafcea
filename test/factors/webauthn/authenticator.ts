// An authenticator and the browser before it, in software: every field of what they make can be forged.
import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

type Cbor = number | string | Uint8Array | ReadonlyMap<number | string, Cbor>;

/** CBOR (RFC 8949) in its shortest form: integers, byte and text strings, maps. */
export function cbor(value: Cbor): Buffer {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === 'string')
    return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  const members = [...value].flatMap(([key, inner]) => [cbor(key), cbor(inner)]);
  return Buffer.concat([head(5, value.size), ...members]);
}

function head(major: number, length: number): Buffer {
  const [size, code] =
    length < 24 ? [0, length] : length < 256 ? [1, 24] : length < 65_536 ? [2, 25] : [4, 26];
  const bytes = Buffer.alloc(1 + size);
  bytes[0] = (major << 5) | code;
  if (size > 0) bytes.writeUIntBE(length, 1, size);
  return bytes;
}

const fromJwk = (text: string | undefined): Buffer => Buffer.from(text ?? '', 'base64url');

type Kind = 'ES256' | 'EdDSA' | 'RS256';

interface Pair {
  readonly cose: Map<number, Cbor>;
  readonly privateKey: KeyObject;
}

function pairOf(kind: Kind): Pair {
  const { publicKey, privateKey } =
    kind === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : kind === 'EdDSA'
        ? generateKeyPairSync('ed25519')
        : generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { x, y, n, e } = publicKey.export({ format: 'jwk' });
  const cose: [number, Cbor][] =
    kind === 'ES256'
      ? [
          [1, 2],
          [3, -7],
          [-1, 1],
          [-2, fromJwk(x)],
          [-3, fromJwk(y)],
        ]
      : kind === 'EdDSA'
        ? [
            [1, 1],
            [3, -8],
            [-1, 6],
            [-2, fromJwk(x)],
          ]
        : [
            [1, 3],
            [3, -257],
            [-1, fromJwk(n)],
            [-2, fromJwk(e)],
          ];
  return { cose: new Map(cose), privateKey };
}

export const FLAGS = { up: 1, uv: 4, be: 8, bs: 16, at: 64, ed: 128 } as const;

/** What a dishonest browser or authenticator changes. Whatever is signed is signed after the change. */
export interface Forged {
  readonly clientData?: Readonly<Record<string, unknown>>;
  readonly rpId?: string;
  readonly flags?: (honest: number) => number;
  readonly signCount?: number;
  /** Null leaves it out. */
  readonly userHandle?: Buffer | null;
  readonly credentialId?: Buffer;
  readonly authData?: (honest: Buffer) => Buffer;
  readonly signature?: (honest: Buffer) => Buffer;
  readonly cose?: (honest: Map<number, Cbor>) => Map<number, Cbor>;
  readonly attestation?: (honest: Map<string, Cbor>) => Map<string, Cbor>;
  readonly attestationObject?: (honest: Buffer) => Buffer;
  /** The whole, before it is text. */
  readonly response?: (honest: Response) => unknown;
}

export type Response = { id: string; rawId: string; type: string; response: Record<string, unknown> };

export interface CreationOptions {
  readonly challenge: string;
  readonly rp: { readonly id?: string };
  readonly user: { readonly id: string };
}

export interface RequestOptions {
  readonly challenge: string;
  readonly rpId?: string;
}

export interface Authenticator {
  readonly credentialId: Buffer;
  /** What the browser posts in `credential`. */
  create(options: CreationOptions, forged?: Forged): string;
  get(options: RequestOptions, forged?: Forged): string;
}

export interface AuthenticatorKind {
  readonly origin: string;
  readonly synced?: boolean;
  readonly alg?: Kind;
  readonly aaguid?: string;
  /** True: counts its signatures. */
  readonly counts?: boolean;
  readonly credentialId?: Buffer;
}

const sha256 = (data: Buffer | string): Buffer => createHash('sha256').update(data).digest();
const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const u16 = (value: number): Buffer => Buffer.from([value >> 8, value & 255]);
const text64 = (bytes: Buffer): string => bytes.toString('base64url');

/** One key for one account. */
export function authenticator(kind: AuthenticatorKind): Authenticator {
  const { origin, synced = false, alg = 'ES256', aaguid = '00000000-0000-0000-0000-000000000000' } = kind;
  const credentialId = kind.credentialId ?? randomBytes(32);
  const pair = pairOf(alg);
  let counter = 0;
  let handle: Buffer | undefined;

  const clientData = (type: string, challenge: string, forged: Forged): Buffer =>
    Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false, ...forged.clientData }));
  const authData = (rpId: string, extra: number, tail: readonly Buffer[], forged: Forged): Buffer => {
    if (kind.counts === true) counter += 1;
    const honest = FLAGS.up | FLAGS.uv | (synced ? FLAGS.be | FLAGS.bs : 0) | extra;
    const flags = forged.flags?.(honest) ?? honest;
    const bytes = [
      sha256(forged.rpId ?? rpId),
      Buffer.from([flags]),
      u32(forged.signCount ?? counter),
      ...tail,
    ];
    const whole = Buffer.concat(bytes);
    return forged.authData?.(whole) ?? whole;
  };
  const post = (id: Buffer, response: Record<string, unknown>, forged: Forged): string => {
    const honest = { id: text64(id), rawId: text64(id), type: 'public-key', response };
    return JSON.stringify(forged.response?.(honest) ?? honest);
  };

  return {
    credentialId,
    create(options, forged = {}) {
      handle = fromJwk(options.user.id);
      const id = forged.credentialId ?? credentialId;
      const cose = cbor(forged.cose?.(new Map(pair.cose)) ?? pair.cose);
      const attested = [Buffer.from(aaguid.replaceAll('-', ''), 'hex'), u16(id.length), id, cose];
      const data = authData(options.rp.id ?? '', FLAGS.at, attested, forged);
      const map = new Map<string, Cbor>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', data],
      ]);
      const object = cbor(forged.attestation?.(map) ?? map);
      const response = {
        clientDataJSON: text64(clientData('webauthn.create', options.challenge, forged)),
        attestationObject: text64(forged.attestationObject?.(object) ?? object),
        transports: ['internal'],
      };
      return post(id, response, forged);
    },
    get(options, forged = {}) {
      const data = authData(options.rpId ?? '', 0, [], forged);
      const client = clientData('webauthn.get', options.challenge, forged);
      const signed = Buffer.concat([data, sha256(client)]);
      const signature = sign(alg === 'EdDSA' ? null : 'sha256', signed, pair.privateKey);
      const given = forged.userHandle === undefined ? handle : (forged.userHandle ?? undefined);
      const response = {
        clientDataJSON: text64(client),
        authenticatorData: text64(data),
        signature: text64(forged.signature?.(signature) ?? signature),
        ...(given === undefined ? {} : { userHandle: text64(given) }),
      };
      return post(forged.credentialId ?? credentialId, response, forged);
    },
  };
}

/** The options that a page of ours carries for its script. */
export function optionsOf(html: string): CreationOptions & RequestOptions {
  const found = /data-options="([^"]*)"/.exec(html)?.[1];
  if (found === undefined) throw new Error('no passkey on this page');
  return JSON.parse(found.replaceAll('&quot;', '"').replaceAll('&amp;', '&')) as CreationOptions &
    RequestOptions;
}
