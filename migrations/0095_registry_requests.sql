-- Up Migration
-- What a team asks for a production client: a new one, or a change that waits beside the running registration.
create table registry.request_number (
  day date primary key,
  last integer not null
);
comment on column registry.request_number.day is 'internal: the day in China';
comment on column registry.request_number.last is 'internal: the last number given on it';

create table registry.request (
  id text primary key check (id ~ '^R-\d{8}-\d{4,6}$'),
  client_id text not null references registry.client (client_id),
  origin_id text references registry.client (client_id),
  kind text not null check (kind in ('launch', 'change')),
  state text not null check (state in ('draft', 'reviewing', 'returned', 'refused', 'withdrawn', 'live')),
  stage text check (stage in ('prefecture', 'province', 'nation')),
  holder_path text collate "C",
  held_since timestamptz,
  due_at timestamptz,
  left_seconds integer,
  stages jsonb not null default '[]',
  draft jsonb not null,
  proposal jsonb,
  base jsonb,
  base_version integer,
  changed text[] not null default '{}',
  sensitive text[] not null default '{}',
  authors text[] not null,
  submitted_by text,
  submitted_at timestamptz,
  version integer not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  closed_at timestamptz,
  -- Somebody holds it exactly while it is looked at.
  check ((state = 'reviewing') = (stage is not null and holder_path is not null and due_at is not null))
);
-- One open request for each client: two could each be right and together wrong.
create unique index request_that_is_open on registry.request (client_id)
  where state in ('draft', 'reviewing', 'returned');
create unique index request_of_origin on registry.request (origin_id)
  where state in ('draft', 'reviewing', 'returned');
create index request_by_due on registry.request (due_at, id) where state = 'reviewing';
create index request_by_client on registry.request (client_id, id);
create index request_by_day on registry.request (updated_at, id);
comment on column registry.request.id is 'internal: its number, as people say it';
comment on column registry.request.client_id is 'public: which client it is about';
comment on column registry.request.origin_id is 'public: the sandbox client that it was begun from';
comment on column registry.request.kind is 'internal: a new client or a change';
comment on column registry.request.state is 'internal: where it stands';
comment on column registry.request.stage is 'internal: who looks at it now';
comment on column registry.request.holder_path is 'internal: path of the unit that decides now';
comment on column registry.request.held_since is 'internal: since when that unit has it';
comment on column registry.request.due_at is 'internal: until when that unit is to decide';
comment on column registry.request.left_seconds is 'internal: what was left of the time when it was returned';
comment on column registry.request.stages is 'internal: the way it goes: stage and path of each unit';
comment on column registry.request.draft is 'internal: client metadata as the team writes it; no secret';
comment on column registry.request.proposal is 'internal: the registration that was submitted and checked';
comment on column registry.request.base is 'internal: the registration that ran when it was submitted';
comment on column registry.request.base_version is 'internal: the version that ran when it was submitted';
comment on column registry.request.changed is 'internal: members that differ from what ran';
comment on column registry.request.sensitive is 'internal: sensitive claims that are newly asked for';
comment on column registry.request.authors is 'pseudonym: everybody who wrote the draft';
comment on column registry.request.submitted_by is 'pseudonym: who submitted it';
comment on column registry.request.submitted_at is 'internal: when it was submitted first';
comment on column registry.request.version is 'internal: raised by every change';
comment on column registry.request.created_at is 'internal: when it was begun';
comment on column registry.request.updated_at is 'internal: when it last changed';
comment on column registry.request.closed_at is 'internal: when it ended';

create table registry.request_step (
  id bigint generated always as identity primary key,
  request_id text not null references registry.request (id),
  act text not null check (act in ('begun', 'submitted', 'approved', 'returned', 'refused', 'withdrawn', 'live')),
  stage text check (stage in ('prefecture', 'province', 'nation')),
  by text not null,
  at timestamptz not null,
  reason text not null default '',
  comments jsonb not null default '{}'
);
create index request_step_by_request on registry.request_step (request_id, id);
create index request_step_by_person on registry.request_step (by, request_id);
comment on column registry.request_step.id is 'internal: steps in the order in which they were taken';
comment on column registry.request_step.request_id is 'internal: of which request';
comment on column registry.request_step.act is 'internal: what was done';
comment on column registry.request_step.stage is 'internal: at which stage';
comment on column registry.request_step.by is 'pseudonym: who did it';
comment on column registry.request_step.at is 'internal: when';
comment on column registry.request_step.reason is 'internal: why, as the person wrote it';
comment on column registry.request_step.comments is 'internal: what was said to single members';
