// How the engine compares what a service proves itself with: any credential that counts is good, and which one it was
// is noted. The only place that changes a method of the engine.
import { errors, Provider, type KoaContextWithOIDC } from 'oidc-provider';
import type { Clock } from '../../platform/base/clock.ts';
import { shanghaiTime } from '../../platform/base/calendar.ts';
import { sameSecret, type Client, type HeldCredential, type Registry } from '../../registry/registry.ts';
import { certificateIn, subjectMatches } from './certificate.ts';

export interface CredentialParts {
  readonly registry: Registry;
  readonly clock: Clock;
  /** Told which credential let a service in. */
  readonly credentialUsed: (id: string) => void;
}

/**
 * The engine knows one secret of a client and compares it by `compareClientSecret`; here every secret that the registry
 * has now is compared, all of them every time, so that the time does not tell which one it was nearly.
 */
export function acceptSecrets(provider: Provider, parts: CredentialParts): void {
  const { registry, clock, credentialUsed } = parts;
  provider.Client.prototype.compareClientSecret = async function accepts(given: string): Promise<boolean> {
    if (given === '') return false;
    const client = await registry.find(this.clientId);
    // What is not in the table of clients (programs of units) has the one secret that the engine knows.
    if (client?.credentials === undefined) return sameSecret(this.clientSecret ?? '', given);
    // A secret may be newer than what this node has heard: who changes to it at once is not turned away.
    const found = matching(client, given) ?? matching(await registry.findNow(this.clientId), given);
    if (!found) return false;
    // Only who holds the secret is told that it has run out.
    if (found.expiresAt <= clock.now()) throw ranOut('secret', found.expiresAt);
    credentialUsed(found.id);
    return true;
  };
}

/** All are compared, and of two that are the same the one that counts longer is taken. */
function matching(client: Client | undefined, given: string): HeldCredential | undefined {
  const secrets = heldBy(client, 'secret').toSorted((a, b) => b.expiresAt.getTime() - a.expiresAt.getTime());
  const same = secrets.map(({ secret }) => sameSecret(secret?.reveal() ?? '', given));
  return secrets[same.indexOf(true)];
}

/** RFC 6749 5.2: 401, like every other secret that does not let in. */
function ranOut(what: 'secret' | 'key', at: Date): Error {
  const error = new errors.InvalidClient(
    `the client ${what} ran out on ${shanghaiTime(at)}; add a new one to this client and use that`,
    `an expired client ${what}`,
  );
  error.status = 401;
  error.statusCode = 401;
  return error;
}

/** After the engine has verified an assertion: which of the client's keys it was signed with. */
export function noteKey(parts: CredentialParts) {
  return async (
    _ctx: KoaContextWithOIDC,
    _claims: unknown,
    { kid, alg }: Readonly<Record<string, unknown>>,
    client: { readonly clientId: string },
  ): Promise<void> => {
    const keys = heldBy(await parts.registry.find(client.clientId), 'key');
    const signed = keys.filter(
      ({ public: key }) => key && fits(key, alg) && (kid === undefined || key['kid'] === kid),
    );
    // The engine may hold a key a little longer than it counts: nobody announces that a time has come.
    const [last] = signed.toSorted((a, b) => b.expiresAt.getTime() - a.expiresAt.getTime());
    if (last && last.expiresAt <= parts.clock.now()) throw ranOut('key', last.expiresAt);
    // Two keys without names and of one kind cannot be told apart here; then neither is noted.
    if (last && signed.length === 1) parts.credentialUsed(last.id);
  };
}

const KTY: Readonly<Record<string, string>> = { ES256: 'EC', PS256: 'RSA', EdDSA: 'OKP' };
const fits = (key: Readonly<Record<string, unknown>>, alg: unknown): boolean =>
  KTY[String(alg)] === key['kty'];

/** Which client a request asked for last: the engine compares subjects where nobody can wait for a read. */
const asking = new WeakMap<object, Client>();

/** Told by the adapter whenever the engine looks a client up. */
export function noteAsking(client: Client): void {
  const { ctx } = Provider;
  if (ctx) asking.set(ctx, client);
}

/**
 * `tls_client_auth` (RFC 8705 2.1) behind a proxy that ends TLS: it verifies the certificate, and writes it into `header`
 * over whatever the caller sent there.
 */
export function mutualTls(header: string, parts: CredentialParts) {
  return {
    enabled: true as const,
    tlsClientAuth: true as const,
    getCertificate: (ctx: KoaContextWithOIDC) => certificateIn(ctx.get(header)),
    certificateAuthorized: (ctx: KoaContextWithOIDC) => certificateIn(ctx.get(header)) !== undefined,
    certificateSubjectMatches: (ctx: KoaContextWithOIDC) => {
      const certificate = certificateIn(ctx.get(header));
      const client = asking.get(ctx);
      const subjects = client?.clientId === ctx.oidc.client?.clientId ? (client?.credentials ?? []) : [];
      const found =
        certificate &&
        subjects.find(
          (one) => countsNow(one, parts.clock.now()) && subjectMatches(certificate, one.public ?? {}),
        );
      if (found) parts.credentialUsed(found.id);
      return found !== undefined;
    },
  };
}

const countsNow = ({ kind, expiresAt }: HeldCredential, now: Date): boolean =>
  kind === 'certificate' && expiresAt > now;

const heldBy = (client: Client | undefined, kind: HeldCredential['kind']): readonly HeldCredential[] =>
  (client?.credentials ?? []).filter((one) => one.kind === kind);
