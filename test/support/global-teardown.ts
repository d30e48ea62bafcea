export default async function teardown(): Promise<void> {
  globalThis.tongxingServers?.redis?.kill('SIGKILL');
  await globalThis.tongxingServers?.postgres.stop();
}
