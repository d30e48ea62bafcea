// Clients that register themselves with a permission of their unit: sandbox clients, checked like any other (RFC 7591).
// Not here: the protocol (oidc/).
import type { Audit } from '../../audit/audit.ts';
import { epochSeconds, type Clock } from '../../platform/base/clock.ts';
import { Fault } from '../../platform/base/errors.ts';
import type { Applying } from '../applying/applying.ts';
import { saidOf } from '../checks/rules.ts';
import { isRecord } from '../claims.ts';
import { examine, type ClientParts, type Sandboxes } from '../clients/sandbox.ts';
import type { Credentials } from '../credentials/credentials.ts';
import { memberOf, OURS } from '../members.ts';
import { by } from '../operators/operators.ts';
import type { Actor } from '../operators/roles.ts';
import type { Permission, Permissions } from './permissions.ts';

export type Registered =
  | {
      readonly is: 'registered';
      readonly clientId: string;
      /** Everything that was registered, the secret too: it stands here this once (RFC 7591 3.2.1). */
      readonly metadata: Readonly<Record<string, unknown>>;
    }
  /** A line for each thing that is wrong: member, value, rule and fix. */
  | { readonly is: 'refused'; readonly lines: readonly string[] }
  /** The permission was used up or ended meanwhile. */
  | { readonly is: 'gone' };

export interface Registering {
  /** What a token permits now. */
  permission(token: string): Promise<Permission | undefined>;
  register(token: string, given: unknown, reference: string): Promise<Registered>;
}

export interface RegisteringParts extends ClientParts {
  readonly permissions: Permissions;
  readonly sandboxes: Sandboxes;
  readonly applying: Applying;
  readonly credentials: Pick<Credentials, 'list'>;
  readonly audit: Audit;
  readonly clock: Clock;
}

export function createRegistering(parts: RegisteringParts): Registering {
  const { permissions } = parts;
  return {
    permission: (token) => permissions.of(token),
    async register(token, given, reference) {
      const permission = await permissions.of(token);
      return permission ? await register(parts, permission, given, reference) : { is: 'gone' };
    },
  };
}

/** Who acts: nobody but the permission, which reaches as far as a developer of its unit. */
const actorOf = ({ id, unitId, path }: Permission, reference: string): Actor => ({
  name: `registration:${id}`,
  operatorId: undefined,
  kind: 'program',
  posts: [{ role: 'developer', unitId, path }],
  fresh: false,
  reference,
});

async function register(
  parts: RegisteringParts,
  permission: Permission,
  given: unknown,
  reference: string,
): Promise<Registered> {
  const { permissions, sandboxes, applying, credentials, audit, clock } = parts;
  const actor = actorOf(permission, reference);
  const metadata = isRecord(given) ? understood(given) : given;
  const { complaints } = await examine(parts, metadata, {
    unitId: permission.unitId,
    environment: 'sandbox',
  });
  // What is wrong costs no use.
  if (complaints.length > 0)
    return {
      is: 'refused',
      lines: complaints.map((complaint) => saidOf(complaint, 'en')),
    };
  try {
    await audit.change(async (tx) => {
      await permissions.use(tx, permission.id);
      tx.record({ type: 'registration_token.used', data: { permission: permission.id }, ...by(actor) });
    });
    const { clientId, secret } = await sandboxes.createSandbox(actor, permission.unitId, metadata);
    const { metadata: kept } = await applying.read(actor, clientId);
    const issued = { client_id: clientId, client_id_issued_at: epochSeconds(clock.now()) };
    const [held] = secret ? await credentials.list(actor, clientId) : [];
    const shown = secret && {
      client_secret: secret.reveal(),
      client_secret_expires_at: held ? epochSeconds(held.expiresAt) : 0,
    };
    return { is: 'registered', clientId, metadata: { ...kept, ...issued, ...shown } };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    if (error.code === 'unsigned') return { is: 'gone' };
    // The unit has as many as it may, or the metadata went wrong since they were looked at.
    if (error.code === 'conflict' || error.code === 'bad_request')
      return { is: 'refused', lines: error.message.split('\n') };
    throw error;
  }
}

/** What the provider assigns (RFC 7591 3.2.1): what a caller says of it counts for nothing. */
const ASSIGNED = new Set([
  'client_id',
  'client_id_issued_at',
  'client_secret',
  'client_secret_expires_at',
  'registration_client_uri',
]);

/**
 * RFC 7591 2: what is not understood is ignored. Not so what a service would believe itself safer for, and members of
 * ours that are misspelt: those are refused with the fix, as everywhere.
 */
const TOLD = /^(?:tongxing_|software_statement$|registration_)|_encrypt/;

const understood = (given: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(given).filter(
      ([name]) =>
        !ASSIGNED.has(name) &&
        (memberOf(name) !== undefined || (OURS as readonly string[]).includes(name) || TOLD.test(name)),
    ),
  );
