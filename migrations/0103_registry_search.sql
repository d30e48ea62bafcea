-- Up Migration
-- What a client is searched by, in one narrow column, so that a search unpacks no registration.
alter table registry.client add column finding text generated always as (
  left(lower(client_id || ' ' || coalesce(metadata #>> '{name,zh-CN}', '') || ' ' ||
    coalesce(metadata #>> '{name,en}', '') || ' ' || coalesce(metadata ->> 'domain', '')), 600)) stored;
alter table registry.client add column shown_name text generated always as (
  left(coalesce(metadata #>> '{name,zh-CN}', client_id), 200)) stored;
create index client_by_name on registry.client (shown_name, client_id);
create index client_by_created on registry.client (created_at, client_id);
create index client_by_updated on registry.client (updated_at, client_id);
create index client_counts on registry.client (unit_id, environment, state);
drop index registry.client_by_unit;
comment on column registry.client.finding is 'public: identifier, names and domain in small letters, for searching';
comment on column registry.client.shown_name is 'public: the name that lists are sorted by';

-- The console lists posts by place.
create index post_by_certified on registry.post (certified_at) where ended_at is null;
