// What an operator at the machine does with units and their host names, and the daily look at those.
import { parseArgs } from 'node:util';
import { Fault } from '../../platform/base/errors.ts';
import type { Command, Feature } from '../../platform/http/feature.ts';
import type { Domain, Domains } from '../domains/domains.ts';
import { dnsName, fileAddress, valueLine } from '../domains/challenge.ts';
import { ACTOR, refusing } from '../feature.ts';
import type { Actor } from '../operators/roles.ts';
import type { Unit, Units } from '../units/units.ts';
import type { Tree } from './tree.ts';

export interface UnitsFeatureParts {
  readonly units: Units;
  readonly tree: Tree;
  readonly domains: Domains;
}

/** Whoever can run commands on the machine. */
const MACHINE: Actor = { name: ACTOR, operatorId: undefined, kind: 'machine', posts: [], fresh: true };

/** `units list|show|add|seed`, `units domain add|check`, and the job that looks at held hosts once a day. */
export function unitsFeature(parts: UnitsFeatureParts): Feature {
  return {
    name: 'units',
    commands: [...treeShapes(parts), ...domainShapes(parts)].map(commandOf),
    // Hourly, so that a host is looked at within an hour of its day being over.
    jobs: [
      {
        name: 'registry.domains',
        everySeconds: 3_600,
        exclusive: true,
        run: async () => void (await parts.domains.recheck()),
      },
    ],
  };
}

interface Shape {
  readonly name: string;
  /** Positional arguments, in capitals. */
  readonly takes: readonly string[];
  /** Options with a value: name -> what stands after it in the usage line. */
  readonly options?: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly act: (
    args: readonly string[],
    options: Readonly<Record<string, string | undefined>>,
  ) => Promise<{ readonly lines: readonly string[]; readonly json: unknown }>;
}

function commandOf({ name, takes, options = {}, summary, act }: Shape): Command {
  const optional = Object.entries(options).map(([option, value]) => `[--${option} ${value}]`);
  const usage = [...takes, ...optional, '[--json]'].join(' ');
  return {
    name: `units ${name}`,
    usage,
    summary,
    run: (args, io) =>
      refusing(io, async () => {
        const { json, rest, given } = readArguments(
          args,
          takes,
          Object.keys(options),
          `units ${name} ${usage}`,
        );
        const done = await act(rest, given);
        for (const line of json ? [JSON.stringify(done.json)] : done.lines) io.out(line);
      }),
  };
}

function readArguments(
  args: readonly string[],
  takes: readonly string[],
  options: readonly string[],
  usage: string,
) {
  const known = Object.fromEntries(options.map((option) => [option, { type: 'string' as const }]));
  let read: { values: Record<string, string | boolean | undefined>; positionals: string[] } | undefined;
  try {
    read = parseArgs({
      args: [...args],
      options: { ...known, json: { type: 'boolean' } },
      allowPositionals: true,
    });
  } catch (error) {
    throw new Fault('bad_request', { note: `usage: tongxing ${usage}`, cause: error });
  }
  if (read.positionals.length !== takes.length)
    throw new Fault('bad_request', { note: `usage: tongxing ${usage}` });
  const given = Object.fromEntries(
    options.map((option) => [option, read.values[option] as string | undefined] as const),
  );
  return { json: read.values['json'] === true, rest: read.positionals, given };
}

const line = ({ id, level, name }: Unit): string => `${id} ${level} ${name['zh-CN']}`;

function treeShapes({ units, tree }: UnitsFeatureParts): readonly Shape[] {
  return [
    {
      name: 'list',
      takes: [],
      options: { under: 'UNIT', search: 'TEXT', after: 'PATH', limit: 'ROWS' },
      summary: 'List units in the order of the tree.',
      async act(_, { under, search, after, limit }) {
        const wanted = { under, search, after, limit: limit === undefined ? undefined : Number(limit) };
        const { rows, next } = await tree.list(MACHINE, wanted);
        const more = next === undefined ? [] : [`more: --after ${next}`];
        return { lines: [...rows.map(line), ...more], json: { rows, next: next ?? null } };
      },
    },
    {
      name: 'show',
      takes: ['UNIT'],
      summary: 'Show a unit with what stands above it and its contacts.',
      async act([id = '']) {
        const unit = await tree.show(MACHINE, id);
        const way = unit.way.map(({ name }) => name['zh-CN']).join(' / ');
        const contacts = unit.contacts.map(
          ({ office, telephone, mail }) => `  ${office} ${telephone} ${mail}`,
        );
        return {
          lines: [line(unit), `  ${way}`, `  ${unit.clients} clients, ${unit.people} people`, ...contacts],
          json: unit,
        };
      },
    },
    {
      name: 'add',
      takes: ['PARENT', 'NAME'],
      options: { en: 'NAME', code: 'CODE' },
      summary: 'Add a department below a unit.',
      async act([parentId = '', zh = ''], { en = zh, code }) {
        const unit = await tree.add(MACHINE, { parentId, name: { 'zh-CN': zh, en }, code });
        return { lines: [`added ${unit.id}`], json: unit };
      },
    },
    {
      name: 'seed',
      takes: [],
      summary: 'Write the national divisions that are missing (config/divisions.csv).',
      async act() {
        const seeded = await units.seed(ACTOR);
        return { lines: [`added ${seeded.added}, renamed ${seeded.renamed}`], json: seeded };
      },
    },
  ];
}

function domainShapes({ domains }: UnitsFeatureParts): readonly Shape[] {
  return [
    {
      name: 'domain add',
      takes: ['UNIT', 'HOST'],
      summary: 'Claim a host name for a unit; says what to publish.',
      async act([unitId = '', host = '']) {
        const domain = await domains.add(MACHINE, unitId, host);
        return { lines: [`claimed ${domain.host}`, ...whatToPublish(domain)], json: published(domain) };
      },
    },
    {
      name: 'domain check',
      takes: ['UNIT', 'HOST'],
      summary: 'Look whether what was to be published is there.',
      async act([unitId = '', host = '']) {
        const claims = await domains.list(MACHINE, unitId);
        const claim = claims.find((one) => one.unitId === unitId && one.host === host);
        if (!claim)
          throw new Fault('not_found', { note: `host "${host}": is not claimed by ${unitId}; add it` });
        const domain = await domains.check(MACHINE, claim.id);
        const found = Object.entries(domain.findings).map(
          ([method, { is, got }]) => `  ${method}: ${is}${got === undefined ? '' : ` ${got}`}`,
        );
        return { lines: [`${domain.state} ${domain.host}`, ...found], json: published(domain) };
      },
    },
  ];
}

const whatToPublish = ({ host, value }: Domain): readonly string[] => [
  `  DNS   ${dnsName(host)} TXT "${valueLine(value)}"`,
  `  file  ${fileAddress(host)} with ${valueLine(value)}`,
];

const published = (domain: Domain): object => ({
  ...domain,
  publish: { dns: dnsName(domain.host), file: fileAddress(domain.host), line: valueLine(domain.value) },
});
