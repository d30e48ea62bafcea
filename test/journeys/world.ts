// The whole country on one machine: the provider, its stand-ins, and the two demo services as relying parties on
// origins of their own, so that a browser crosses real borders between them.
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { WORDS as FUND } from '../../clients/city-housing-fund/words.ts';
import { WORDS as PORTAL } from '../../clients/provincial-portal/words.ts';
import { createRelyingParty, readSettings, type Service } from '../../clients/relying-party/relying-party.ts';
import { testApp, type TestApp, type TestAppOptions } from '../support/app.ts';
import { freePort } from '../support/global-setup.ts';

export interface World extends TestApp {
  /** Origins of the demo services. */
  readonly portal: string;
  readonly fund: string;
}

interface Demo {
  readonly folder: 'provincial-portal' | 'city-housing-fund';
  readonly words: Service['words'];
  readonly asks: Service['asks'];
}

const PORTAL_DEMO: Demo = {
  folder: 'provincial-portal',
  words: PORTAL,
  asks: { level: 'l1', essential: false },
};
const FUND_DEMO: Demo = { folder: 'city-housing-fund', words: FUND, asks: { level: 'l2', essential: true } };

const SECRET = 'a-secret-of-the-demo-services-for-tests';

interface Running {
  readonly origin: string;
  readonly server: Server;
}

async function open(app: TestApp, demo: Demo): Promise<Running> {
  const folder = fileURLToPath(new URL(`../../clients/${demo.folder}/`, import.meta.url));
  const file = path.join(folder, 'registration.json');
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const registered = readFileSync(file, 'utf8').replaceAll(/http:\/\/localhost:\d+/g, origin);
  await app.app.registry.import({ ...(JSON.parse(registered) as object), client_secret: SECRET }, 'test');
  const secretFile = path.join(mkdtempSync(path.join(os.tmpdir(), 'tongxing-demo-')), 'secret');
  writeFileSync(secretFile, SECRET);
  const env = {
    ISSUER: app.issuer,
    PORT: String(port),
    CLIENT_ID: demo.folder,
    CLIENT_SECRET_FILE: secretFile,
  };
  const settings = readSettings(env, file);
  const { words, asks } = demo;
  const clock = { now: () => new Date() };
  const service = createRelyingParty({
    settings,
    clock,
    words,
    asks,
    publicFolder: path.join(folder, 'public'),
  });
  const server = service.listen(port, 'localhost');
  await once(server, 'listening');
  return { origin, server };
}

/** Everything up and wired. `env`: TONGXING_* variables over those of the test. */
export async function openWorld(
  env: Readonly<Record<string, string>> = {},
  options: Pick<TestAppOptions, 'host'> = {},
): Promise<World> {
  const app = await testApp({ env, ...options });
  const [portal, fund] = await Promise.all([open(app, PORTAL_DEMO), open(app, FUND_DEMO)]);
  return {
    ...app,
    portal: portal.origin,
    fund: fund.origin,
    async close() {
      for (const { server } of [portal, fund]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
      await app.close();
    },
  };
}
