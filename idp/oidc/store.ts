// Durable state of the protocol: consents, refresh tokens, logouts still to be delivered.
import { createHash } from 'node:crypto';
import { sql, type Postgres, type Queryable, type Tx } from '../platform/store/postgres.ts';

/** What the engine keeps of a grant or token. */
export type Payload = Readonly<Record<string, unknown>>;

export interface ConsentRow {
  readonly clientId: string;
  readonly payload: Payload;
  readonly givenAt: Date;
}

export interface KeptRefreshToken {
  readonly payload: Payload;
  readonly consent: Payload | undefined;
}

export interface DueLogout {
  readonly id: string;
  readonly clientId: string;
  readonly citizenId: string;
  readonly sid: string;
  readonly attempts: number;
}

const digestOf = (token: string): Buffer => createHash('sha256').update(token).digest();

export type OidcStore = ReturnType<typeof createOidcStore>;

/** All SQL of the schema `oidc`. Each read on a citizen's path touches one partition. */
export function createOidcStore(postgres: Postgres) {
  return {
    ...consents(postgres),
    ...consentWrites(postgres),
    ...refreshTokens(postgres),
    ...refreshTokenEnds(postgres),
    ...logoutDeliveries(postgres),
  };
}

async function consentOn(on: Queryable, citizenId: string, clientId: string): Promise<Payload | undefined> {
  const row = await on.row<{ payload: Payload }>(
    sql`select payload from oidc.consent
        where citizen_id = ${citizenId} and client_id = ${clientId} and expires_at > now()`,
  );
  return row?.payload;
}

async function dropRefreshTokens(on: Queryable, citizenId: string, clientId: string): Promise<void> {
  await on.run(
    sql`with gone as (
          delete from oidc.refresh_token where citizen_id = ${citizenId} and client_id = ${clientId} returning digest)
        delete from oidc.refresh_lookup where digest in (select digest from gone)`,
  );
}

function consents(postgres: Postgres) {
  return {
    /** One that has run out is none: it is asked for again, and nothing of it is carried over. */
    consent: (citizenId: string, clientId: string): Promise<Payload | undefined> =>
      consentOn(postgres, citizenId, clientId),

    /**
     * The same, held until the transaction ends. A row that is not there cannot be held: an advisory lock on the pair
     * makes two first answers take turns.
     */
    async holdConsent(tx: Tx, citizenId: string, clientId: string): Promise<Payload | undefined> {
      await tx.run(
        sql`select pg_advisory_xact_lock(hashtextextended(${`consent ${citizenId} ${clientId}`}, 0))`,
      );
      return consentOn(tx, citizenId, clientId);
    },
  };
}

function consentWrites(postgres: Postgres) {
  return {
    /** One row per citizen and client: a later consent replaces the earlier one. */
    async saveConsent(
      on: Queryable,
      citizenId: string,
      clientId: string,
      payload: Payload,
      ttlSeconds: number,
    ): Promise<void> {
      await on.run(
        sql`insert into oidc.consent (citizen_id, client_id, payload, expires_at)
            values (${citizenId}, ${clientId}, ${JSON.stringify(payload)}, now() + make_interval(secs => ${ttlSeconds}))
            on conflict (citizen_id, client_id) do update
              set payload = excluded.payload, expires_at = excluded.expires_at, given_at = now()`,
      );
    },

    /** True when there was a consent to withdraw. Its refresh tokens go with it. */
    async deleteConsent(on: Queryable, citizenId: string, clientId: string): Promise<boolean> {
      await dropRefreshTokens(on, citizenId, clientId);
      const deleted = await on.run(
        sql`delete from oidc.consent where citizen_id = ${citizenId} and client_id = ${clientId}`,
      );
      return deleted > 0;
    },

    async consentsOf(citizenId: string): Promise<readonly ConsentRow[]> {
      return postgres.rows<ConsentRow>(
        sql`select client_id as "clientId", payload, given_at as "givenAt"
            from oidc.consent where citizen_id = ${citizenId} and expires_at > now() order by given_at desc`,
      );
    },
  };
}

