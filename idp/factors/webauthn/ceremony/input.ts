// What a browser posts of a ceremony, as text in a form field: bounded before anything is parsed, because what comes is
// CBOR inside base64url inside JSON from whoever likes to send it.
import { z } from 'zod';
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';

/** The longest honest one is a registration with a 1023-byte credential id and an RSA key. */
const MOST_TEXT = 12_000;
const MOST_BYTES = {
  id: 1023,
  clientData: 2048,
  attestation: 4096,
  authenticatorData: 1024,
  signature: 1024,
};

const base64url = (mostBytes: number) =>
  z
    .string()
    .min(1)
    .max(Math.ceil((mostBytes * 4) / 3))
    .regex(/^[\w-]+$/);

/** L3 4 (credential id): 16 random bytes at least, so that nobody meets one by chance. */
const credentialId = base64url(MOST_BYTES.id).min(22);
const common = {
  id: credentialId,
  rawId: credentialId,
  type: z.literal('public-key'),
};
const clientDataJSON = base64url(MOST_BYTES.clientData);

const TRANSPORTS = ['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'] as const;
export type Transport = (typeof TRANSPORTS)[number];
const isTransport = (text: unknown): text is Transport => TRANSPORTS.some((known) => known === text);

const assertion = z.object({
  ...common,
  response: z.object({
    clientDataJSON,
    authenticatorData: base64url(MOST_BYTES.authenticatorData),
    signature: base64url(MOST_BYTES.signature),
    // WebAuthn L3 5.4.3: at most 64 bytes; null where a key was asked for by its id.
    userHandle: base64url(64).nullish(),
  }),
});

const registration = z.object({
  ...common,
  response: z.object({
    clientDataJSON,
    attestationObject: base64url(MOST_BYTES.attestation),
    transports: z.array(z.string().max(32)).max(16).optional(),
  }),
});

/**
 * A page of ours is never in a frame, so a ceremony that ran in one was begun by somebody else (L3 13.4.9). The library
 * looks at `topOrigin` of assertions only.
 */
const clientData = z.object({
  challenge: base64url(128),
  crossOrigin: z.literal(false).optional(),
  topOrigin: z.undefined().optional(),
});

export interface Presented<Response> {
  readonly response: Response;
  readonly credentialId: Buffer;
  readonly challenge: Buffer;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const bytesOf = (text: string): Buffer => Buffer.from(text, 'base64url');

function presented<Response extends { id: string; response: { clientDataJSON: string } }>(
  response: Response,
): Presented<Response> | undefined {
  const told = clientData.safeParse(parsedJson(bytesOf(response.response.clientDataJSON).toString('utf8')));
  return told.success
    ? { response, credentialId: bytesOf(response.id), challenge: bytesOf(told.data.challenge) }
    : undefined;
}

/** Undefined for whatever is no assertion, or one made in a frame. */
export function readAssertion(text: string): Presented<AuthenticationResponseJSON> | undefined {
  if (text.length > MOST_TEXT) return undefined;
  const read = assertion.safeParse(parsedJson(text));
  if (!read.success) return undefined;
  const { userHandle, ...signed } = read.data.response;
  const response = userHandle ? { ...signed, userHandle } : signed;
  return presented({ ...read.data, response, clientExtensionResults: {} });
}

/** Undefined for whatever is no registration, or one made in a frame. Transports that nobody knows are left out. */
export function readRegistration(text: string): Presented<RegistrationResponseJSON> | undefined {
  if (text.length > MOST_TEXT) return undefined;
  const read = registration.safeParse(parsedJson(text));
  if (!read.success) return undefined;
  const transports = [...new Set(read.data.response.transports?.filter(isTransport))];
  return presented({
    ...read.data,
    response: { ...read.data.response, transports },
    clientExtensionResults: {},
  });
}
