// A unit with a program of its own, as an operator at the machine makes them, and the API as the program calls it.
import * as client from 'openid-client';
import type { TestApp } from '../../support/app.ts';
import { answerOf, type Answer } from '../../oidc/relying-party.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command of the tool on the same application. */
export async function run(system: TestApp, name: string, ...args: string[]): Promise<Ran> {
  const command = system.app.commands.find((one) => one.name === name);
  if (!command) throw new Error(`no command ${name}`);
  const [out, err]: [string[], string[]] = [[], []];
  const code = await command.run(args, { out: (line) => out.push(line), err: (line) => err.push(line) });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

/** What a command prints as JSON. */
export async function told<T>(system: TestApp, name: string, ...args: string[]): Promise<T> {
  const { code, out, err } = await run(system, name, ...args, '--json');
  if (code !== 0) throw new Error(`${name}: ${err}`);
  return JSON.parse(out) as T;
}

export interface Program {
  readonly clientId: string;
  readonly secret: string;
  /** A token for the API, by the client of a relying party's library. */
  token(scope?: string): Promise<string>;
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>;
}

/** A unit directly below the nation, with a client of its own that nobody uses. */
export async function makeUnit(system: TestApp, id: string): Promise<void> {
  const name = { name: '示例办公室', 'name#en': 'Example office' };
  const metadata = {
    client_id: `${id}-portal`,
    redirect_uris: [`https://${id}.example.gov.cn/callback`],
    tongxing_unit: { id, ...name },
  };
  await system.app.registry.import(metadata, 'test');
}

export async function makeProgram(system: TestApp, unit: string, ...roles: string[]): Promise<Program> {
  const made = await told<{ client_id: string; client_secret: string }>(
    system,
    'programs create',
    '--unit',
    unit,
    '--name',
    'CI of the office',
    ...roles.flatMap((role) => ['--role', role]),
  );
  return programAt(system.issuer, made.client_id, made.client_secret);
}

export async function programAt(issuer: string, clientId: string, secret: string): Promise<Program> {
  const options = { execute: [client.allowInsecureRequests] };
  const method = client.ClientSecretBasic(secret);
  const server = await client.discovery(new URL(issuer), clientId, undefined, method, options);
  const token = async (scope = 'registry.read registry.write'): Promise<string> => {
    const granted = await client.clientCredentialsGrant(server, { scope, resource: `${issuer}/admin/api` });
    return granted.access_token;
  };
  let current: Promise<string> | undefined;
  return {
    clientId,
    secret,
    token,
    async call(method, path, body, headers = {}) {
      current ??= token();
      return await callApi(
        issuer,
        method,
        path,
        { authorization: `Bearer ${await current}`, ...headers },
        body,
      );
    },
  };
}

export async function callApi(
  issuer: string,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body?: unknown,
): Promise<Answer> {
  return answerOf(
    await fetch(`${issuer}/admin/api${path}`, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    }),
  );
}
