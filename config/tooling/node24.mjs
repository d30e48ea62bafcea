// Runs a script on Node 24, whatever Node the machine carries. The runtime comes from npm as an optional
// dependency, because Node 20 is end of life and crashes argon2's prebuilt binary.
// Usage: node config/tooling/node24.mjs [node options] script.mjs [arguments]
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, delimiter } from 'node:path';

const major = Number(process.versions.node.split('.')[0]);
let executable = process.execPath;
if (major < 24) {
  try {
    executable = createRequire(import.meta.url).resolve(`node-${process.platform}-${process.arch}/bin/node`);
  } catch {
    console.error(
      `Tongxing needs Node 24 or later: this is ${process.version} and npm brought no runtime for ${process.platform}-${process.arch}. Run "npm ci", or install Node 24.`,
    );
    process.exit(1);
  }
}

// The channel tells the script when this process was killed: a script that minds listens for 'disconnect'.
const child = spawn(executable, process.argv.slice(2), {
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  env: { ...process.env, PATH: `${dirname(executable)}${delimiter}${process.env.PATH ?? ''}` },
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
