-- Up Migration
-- A program of a unit that uses the console's API. Kept apart from the clients: whoever may change a client must not be
-- able to become a program with more roles by giving it another key.
create table registry.program (
  client_id text primary key check (client_id like 'program~%'),
  unit_id text not null references registry.unit (id),
  name text not null,
  roles text[] not null check (cardinality(roles) > 0 and roles <@ array['developer', 'owner', 'auditor']),
  jwks jsonb,
  secret_sealed bytea,
  made_by text not null,
  made_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  ended_by text,
  check ((jwks is null) <> (secret_sealed is null))
);
create index program_by_unit on registry.program (unit_id);
comment on column registry.program.client_id is 'public: how it names itself at the token endpoint';
comment on column registry.program.unit_id is 'public: whose it is; it reaches everything below';
comment on column registry.program.name is 'internal: what its team calls it';
comment on column registry.program.roles is 'internal: what it may do';
comment on column registry.program.jwks is 'public: the keys with which it proves itself';
comment on column registry.program.secret_sealed is 'secret (sealed): the secret with which it proves itself';
comment on column registry.program.made_by is 'pseudonym: who made it';
comment on column registry.program.made_at is 'internal: since when';
comment on column registry.program.expires_at is 'internal: when it ends by itself';
comment on column registry.program.ended_at is 'internal: when it was ended';
comment on column registry.program.ended_by is 'pseudonym: who ended it';
