-- Up Migration
create schema audit;

create table audit.event (
  id uuid not null,
  at timestamptz not null,
  type text not null,
  citizen_id uuid,
  client_id text,
  actor text not null,
  reference text,
  data jsonb not null,
  key_id text not null,
  mac bytea not null,
  primary key (at, id)
) partition by range (at);

create index event_history on audit.event (citizen_id, at desc, id desc) where citizen_id is not null;

-- The net: an event of a day that nobody prepared is kept, never refused.
create table audit.event_rest partition of audit.event default;

-- Written in the same statement as the event. The sealer reads this small table instead of searching the events, and
-- an event whose transaction commits late is not missed.
create table audit.unsealed (
  at timestamptz not null,
  event_id uuid not null,
  primary key (at, event_id)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

create table audit.batch (
  number bigint primary key,
  event_ids uuid[] not null,
  event_ats timestamptz[] not null,
  root bytea not null,
  previous bytea not null,
  sealed_at timestamptz not null,
  digest bytea not null,
  key_id text not null,
  mac bytea not null
);

-- Against mistakes, not against a superuser: that one is found out by the seals.
create function audit.refuse() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name;
end $$;

create trigger append_only before update or delete or truncate on audit.event
  for each statement execute function audit.refuse();
create trigger append_only before update or delete or truncate on audit.batch
  for each statement execute function audit.refuse();

-- Makes the partitions of `days` days from `first` on. A table is filled, then attached: attaching locks out no
-- writer, and events that the net had caught for that day move over.
create function audit.prepare_days(first date, days integer) returns integer language plpgsql as $$
declare
  wanted date;
  part text;
  made integer := 0;
begin
  perform pg_advisory_xact_lock(hashtextextended('audit.prepare_days', 0));
  for ahead in 0..days - 1 loop
    wanted := first + ahead;
    part := 'event_' || to_char(wanted, 'YYYYMMDD');
    continue when to_regclass('audit.' || part) is not null;
    -- Nobody may add to the net between the move and the attaching.
    lock table audit.event_rest in access exclusive mode;
    execute format('create table audit.%I (like audit.event including all)', part);
    execute format(
      'with moved as (delete from audit.event_rest where at >= %1$L and at < %2$L returning *)
       insert into audit.%3$I select * from moved',
      wanted::timestamp at time zone 'UTC', (wanted + 1)::timestamp at time zone 'UTC', part);
    execute format(
      'alter table audit.event attach partition audit.%I for values from (%L) to (%L)',
      part, wanted::timestamp at time zone 'UTC', (wanted + 1)::timestamp at time zone 'UTC');
    made := made + 1;
  end loop;
  return made;
end $$;

select audit.prepare_days((now() at time zone 'UTC')::date, 8);
