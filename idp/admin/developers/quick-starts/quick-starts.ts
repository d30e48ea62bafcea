// Programs that sign in with one client, ready to run: its values stand in the text of each language as that language
// writes a text. Never a secret: an environment variable is named.
import { readFileSync } from 'node:fs';
import type { Client } from '../../../registry/registry.ts';
import { firstScopes } from '../own.ts';

export const LANGUAGES = ['node', 'java', 'dotnet', 'php', 'python', 'go', 'http'] as const;
export type Language = (typeof LANGUAGES)[number];

/** What they are called, the same in every language. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = {
  node: 'Node',
  java: 'Java Spring Boot',
  dotnet: '.NET',
  php: 'PHP',
  python: 'Python',
  go: 'Go',
  http: 'HTTP',
};

/** A piece of a program; `own`: a value of this client. */
export interface Piece {
  readonly text: string;
  readonly own: boolean;
}

const TEMPLATES = Object.fromEntries(
  LANGUAGES.map((language) => [
    language,
    readFileSync(new URL(`./templates/${language}.txt`, import.meta.url), 'utf8'),
  ]),
) as Readonly<Record<Language, string>>;

/** JSON's escapes are also those of Java, C#, Go, Python and YAML between double quotes; line separators are not. */
const doubleQuoted = (value: string): string =>
  JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

const singleQuoted = (value: string): string => `'${value.replace(/[\\']/g, (char) => `\\${char}`)}'`;

/** How each language writes a text. A shell's single quote ends a text whatever stands before it. */
const QUOTED: Readonly<Record<Language, (value: string) => string>> = {
  node: (value) => `'${doubleQuoted(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`,
  java: doubleQuoted,
  dotnet: doubleQuoted,
  php: singleQuoted,
  python: doubleQuoted,
  go: doubleQuoted,
  http: (value) => `'${value.replaceAll("'", String.raw`'\''`)}'`,
};

type Case = 'secret' | 'basic' | 'post' | 'public' | 'key' | 'http';

function casesOf({ metadata }: Client, issuer: URL): ReadonlySet<Case> {
  const method = String(metadata['token_endpoint_auth_method']);
  const cases: readonly (readonly [boolean, Case])[] = [
    [method.startsWith('client_secret_'), 'secret'],
    [method === 'client_secret_basic', 'basic'],
    [method === 'client_secret_post', 'post'],
    [method === 'none', 'public'],
    [method === 'private_key_jwt' || method.endsWith('tls_client_auth'), 'key'],
    [issuer.protocol === 'http:', 'http'],
  ];
  return new Set(cases.flatMap(([holds, name]) => (holds ? [name] : [])));
}

/** Values by the name under which templates ask for them. */
function valuesOf(client: Client, issuer: URL): Readonly<Record<string, string>> {
  const { clientId, metadata } = client;
  const uris = metadata['redirect_uris'];
  const redirect =
    Array.isArray(uris) && typeof uris[0] === 'string' ? uris[0] : 'http://localhost:3000/callback';
  const { port, pathname } = new URL(redirect);
  const at = (path: string): string => new URL(path, issuer).href;
  return {
    issuer: issuer.href.replace(/\/$/, ''),
    client_id: clientId,
    redirect_uri: redirect,
    redirect_path: pathname,
    scope: firstScopes(client),
    listen: `:${port || '80'}`,
    discovery: at('/.well-known/openid-configuration'),
    authorize: at('/oidc/authorize'),
    token: at('/oidc/token'),
    userinfo: at('/oidc/userinfo'),
  };
}

/** The program in pieces; joined they are its text. */
export function quickStart(language: Language, client: Client, issuer: URL): readonly Piece[] {
  const cases = casesOf(client, issuer);
  const values = valuesOf(client, issuer);
  const lines = TEMPLATES[language].split('\n').flatMap((line) => {
    const [, only, rest] = /^\?(\w+)\|(.*)$/.exec(line) ?? [];
    if (only === undefined) return [line];
    return cases.has(only as Case) ? [rest ?? ''] : [];
  });
  return lines
    .join('\n')
    .split(/(\{\{#?\w+\}\})/)
    .map((text) => {
      const [, comment, name] = /^\{\{(#?)(\w+)\}\}$/.exec(text) ?? [];
      return name === undefined
        ? { text, own: false }
        : { text: written(language, values, name, comment === '#'), own: true };
    });
}

/** `comment`: the value stands in a comment, where nothing ends it but a line break; addresses and names have none. */
function written(
  language: Language,
  values: Readonly<Record<string, string>>,
  name: string,
  comment: boolean,
): string {
  if (name === 'scope_list') return (values['scope'] ?? '').split(' ').map(QUOTED[language]).join(', ');
  const value = values[name];
  if (value === undefined) throw new Error(`the ${language} quick start asks for ${name}`);
  return comment ? value.replaceAll(/[^!-~]|\?>|\*\//g, '') : QUOTED[language](value);
}
