-- Up Migration
-- Initial access tokens (RFC 7591 3): with one, a unit's own automation registers sandbox clients of that unit.
create table registry.registration_token (
  id uuid primary key,
  digest bytea not null unique check (length(digest) = 32),
  unit_id text not null references registry.unit (id),
  name text not null,
  uses_left integer not null check (uses_left >= 0),
  made_by text not null,
  made_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  ended_by text
);
create index registration_token_by_unit on registry.registration_token (unit_id);
comment on column registry.registration_token.id is 'internal: the permission to register';
comment on column registry.registration_token.digest is 'secret (hashed): SHA-256 of the random value';
comment on column registry.registration_token.unit_id is 'public: whose clients it registers';
comment on column registry.registration_token.name is 'internal: what it is for';
comment on column registry.registration_token.uses_left is 'internal: how many clients it can still register';
comment on column registry.registration_token.made_by is 'pseudonym: who made it';
comment on column registry.registration_token.made_at is 'internal: since when';
comment on column registry.registration_token.expires_at is 'internal: when it ends by itself';
comment on column registry.registration_token.ended_at is 'internal: when it was ended';
comment on column registry.registration_token.ended_by is 'pseudonym: who ended it';
