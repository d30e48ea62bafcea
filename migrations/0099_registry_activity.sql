-- Up Migration
-- What the requests of clients did, by hour: the funnel and the classes of errors. No person stands in it.
create table registry.activity (
  client_id text not null,
  hour timestamptz not null,
  stage text not null check (stage in ('authorize', 'login', 'consent', 'code', 'token', 'userinfo')),
  outcome text not null,
  count bigint not null,
  primary key (client_id, hour, stage, outcome)
);
create index activity_by_hour on registry.activity (hour);
comment on column registry.activity.client_id is 'public: the client';
comment on column registry.activity.hour is 'internal: the full hour in which it happened';
comment on column registry.activity.stage is 'internal: how far a request had come';
comment on column registry.activity.outcome is 'internal: ok, or the OAuth error code';
comment on column registry.activity.count is 'internal: how often';

-- The last requests of a client, for its developers: at most twenty that went well and twenty that did not.
create table registry.seen_request (
  id uuid primary key,
  client_id text not null,
  at timestamptz not null,
  endpoint text not null check (endpoint in ('authorize', 'token', 'userinfo')),
  error text,
  reason text,
  params jsonb not null
);
create index seen_request_by_client on registry.seen_request (client_id, at desc);
create index seen_request_by_time on registry.seen_request (at);
comment on column registry.seen_request.id is 'internal: the request';
comment on column registry.seen_request.client_id is 'public: the client';
comment on column registry.seen_request.at is 'internal: when it was answered';
comment on column registry.seen_request.endpoint is 'internal: where it came to';
comment on column registry.seen_request.error is 'internal: the OAuth error code; empty when it went well';
comment on column registry.seen_request.reason is 'internal: the protocol engine''s words, a fixed text';
comment on column registry.seen_request.params is 'internal: parameters by name; values only of those that are no secret and no personal data';
