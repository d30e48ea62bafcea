// Brings what the full tests need and npm does not carry: Redis, Chromium, and fonts that show every Chinese name.
import { execFileSync, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, openSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { PROJECT } from './build.mjs';

const NEEDS = [
  { package: 'redis-server', present: () => found('redis-server') !== undefined },
  { package: 'chromium', present: () => chromium() !== undefined },
  { package: 'fonts-noto-cjk', present: hasFonts },
];

/** Path of Chromium, or undefined. */
export function chromium() {
  return found('chromium') ?? found('chromium-browser') ?? found('google-chrome');
}

/** Installs what is missing. Throws an Error of one sentence that names what is missing and how to get it. */
export function provision() {
  const missing = () => NEEDS.filter((need) => !need.present()).map((need) => need.package);
  const wanted = missing();
  if (wanted.length === 0) return [];
  const why = install(wanted);
  const left = missing();
  if (left.length > 0)
    throw new Error(
      `The full tests need ${left.join(', ')}, ${why}: run "apt-get install ${left.join(' ')}" as root, or run "npm run test:quick".`,
    );
  return wanted;
}

/** Returns why something may still be missing. */
function install(packages) {
  const root = rootPrefix();
  if (!found('apt-get')) return 'and this system has no apt-get';
  if (!root) return 'and this user may not install them (neither root nor "sudo -n")';
  const log = join(PROJECT, '.data/logs/provision.log');
  mkdirSync(join(PROJECT, '.data/logs'), { recursive: true });
  const fd = openSync(log, 'w');
  const apt = (...args) => {
    const command = [
      ...root,
      'env',
      'DEBIAN_FRONTEND=noninteractive',
      'apt-get',
      '-o',
      'DPkg::Lock::Timeout=300',
    ];
    return spawnSync(command[0], [...command.slice(1), ...args], { stdio: ['ignore', fd, fd] }).status === 0;
  };
  const hadRedis = found('redis-server') !== undefined;
  const done = apt('update') && apt('install', '-y', '--no-install-recommends', ...packages);
  if (!hadRedis) stopRedisService(root);
  return done ? 'which apt-get did not bring' : `which apt-get could not install (see ${log})`;
}

/** The package starts a server of its own on 6379; the tests bring theirs on free ports. */
function stopRedisService(root) {
  if (!existsSync('/run/systemd/system')) return;
  const command = [...root, 'systemctl', 'disable', '--now', 'redis-server'];
  spawnSync(command[0], command.slice(1), { stdio: 'ignore' });
}

/** [] as root, ['sudo', '-n'] where that works, undefined otherwise. */
function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  return found('sudo') && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0
    ? ['sudo', '-n']
    : undefined;
}

function found(program) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/sbin'];
  return folders.map((folder) => join(folder, program)).find(isExecutable);
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function hasFonts() {
  if (existsSync('/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc')) return true;
  if (!found('fc-list')) return false;
  return /Noto (Sans|Serif) CJK/.test(execFileSync('fc-list', [':lang=zh', 'family'], { encoding: 'utf8' }));
}
