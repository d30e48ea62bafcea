-- Up Migration
create schema if not exists platform;

-- Keys by purpose, wrapped by the key-encryption key: a dump of this table opens nothing.
create table platform.key (
  id text primary key,
  purpose text not null,
  state text not null check (state in ('next', 'active', 'retired')),
  created_at timestamptz not null,
  activated_at timestamptz,
  retired_at timestamptz,
  wrapped bytea not null
);
create unique index key_one_active on platform.key (purpose) where state = 'active';
create unique index key_one_next on platform.key (purpose) where state = 'next';

-- Short-lived state where no Redis runs. Unlogged: it may be lost with a crash, as an emptied Redis would be.
-- Values are JSON text, not jsonb: what was written is read back character by character, U+0000 included.
create unlogged table platform.ephemeral (
  key text primary key,
  value text not null,
  claimed boolean not null default false,
  expires_at timestamptz not null,
  grp text,
  -- Only of entries written by merge: the value that must be the same, the merged field's name, and its members
  -- as name, value, name, value. `value` then holds everything but that field.
  same text,
  field text,
  members text[]
) with (fillfactor = 70);
create index ephemeral_grp on platform.ephemeral (grp) where grp is not null;
create index ephemeral_expires_at on platform.ephemeral (expires_at);
