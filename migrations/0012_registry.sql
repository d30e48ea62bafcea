-- Up Migration
create schema registry;

-- The organisation that owns services. Subject identifiers are pairwise per unit.
create table registry.unit (
  id text primary key,
  name jsonb not null,
  created_at timestamptz not null
);

-- `metadata` is the registration as imported, defaults filled in, without its secret.
create table registry.client (
  client_id text primary key,
  unit_id text not null references registry.unit (id),
  metadata jsonb not null,
  secret_sealed bytea,
  enabled boolean not null,
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);

create index client_by_unit on registry.client (unit_id);
