-- Up Migration

-- handed: the citizen is elsewhere (phone, counter); review: a person has to look.
alter table proofing.case drop constraint if exists case_state_check;
alter table proofing.case add constraint case_state_check
  check (state in ('open', 'waiting', 'handed', 'review', 'proven', 'refused'));
-- A claim of network identity has neither name nor number.
alter table proofing.case drop constraint if exists case_check;
alter table proofing.case add column way text not null default 'mobile-operator';
alter table proofing.case add column document_kind text default 'CN_RIC';
alter table proofing.case add column more_sealed bytea;
alter table proofing.case add column handed_sealed bytea;
alter table proofing.case add column ticket_sealed bytea;
alter table proofing.case add column handed_until timestamptz;
comment on column proofing.case.way is 'internal: the authority that leads';
comment on column proofing.case.document_kind is 'internal: kind of document claimed; null: none';
comment on column proofing.case.more_sealed is 'personal (sealed): birth date, gender and fields of the authority; erased with the decision';
comment on column proofing.case.handed_sealed is 'secret (sealed): where the citizen goes on; erased with the decision';
comment on column proofing.case.ticket_sealed is 'secret (sealed): number by which a counter finds the case';
comment on column proofing.case.handed_until is 'internal: when what the citizen was handed over to ends';

drop index proofing.case_live;
create unique index case_live on proofing.case (citizen_id) where state in ('open', 'waiting', 'handed', 'review');
drop index proofing.case_due;
create index case_due on proofing.case (next_try_at) where state in ('open', 'waiting', 'handed', 'review');

-- What a level rests on ends with it; a fact found weak keeps what it was first worth.
alter table proofing.evidence add column expires_at timestamptz;
alter table proofing.evidence add column details jsonb not null default '{}';
alter table proofing.evidence add column regraded_at timestamptz;
alter table proofing.evidence add column regraded_from smallint;
alter table proofing.evidence alter column document_kind drop not null;
alter table proofing.evidence drop constraint if exists evidence_ial_check;
alter table proofing.evidence add constraint evidence_ial_check check (ial between 0 and 4);
create index evidence_method on proofing.evidence (method, citizen_id, at);
comment on column proofing.evidence.expires_at is 'internal: when what it proves ends; null: with the level';
comment on column proofing.evidence.details is 'internal: closed words of the authority, such as a score bucket';
comment on column proofing.evidence.regraded_at is 'internal: when it was found weak';
comment on column proofing.evidence.regraded_from is 'internal: the level it was worth before';

-- Which accounts failed with a number lately: many accounts at one number are somebody's trying out.
create table proofing.probe (
  digest bytea not null check (length(digest) = 32),
  citizen_id uuid not null,
  at timestamptz not null,
  primary key (digest, citizen_id)
) partition by hash (digest);
comment on column proofing.probe.digest is 'pseudonym: keyed digest of the claimed number';
comment on column proofing.probe.citizen_id is 'pseudonym: account';
comment on column proofing.probe.at is 'internal: latest failure';

do $$
begin
  for part in 0..15 loop
    execute format(
      'create table proofing.probe_%s partition of proofing.probe for values with (modulus 16, remainder %s)',
      part, part);
  end loop;
end $$;
