-- Up Migration

-- Which index key stands behind the lookups: one row, and none before the first account. `arbiter` is the key under
-- which every phone and document that is held has its row: the primary key of those rows is what makes it one account's.
-- `follower` is the key that takes its place next; while it is being filled every claim writes both.
create table citizens.lookup_ring (
  one boolean primary key default true check (one),
  arbiter text not null,
  follower text check (follower <> arbiter),
  phase text not null default 'kept' check (phase in ('kept', 'filling', 'sweeping')),
  after text[] not null default '{}',
  stuck bigint not null default 0,
  check ((phase = 'filling') = (follower is not null))
);

comment on column citizens.lookup_ring.one is 'internal: there is one row';
comment on column citizens.lookup_ring.arbiter is 'internal: index key under which every lookup stands';
comment on column citizens.lookup_ring.follower is 'internal: index key whose lookups are being added';
comment on column citizens.lookup_ring.phase is 'internal: kept, filling or sweeping';
comment on column citizens.lookup_ring.after is 'pseudonym: account or lookup at which the job of this phase goes on';
comment on column citizens.lookup_ring.stuck is 'internal: values of this phase that do not open';

-- All digests there are were made with the one index key, which could not rotate until now. No default is left behind:
-- a node of an earlier version would write lookups without asking which keys count, and is refused.
do $$
declare
  first_key text;
begin
  select id into first_key from platform.key where purpose = 'index' and state = 'active';
  if first_key is null then
    alter table citizens.lookup add column key_id text not null;
    alter table citizens.likeness add column key_id text not null;
  else
    execute format('alter table citizens.lookup add column key_id text not null default %L', first_key);
    execute format('alter table citizens.likeness add column key_id text not null default %L', first_key);
    alter table citizens.lookup alter column key_id drop default;
    alter table citizens.likeness alter column key_id drop default;
    insert into citizens.lookup_ring (arbiter) values (first_key);
  end if;
end $$;

comment on column citizens.lookup.key_id is 'internal: index key of the digest';
comment on column citizens.likeness.key_id is 'internal: index key of the digest';
