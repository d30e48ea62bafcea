// `npm run bench [-- --quick] [-- --only SCENARIO]`: builds, then runs test/bench/bench.ts on core 1 with its stores;
// the servers that it measures have core 0 to themselves.
import { spawn, spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { PROJECT, build } from './build.mjs';

function refuse(line) {
  console.error(`bench: ${line}`);
  process.exit(1);
}

if (availableParallelism() < 2) refuse('needs two processor cores: one for the server, one for the load');
for (const program of ['taskset', 'redis-server'])
  if (spawnSync(program, ['--version'], { stdio: 'ignore' }).error)
    refuse(`needs ${program}: apt-get install ${program === 'taskset' ? 'util-linux' : program}`);
if (!build()) process.exit(1);

const script = join(PROJECT, 'test/bench/bench.ts');
const child = spawn('taskset', ['-c', '1', process.execPath, script, ...process.argv.slice(2)], {
  cwd: PROJECT,
  env: { ...process.env, NODE_ENV: 'production' },
  // The channel tells the benchmark when this process was killed.
  stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  // Ctrl-C of the terminal comes through here, once.
  detached: true,
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill('SIGTERM'));
process.on('disconnect', () => child.kill('SIGTERM'));
child.on('exit', (code) => process.exit(code ?? 1));
