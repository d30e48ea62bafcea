-- Up Migration
-- A sandbox client was approved by nobody: it may live on localhost and signs in nobody but test persons and its team.
alter table registry.client add column environment text not null default 'production'
  check (environment in ('sandbox', 'production'));
-- 'draft': registered under its identifier, never approved. Only a live client signs anyone in (`enabled`).
alter table registry.client add column state text not null default 'live'
  check (state in ('draft', 'live', 'suspended', 'retired'));
update registry.client set state = 'suspended' where not enabled;
comment on column registry.client.environment is 'internal: sandbox or production';
comment on column registry.client.state is 'internal: where the client is in its life';
