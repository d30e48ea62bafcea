// Settings of a demo service: four variables of the environment, and the registration that lies beside its code.
import { readFileSync } from 'node:fs';
import { z } from 'zod';

const environment = z.object({
  ISSUER: z.url({ protocol: /^https?$/ }).describe('Address of the identity provider.'),
  PORT: z.coerce.number().int().min(1).max(65_535).describe('TCP port to listen on.'),
  CLIENT_ID: z.string().min(1).describe('Identifier given at registration.'),
  CLIENT_SECRET_FILE: z.string().min(1).describe('File that holds the client secret.'),
  BASE_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Address of this service as browsers see it; http://localhost:PORT when absent.'),
});

const registration = z.object({
  scope: z.string(),
  tongxing_unit: z.object({ name: z.string(), 'name#en': z.string() }),
  tongxing_domain: z.string(),
});

export interface Settings {
  readonly issuer: URL;
  readonly port: number;
  /** Origin of this service, without a slash at the end. */
  readonly origin: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope: string;
  readonly unit: { readonly 'zh-CN': string; readonly en: string };
  readonly domain: string;
}

/** Throws an Error of one line that names the variable or file at fault. */
export function readSettings(
  env: Readonly<Record<string, string | undefined>>,
  registrationFile: string,
): Settings {
  const parsed = environment.safeParse(env);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new Error(`${issue?.path.join('.') ?? 'environment'}: ${issue?.message ?? 'cannot be read'}`);
  }
  const { ISSUER, PORT, CLIENT_ID, CLIENT_SECRET_FILE, BASE_URL } = parsed.data;
  const registered = registration.parse(JSON.parse(readFileSync(registrationFile, 'utf8')));
  return {
    issuer: new URL(ISSUER),
    port: PORT,
    origin: new URL(BASE_URL ?? `http://localhost:${PORT}`).origin,
    clientId: CLIENT_ID,
    clientSecret: secretIn(CLIENT_SECRET_FILE),
    scope: registered.scope,
    unit: { 'zh-CN': registered.tongxing_unit.name, en: registered.tongxing_unit['name#en'] },
    domain: registered.tongxing_domain,
  };
}

function secretIn(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw new Error(`CLIENT_SECRET_FILE: ${file} cannot be read`, { cause });
  }
}
