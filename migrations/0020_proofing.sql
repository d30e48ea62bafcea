-- Up Migration
create schema proofing;

-- What a person claims is sealed, and erased as soon as the case is decided: the account keeps what was proven, and
-- what was refused is nobody's business.
create table proofing.case (
  citizen_id uuid not null,
  id uuid not null,
  state text not null check (state in ('open', 'waiting', 'proven', 'refused')),
  wanted smallint not null check (wanted between 1 and 4),
  name_sealed bytea,
  number_sealed bytea,
  request_ids jsonb not null,
  findings jsonb not null,
  decision jsonb,
  attempts integer not null,
  next_try_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version integer not null,
  primary key (citizen_id, id),
  check (state in ('proven', 'refused') or (name_sealed is not null and number_sealed is not null))
) partition by hash (citizen_id);

-- One live case per citizen, also when a form is sent twice at once.
create unique index case_live on proofing.case (citizen_id) where state in ('open', 'waiting');

-- For the job that asks again. It alone looks across citizens.
create index case_due on proofing.case (next_try_at) where state in ('open', 'waiting');

do $$
begin
  for part in 0..15 loop
    execute format(
      'create table proofing.case_%s partition of proofing.case for values with (modulus 16, remainder %s)',
      part, part);
  end loop;
end $$;
