// The programs of the quick start: the values of a client stand in them and cannot break out, and the one for Node runs.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  LANGUAGES,
  quickStart,
  type Language,
} from '../../../idp/admin/developers/quick-starts/quick-starts.ts';
import type { Client, ClientId, UnitId } from '../../../idp/registry/registry.ts';
import { walk } from '../../oidc/relying-party.ts';
import { sandboxService } from '../../registry/activity/actors.ts';
import { testApp, type TestApp } from '../../support/app.ts';
import { createBrowser } from '../../support/browser.ts';
import { until } from '../../support/until.ts';

const name = { 'zh-CN': '名', en: 'A' };
const client = (metadata: Readonly<Record<string, unknown>>): Client => ({
  clientId: 'a-client' as ClientId,
  unitId: 'unit' as UnitId,
  unitName: name,
  name,
  domain: 'a.example',
  logo: undefined,
  minimumLevel: 'l1',
  firstParty: false,
  claims: {},
  enabled: true,
  version: 1,
  environment: 'sandbox',
  metadata: {
    redirect_uris: ['https://a.example/cb'],
    scope: 'openid profile offline_access',
    token_endpoint_auth_method: 'client_secret_basic',
    ...metadata,
  },
});
const ISSUER = new URL('https://id.example');
const program = (language: Language, metadata: Readonly<Record<string, unknown>> = {}): string =>
  quickStart(language, client(metadata), ISSUER)
    .map(({ text }) => text)
    .join('');

describe.each(LANGUAGES)('the quick start for %s', (language) => {
  test('is complete for every way of authenticating, and never holds a secret', () => {
    for (const method of ['client_secret_basic', 'client_secret_post', 'none', 'private_key_jwt']) {
      const text = program(language, { token_endpoint_auth_method: method, client_secret: 'THE-SECRET' });
      expect(text).not.toMatch(/THE-SECRET|\{\{|^\?\w+\|/m);
      expect(text).toContain('a-client');
      expect(text).toContain('/cb');
      expect(text.includes('TONGXING_SECRET')).toBe(method.startsWith('client_secret_'));
    }
  });

  test('writes a value so that it stays a value', () => {
    const nasty = 'https://a.example/\'"$(id)`\\x?>#{';
    const text = program(language, { redirect_uris: [nasty] });
    const singleQuoted = "'https://a.example/\\'\"$(id)`\\\\x?>#{'";
    const doubleQuoted = '"https://a.example/\'\\"$(id)`\\\\x?>#{"';
    const written: Readonly<Record<Language, string>> = {
      node: singleQuoted,
      php: singleQuoted,
      java: doubleQuoted,
      python: doubleQuoted,
      go: doubleQuoted,
      // Only its path stands there, as addresses are read.
      dotnet: '"/\'%22$(id)%60/x"',
      http: "'https://a.example/'\\''\"$(id)`\\x?>#{'",
    };
    expect(text).toContain(written[language]);
  });
});

describe('the quick start for Node, run', () => {
  let system: TestApp;
  let running: ChildProcess | undefined;
  // Beside the packages, so that the program finds them as it would after `npm install`.
  const artifacts = fileURLToPath(new URL('../../../.artifacts', import.meta.url));
  let folder: string;

  beforeAll(async () => {
    mkdirSync(artifacts, { recursive: true });
    folder = mkdtempSync(path.join(artifacts, 'quick-'));
    system = await testApp();
  });
  afterAll(async () => {
    running?.kill();
    if (running?.exitCode === null) await once(running, 'exit');
    rmSync(folder, { recursive: true });
    await system.close();
  });

  test('signs a person in and shows who it is', async () => {
    const server = net.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as net.AddressInfo;
    server.close();
    const at = `http://127.0.0.1:${port}`;
    const service = await sandboxService(system, { redirect_uris: [`${at}/cb`], scope: 'openid profile' });
    const registered = await system.app.registry.find(service.id);
    const pieces = quickStart('node', registered!, new URL(system.issuer));
    const file = path.join(folder, 'login.mjs');
    writeFileSync(file, pieces.map(({ text }) => text).join(''));
    running = spawn(process.execPath, [file], { env: { ...process.env, TONGXING_SECRET: service.secret } });
    let said = '';
    running.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    running.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await until(() => said.includes(`Open ${at}/`), 15, 'the program');

    const citizen = await system.persona('verified');
    const browser = createBrowser();
    const page = await walk(browser, citizen, await browser.get(`${at}/`));
    expect(page.url.startsWith(`${at}/cb?code=`)).toBe(true);
    expect(JSON.parse(page.text)).toMatchObject({ name: citizen.name });
    const denied = await browser.get(`${at}/cb?error=access_denied`);
    expect([denied.status, denied.text]).toEqual([400, expect.stringContaining('Not signed in')]);
  });
});
