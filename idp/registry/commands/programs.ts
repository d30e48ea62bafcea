// `programs …` and `registration-tokens …`: what a unit's own automation works with, for an operator at the machine.
import { readFile } from 'node:fs/promises';
import { Fault } from '../../platform/base/errors.ts';
import type { Command } from '../../platform/http/feature.ts';
import { ROLES, type Role } from '../operators/roles.ts';
import type { Permissions } from '../programs/permissions.ts';
import type { Programs } from '../programs/programs.ts';
import { command, MACHINE, needed } from './words.ts';

export interface ProgramCommandParts {
  readonly programs: Programs;
  readonly permissions: Permissions;
}

export const programCommands = (parts: ProgramCommandParts): readonly Command[] => [
  createProgram(parts),
  listPrograms(parts),
  endProgram(parts),
  createPermission(parts),
  listPermissions(parts),
  endPermission(parts),
];

/** A role as it is typed. Fault `bad_request` names those there are. */
export function roleOf(text: string): Role {
  const role = ROLES.find((known) => known === text);
  if (!role) throw new Fault('bad_request', { note: `--role "${text}": must be of ${ROLES.join(', ')}` });
  return role;
}

const createProgram = ({ programs }: ProgramCommandParts): Command =>
  command(
    {
      name: 'programs create',
      usage: '--unit UNIT --name NAME --role ROLE... [--jwks FILE] [--days N] [--json]',
      summary: 'Make a program of a unit that may use the API; without keys a secret is made.',
      options: {
        unit: { type: 'string' },
        name: { type: 'string' },
        role: { type: 'string', multiple: true },
        jwks: { type: 'string' },
        days: { type: 'string' },
      },
      words: 0,
    },
    async ({ values, print }) => {
      const { clientId, secret } = await programs.make(MACHINE, {
        unitId: needed('--unit', values.unit),
        name: needed('--name', values.name),
        roles: (values.role ?? []).map(roleOf),
        ...(values.jwks === undefined ? {} : { jwks: await readKeys(values.jwks) }),
        ...(values.days === undefined ? {} : { days: Number(values.days) }),
      });
      const shown = secret?.reveal();
      print({ client_id: clientId, ...(shown === undefined ? {} : { client_secret: shown }) }, () => [
        `created ${clientId}`,
        ...(shown === undefined ? [] : [`  client_secret ${shown} (shown this once: keep it now)`]),
      ]);
      return undefined;
    },
  );

async function readKeys(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as unknown;
  } catch (error) {
    // The parser's own message would quote the text around the fault, which may be a private key.
    throw new Fault('bad_request', { note: `${file}: cannot be read as JSON`, cause: error });
  }
}

const day = (at: Date): string => at.toISOString().slice(0, 10);

const listPrograms = ({ programs }: ProgramCommandParts): Command =>
  command(
    {
      name: 'programs list',
      usage: '[--after CURSOR] [--json]',
      summary: 'List the programs of units, 50 at a time.',
      options: { after: { type: 'string' } },
      words: 0,
    },
    async ({ values, print }) => {
      const page = await programs.list(MACHINE, values.after);
      print(page, () => [
        ...page.rows.map(
          ({ clientId, unitId, roles, works, expiresAt, name }) =>
            `${works ? 'works' : 'ended'} ${clientId} ${unitId} ${roles.join(',')} until ${day(expiresAt)} ${name}`,
        ),
        ...(page.next === undefined ? [] : [`more: --after ${page.next}`]),
      ]);
      return undefined;
    },
  );

const endProgram = ({ programs }: ProgramCommandParts): Command =>
  command(
    {
      name: 'programs end',
      usage: 'CLIENT_ID [--json]',
      summary: 'End a program; its tokens are refused from now on.',
      options: {},
      words: 1,
    },
    async ({ positionals: [clientId = ''], print }) => {
      await programs.end(MACHINE, clientId);
      print({ client_id: clientId, is: 'ended' }, () => [`ended ${clientId}`]);
      return undefined;
    },
  );

const createPermission = ({ permissions }: ProgramCommandParts): Command =>
  command(
    {
      name: 'registration-tokens create',
      usage: '--unit UNIT --name NAME [--uses N] [--days N] [--json]',
      summary: 'Make an initial access token: with it a unit registers sandbox clients by itself.',
      options: {
        unit: { type: 'string' },
        name: { type: 'string' },
        uses: { type: 'string', default: '20' },
        days: { type: 'string', default: '30' },
      },
      words: 0,
    },
    async ({ values, print }) => {
      const { id, token } = await permissions.make(MACHINE, {
        unitId: needed('--unit', values.unit),
        name: needed('--name', values.name),
        uses: Number(values.uses),
        days: Number(values.days),
      });
      print({ id, token: token.reveal() }, () => [
        `created ${id}`,
        `  ${token.reveal()} (shown this once: keep it now)`,
      ]);
      return undefined;
    },
  );

const listPermissions = ({ permissions }: ProgramCommandParts): Command =>
  command(
    {
      name: 'registration-tokens list',
      usage: '[--after CURSOR] [--json]',
      summary: 'List the initial access tokens, without their values, 50 at a time.',
      options: { after: { type: 'string' } },
      words: 0,
    },
    async ({ values, print }) => {
      const page = await permissions.list(MACHINE, values.after);
      print(page, () => [
        ...page.rows.map(
          ({ id, unitId, usesLeft, ended, expiresAt, name }) =>
            `${ended ? 'ended' : `${usesLeft} left`} ${id} ${unitId} until ${day(expiresAt)} ${name}`,
        ),
        ...(page.next === undefined ? [] : [`more: --after ${page.next}`]),
      ]);
      return undefined;
    },
  );

const endPermission = ({ permissions }: ProgramCommandParts): Command =>
  command(
    {
      name: 'registration-tokens end',
      usage: 'ID [--json]',
      summary: 'End an initial access token; what was registered with it stays.',
      options: {},
      words: 1,
    },
    async ({ positionals: [id = ''], print }) => {
      await permissions.end(MACHINE, id);
      print({ id, is: 'ended' }, () => [`ended ${id}`]);
      return undefined;
    },
  );
