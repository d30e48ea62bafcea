-- Up Migration
-- The tree: nation -> province -> prefecture -> county -> department. `path` is the way from the root, so that a
-- subtree is one range of an index: `cn/330000/330100/fund/`. Trial units stand outside the tree, under `trial/`.
alter table registry.unit add column parent_id text references registry.unit (id);
alter table registry.unit add column level text not null default 'department'
  check (level in ('nation', 'province', 'prefecture', 'county', 'department', 'trial'));
alter table registry.unit add column path text collate "C";
alter table registry.unit add column contacts jsonb not null default '[]';
alter table registry.unit add column version integer not null default 1;

insert into registry.unit (id, name, level, path, created_at)
  values ('cn', '{"zh-CN": "全国", "en": "National"}', 'nation', 'cn/', now());
update registry.unit set parent_id = 'cn', path = 'cn/' || id || '/' where path is null;
alter table registry.unit alter column path set not null;
create unique index unit_by_path on registry.unit (path);
create index unit_by_parent on registry.unit (parent_id);

comment on column registry.unit.parent_id is 'public: the unit above';
comment on column registry.unit.level is 'public: what it is in the tree';
comment on column registry.unit.path is 'public: identifiers from the root to it, each ended by a stroke';
comment on column registry.unit.contacts is 'internal: offices to turn to: role, work telephone, work mail';
comment on column registry.unit.version is 'internal: raised by every change';
