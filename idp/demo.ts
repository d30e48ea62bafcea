// The demo services of development: registered at start, each with a secret of its own that never leaves this machine.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { randomToken } from './platform/base/ids.ts';
import type { Registry } from './registry/registry.ts';
import { PROJECT, type Settings } from './settings.ts';

export interface SeededClient {
  readonly name: string;
  readonly module: string;
  readonly port: number;
  readonly url: string;
  readonly clientId: string;
  readonly secretFile: string;
}

/** A secret of a demo service: made once, readable by its owner only, never in the repository. */
function demoSecret(folder: string, clientId: string): { file: string; secret: string } {
  const file = path.join(folder, `${clientId}.secret`);
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(file, randomToken(32), { mode: 0o600 });
  }
  return { file, secret: readFileSync(file, 'utf8') };
}

/** Registers the services of `registry.seed`; their secrets are made once and kept in the data folder. */
export async function seedClients(settings: Settings, registry: Registry): Promise<readonly SeededClient[]> {
  const folder = path.resolve(PROJECT, settings.dataFolder, 'clients');
  const seeded: SeededClient[] = [];
  for (const { module, registration, port } of settings.registry.seed) {
    const metadata = JSON.parse(readFileSync(path.join(PROJECT, registration), 'utf8')) as {
      client_id: string;
      client_name: string;
    };
    const { file, secret } = demoSecret(folder, metadata.client_id);
    await registry.import({ ...metadata, client_secret: secret }, 'system');
    seeded.push({
      name: metadata.client_name,
      module,
      port,
      url: `http://localhost:${port}`,
      clientId: metadata.client_id,
      secretFile: file,
    });
  }
  return seeded;
}
