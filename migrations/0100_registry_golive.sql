-- Up Migration
-- What the go-live checklist last found about a client, item by item.
create table registry.golive_check (
  client_id text not null references registry.client (client_id),
  item text not null,
  found text not null check (found in ('passed', 'failed', 'open')),
  reason text not null,
  params jsonb not null,
  at timestamptz not null,
  passed_at timestamptz,
  primary key (client_id, item)
);
comment on column registry.golive_check.client_id is 'public: the client';
comment on column registry.golive_check.item is 'internal: what was looked at';
comment on column registry.golive_check.found is 'internal: passed, failed, or open: nothing to look at yet';
comment on column registry.golive_check.reason is 'internal: which sentence says why';
comment on column registry.golive_check.params is 'internal: what stands in that sentence: addresses, counts, dates';
comment on column registry.golive_check.at is 'internal: when it was last looked at';
comment on column registry.golive_check.passed_at is 'internal: when it last passed';
