-- Up Migration
-- Host names of a unit. Any number of units may claim one; it is held by who shows that it is theirs, one at a time.
create table registry.domain (
  id uuid primary key,
  unit_id text not null references registry.unit (id),
  host text not null check (host = lower(host) and length(host) <= 253),
  value text not null,
  state text not null default 'waiting' check (state in ('waiting', 'verified', 'lost')),
  method text check (method in ('dns', 'file')),
  findings jsonb not null default '{}',
  failures integer not null default 0,
  added_by text not null,
  added_at timestamptz not null,
  checked_at timestamptz,
  verified_at timestamptz,
  unique (unit_id, host)
);
create unique index domain_held on registry.domain (host) where state = 'verified';
create index domain_due on registry.domain (checked_at) where state = 'verified';
comment on column registry.domain.id is 'internal: the claim';
comment on column registry.domain.unit_id is 'public: who claims the host; it covers the units below';
comment on column registry.domain.host is 'public: the host name, ASCII and lower case';
comment on column registry.domain.value is 'public: what the owner publishes to show that the host is theirs';
comment on column registry.domain.state is 'internal: waiting, verified or lost';
comment on column registry.domain.method is 'internal: how it was shown';
comment on column registry.domain.findings is 'internal: what the last look found, by method';
comment on column registry.domain.failures is 'internal: looks in a row that found nothing, once it was shown';
comment on column registry.domain.added_by is 'pseudonym: who claimed it';
comment on column registry.domain.added_at is 'internal: when it was claimed';
comment on column registry.domain.checked_at is 'internal: the last look';
comment on column registry.domain.verified_at is 'internal: since when it is held';
