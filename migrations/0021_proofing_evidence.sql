-- Up Migration

-- What a raised level rests on, as graded facts: who was asked by which method, under which number the authority can
-- find its answer again, when, and what the match was worth. No name, no number of a document.
create table proofing.evidence (
  citizen_id uuid not null,
  id uuid not null,
  method text not null,
  authority text not null,
  transaction text not null,
  at timestamptz not null,
  ial smallint not null check (ial between 1 and 4),
  document_kind text not null,
  primary key (citizen_id, id)
) partition by hash (citizen_id);

do $$
begin
  for part in 0..15 loop
    execute format(
      'create table proofing.evidence_%s partition of proofing.evidence for values with (modulus 16, remainder %s)',
      part, part);
  end loop;
end $$;
