// The cost of one password verification, in a process of its own on the core of the servers, so that a login can be
// told with and without it. hash.ts MEMORY_KIB PASSES: answers every message with processor milliseconds of one.
import { argon2id, hash, verify } from 'argon2';

const [memoryCost, timeCost] = process.argv.slice(2).map(Number);
const kept = await hash('a password of the benchmark', {
  type: argon2id,
  memoryCost: memoryCost ?? 0,
  timeCost: timeCost ?? 0,
  parallelism: 1,
});

async function one(times: number): Promise<number> {
  const before = process.cpuUsage();
  for (let index = 0; index < times; index += 1) await verify(kept, 'a password of the benchmark');
  const used = process.cpuUsage(before);
  return (used.user + used.system) / 1000 / times;
}

process.on('message', (times: number) => {
  one(times).then(
    (ms) => process.send?.({ ms }),
    (error: unknown) => {
      throw error;
    },
  );
});
process.on('disconnect', () => process.exit(0));
process.send?.({ is: 'ready' });