function refreshTokens(postgres: Postgres) {
  return {
    async saveRefreshToken(
      token: string,
      citizenId: string,
      clientId: string,
      payload: Payload,
      ttlSeconds: number,
    ): Promise<void> {
      const digest = digestOf(token);
      // The payload names the token itself (jti): only the digest may stand in the table.
      const kept = JSON.stringify({ ...payload, jti: undefined });
      await postgres.run(
        sql`with found as (
              insert into oidc.refresh_lookup (digest, citizen_id) values (${digest}, ${citizenId})
              on conflict (digest) do nothing)
            insert into oidc.refresh_token (citizen_id, digest, client_id, payload, expires_at)
            values (${citizenId}, ${digest}, ${clientId}, ${kept}, now() + make_interval(secs => ${ttlSeconds}))
            on conflict (citizen_id, digest) do update set payload = excluded.payload, expires_at = excluded.expires_at`,
      );
    },

    /** A refresh token with the consent that it stands on: whoever redeems it needs both. */
    async refreshToken(token: string): Promise<KeptRefreshToken | undefined> {
      const digest = digestOf(token);
      const row = await postgres.row<{ payload: Payload; consumed: boolean; consent: Payload | null }>(
        sql`select token.payload, token.consumed_at is not null as consumed, consent.payload as consent
            from oidc.refresh_token token
            left join oidc.consent consent
              on consent.citizen_id = token.citizen_id and consent.client_id = token.client_id
                and consent.expires_at > now()
            where token.citizen_id = (select citizen_id from oidc.refresh_lookup where digest = ${digest})
              and token.digest = ${digest}`,
      );
      if (!row) return undefined;
      const payload = { ...row.payload, jti: token, ...(row.consumed ? { consumed: true } : {}) };
      return { payload, consent: row.consent ?? undefined };
    },

    /** Compare-and-set: of any number of parallel rotations exactly one gets true. */
    async consumeRefreshToken(token: string): Promise<boolean> {
      const digest = digestOf(token);
      const claimed = await postgres.run(
        sql`update oidc.refresh_token set consumed_at = now()
            where citizen_id = (select citizen_id from oidc.refresh_lookup where digest = ${digest})
              and digest = ${digest} and consumed_at is null`,
      );
      return claimed > 0;
    },
  };
}

function refreshTokenEnds(postgres: Postgres) {
  return {
    async deleteRefreshToken(token: string): Promise<void> {
      const digest = digestOf(token);
      await postgres.run(
        sql`with gone as (
              delete from oidc.refresh_token
              where citizen_id = (select citizen_id from oidc.refresh_lookup where digest = ${digest})
                and digest = ${digest})
            delete from oidc.refresh_lookup where digest = ${digest}`,
      );
    },

    deleteRefreshTokensOf: (citizenId: string, clientId: string): Promise<void> =>
      dropRefreshTokens(postgres, citizenId, clientId),
  };
}

function logoutDeliveries(postgres: Postgres) {
  return {
    async enqueueLogout(
      on: Queryable,
      { id, clientId, citizenId, sid }: Omit<DueLogout, 'attempts'>,
      firstTryInSeconds: number,
    ): Promise<void> {
      await on.run(
        sql`insert into oidc.logout_delivery (id, client_id, citizen_id, sid, next_at)
            values (${id}, ${clientId}, ${citizenId}, ${sid}, now() + make_interval(secs => ${firstTryInSeconds}))`,
      );
    },

    /** Takes due rows and puts their next try off, so that a node that dies while delivering loses none. */
    async dueLogouts(limit: number): Promise<readonly DueLogout[]> {
      return postgres.rows<DueLogout>(
        sql`update oidc.logout_delivery set attempts = attempts + 1,
              next_at = now() + make_interval(secs => least(3600, 10 * power(2, attempts)))
            where id in (select id from oidc.logout_delivery where next_at <= now()
                         order by next_at limit ${limit} for update skip locked)
            returning id, client_id as "clientId", citizen_id as "citizenId", sid, attempts`,
      );
    },

    async logoutDelivered(id: string): Promise<void> {
      await postgres.run(sql`delete from oidc.logout_delivery where id = ${id}`);
    },
  };
}
