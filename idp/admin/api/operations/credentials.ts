// What a client proves itself with: two of a kind at once, so that one is changed without a failed login.
import { z } from 'zod';
import type { Credentials } from '../../../registry/registry.ts';
import { Complaints } from '../answers.ts';
import { notYours, OFFICE } from '../examples.ts';
import { operation, type Operation } from '../operation.ts';
import { clientId, DONE, done, instant, name } from '../schemas.ts';

export interface CredentialParts {
  readonly credentials: Pick<Credentials, 'list' | 'add' | 'revoke'>;
}

const CLIENT = `${OFFICE}-portal`;
const id = z.uuid();
const kind = z.enum(['secret', 'key', 'certificate']);

const credential = z.object({
  id,
  kind,
  name: z.string(),
  state: z.enum(['live', 'expired', 'revoked']),
  createdBy: z.string(),
  createdAt: instant,
  expiresAt: instant,
  usedAt: instant.optional().describe('Within an hour; missing when it never was.'),
});

export const credentialOperations = (parts: CredentialParts): readonly Operation[] => [
  addCredential(parts),
  listCredentials(parts),
  revokeCredential(parts),
];

const addCredential = ({ credentials }: CredentialParts): Operation =>
  operation({
    id: 'addCredential',
    method: 'post',
    path: '/clients/{clientId}/credentials',
    summary: 'Add a second credential; it counts on every node within a second. A secret is shown this once.',
    act: 'credential.write',
    params: { clientId },
    body: z.strictObject({
      kind,
      name,
      expiresAt: instant
        .optional()
        .describe('At most a year ahead, which is what stands when it is left out.'),
      public: z
        .record(z.string(), z.unknown())
        .optional()
        .describe('Of a key: the public key (RFC 7517). Of a certificate: one `tls_client_auth_*` member.'),
    }),
    status: 201,
    output: z.object({ id, secret: z.string().optional() }),
    examples: [
      {
        name: 'The next secret',
        path: { clientId: CLIENT },
        body: { kind: 'secret', name: '2027' },
        answer: {
          id: '01940000-0000-7000-8000-000000000007',
          secret: 'u7Yk3RC1G0sV9mPz2wQ8xL5tB4nD6hJ1fA3eK7oS9iM',
        },
      },
    ],
    async run({ actor, path, body: { expiresAt, ...wish } }) {
      const until = expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt) };
      const added = await credentials.add(actor, path.clientId, { ...wish, ...until });
      if (added.is === 'refused') throw new Complaints(added.complaints);
      return { id: added.id, secret: added.secret?.reveal() };
    },
  });

const listCredentials = ({ credentials }: CredentialParts): Operation =>
  operation({
    id: 'listCredentials',
    method: 'get',
    path: '/clients/{clientId}/credentials',
    summary: 'The credentials of a client, newest first, without their values.',
    act: 'registry.read',
    params: { clientId },
    output: z.object({ rows: z.array(credential) }),
    examples: [
      {
        name: 'Two secrets',
        path: { clientId: CLIENT },
        answer: {
          rows: [
            {
              id: '01940000-0000-7000-8000-000000000007',
              kind: 'secret',
              name: '2027',
              state: 'live',
              createdBy: 'client:program~0123456789abcdef',
              createdAt: '2026-11-22T08:00:00.000Z',
              expiresAt: '2027-11-22T08:00:00.000Z',
            },
          ],
        },
      },
      notYours({ clientId: 'elsewhere-portal' }),
    ],
    run: async ({ actor, path }) => ({ rows: await credentials.list(actor, path.clientId) }),
  });

const revokeCredential = ({ credentials }: CredentialParts): Operation =>
  operation({
    id: 'revokeCredential',
    method: 'delete',
    path: '/clients/{clientId}/credentials/{id}',
    summary: 'End a credential at once. The last one of a live client only with `evenLast=true`.',
    act: 'credential.write',
    params: { clientId, id },
    query: { evenLast: z.literal('true').optional() },
    output: done,
    examples: [
      {
        name: 'The next secret',
        path: { clientId: CLIENT, id: '01940000-0000-7000-8000-000000000007' },
        answer: DONE,
      },
    ],
    async run({ actor, path, query }) {
      const evenLast = query.evenLast === 'true';
      const ended = await credentials.revoke(actor, path.clientId, path.id, { evenLast });
      if (ended === 'last') throw new Complaints([LAST]);
      return DONE;
    },
  });

const LAST = {
  member: 'evenLast',
  text: {
    'zh-CN': '这是唯一有效的凭据，停用后应用无法登录；确要停用请加 evenLast=true',
    en: 'is needed: it is the only credential that counts, and nobody could sign in; add evenLast=true if that is meant',
  },
};
