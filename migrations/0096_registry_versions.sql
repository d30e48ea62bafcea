-- Up Migration
-- Every registration that ever ran, with who brought it and why: a year later each difference is still explained.
create table registry.client_version (
  client_id text not null references registry.client (client_id),
  version integer not null,
  act text not null check (act in
    ('kept', 'imported', 'created', 'changed', 'live', 'suspended', 'resumed', 'retired', 'disabled', 'enabled')),
  registration jsonb not null,
  state text not null,
  by text not null,
  at timestamptz not null,
  reason text not null default '',
  request_id text references registry.request (id),
  primary key (client_id, version)
);
comment on column registry.client_version.client_id is 'public: which client';
comment on column registry.client_version.version is 'internal: its version from then on';
comment on column registry.client_version.act is 'internal: what was done';
comment on column registry.client_version.registration is 'internal: the registration from then on; no secret';
comment on column registry.client_version.state is 'internal: where the client was in its life from then on';
comment on column registry.client_version.by is 'pseudonym: who did it';
comment on column registry.client_version.at is 'internal: when';
comment on column registry.client_version.reason is 'internal: why, as the person wrote it';
comment on column registry.client_version.request_id is 'internal: the request that brought it';

insert into registry.client_version (client_id, version, act, registration, state, by, at)
  select client_id, version, 'kept', metadata, state, 'system', updated_at from registry.client;

-- A suspended client comes back by two: this one asked first. Void as soon as the client has another version.
create table registry.resumption (
  client_id text primary key references registry.client (client_id),
  version integer not null,
  asked_by text not null,
  asked_at timestamptz not null,
  reason text not null
);
comment on column registry.resumption.client_id is 'public: which client';
comment on column registry.resumption.version is 'internal: the suspended version that it is about';
comment on column registry.resumption.asked_by is 'pseudonym: who asked first';
comment on column registry.resumption.asked_at is 'internal: when';
comment on column registry.resumption.reason is 'internal: why, as the person wrote it';
