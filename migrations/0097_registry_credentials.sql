-- Up Migration
-- What a client proves itself with. A secret from before stays where it is sealed, in registry.client: SQL cannot seal
-- it anew. Its row here then holds no secret of its own.
create table registry.credential (
  id uuid primary key,
  client_id text not null references registry.client (client_id),
  kind text not null check (kind in ('secret', 'key', 'certificate')),
  name text not null check (length(name) between 1 and 80),
  secret_sealed bytea check (secret_sealed is null or kind = 'secret'),
  public jsonb check ((public is null) = (kind = 'secret')),
  created_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  revoked_at timestamptz,
  revoked_by text,
  noticed_days smallint
);
create index credential_by_client on registry.credential (client_id);
create index credential_by_expiry on registry.credential (expires_at, id) where revoked_at is null;

comment on column registry.credential.id is 'internal: the credential';
comment on column registry.credential.client_id is 'public: whose it is';
comment on column registry.credential.kind is 'public: secret, key or certificate';
comment on column registry.credential.name is 'internal: what its team calls it';
comment on column registry.credential.secret_sealed is 'secret (sealed): a client secret; empty when revoked, or when it stands in registry.client';
comment on column registry.credential.public is 'public: the public key (RFC 7517), or the subject of the certificate (RFC 8705 2.1.2)';
comment on column registry.credential.created_by is 'pseudonym: who added it';
comment on column registry.credential.created_at is 'internal: since when';
comment on column registry.credential.expires_at is 'internal: until when it is accepted';
comment on column registry.credential.used_at is 'internal: when it was last used, within an hour';
comment on column registry.credential.revoked_at is 'internal: when it was ended before its time';
comment on column registry.credential.revoked_by is 'pseudonym: who ended it';
comment on column registry.credential.noticed_days is 'internal: the last notice: days before it expires';

alter table registry.client add column credentials_version integer not null default 0;
comment on column registry.client.credentials_version is 'internal: raised when its credentials change';

-- What stood before lives another year, like everything new.
insert into registry.credential (id, client_id, kind, name, created_by, created_at, expires_at)
  select gen_random_uuid(), client_id, 'secret', 'secret', 'system', created_at, now() + interval '365 days'
  from registry.client where secret_sealed is not null;
insert into registry.credential (id, client_id, kind, name, public, created_by, created_at, expires_at)
  select gen_random_uuid(), client_id, 'key', left(coalesce(nullif(key ->> 'kid', ''), 'key'), 80), key, 'system',
    created_at, now() + interval '365 days'
  from registry.client, jsonb_array_elements(metadata #> '{metadata,jwks,keys}') key
  where metadata #>> '{metadata,token_endpoint_auth_method}' = 'private_key_jwt'
    and coalesce(key ->> 'use', 'sig') = 'sig';
