import { rmSync } from 'node:fs';

export default async function teardown(): Promise<void> {
  const servers = globalThis.tongxingServers;
  if (!servers) return;
  servers.redis?.kill('SIGKILL');
  await servers.postgres.stop();
  rmSync(servers.folder, { recursive: true, force: true });
}
