-- Up Migration

-- A person holds one to several documents, or none; two of one kind when a number was replaced.
alter table citizens.document drop constraint if exists document_citizen_id_kind_key;
alter table citizens.document drop constraint document_kind_check;
alter table citizens.document add constraint document_kind_check check (kind in
  ('CN_RIC', 'CN_HMT_RP', 'CN_FPR_2017', 'CN_FPR_2023', 'PASSPORT', 'HM_PERMIT', 'TW_PERMIT'));
-- Numbers of passports and travel permits tell neither.
alter table citizens.document alter column birthdate_sealed drop not null;
alter table citizens.document alter column gender_sealed drop not null;
alter table citizens.document add column superseded_at timestamptz;
comment on column citizens.document.superseded_at is 'internal: when another number replaced this one';

-- Same name, same birth date, another kind of document: perhaps one human being with two accounts. Not unique.
create table citizens.likeness (
  digest bytea not null check (length(digest) = 32),
  citizen_id uuid not null,
  kind text not null,
  primary key (digest, citizen_id, kind)
) partition by hash (digest);
comment on column citizens.likeness.digest is 'pseudonym: keyed digest of folded name and birth date';
comment on column citizens.likeness.citizen_id is 'pseudonym: account';
comment on column citizens.likeness.kind is 'internal: kind of document';

do $$
begin
  for part in 0..15 loop
    execute format(
      'create table citizens.likeness_%s partition of citizens.likeness for values with (modulus 16, remainder %s)',
      part, part);
  end loop;
end $$;
