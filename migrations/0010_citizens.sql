-- Up Migration
create schema citizens;

create table citizens.citizen (
  id uuid primary key,
  status text not null check (status in ('active', 'frozen', 'closed', 'deceased')),
  phone_sealed bytea,
  phone_verified_at timestamptz,
  ial smallint not null check (ial between 0 and 4),
  ial_at timestamptz,
  ial_expires_at timestamptz,
  sessions_not_before timestamptz not null,
  created_at timestamptz not null,
  version integer not null
) partition by hash (id);

-- Name and birth date stand here too: they come from the document and are as good as its proof.
create table citizens.document (
  citizen_id uuid not null,
  id uuid not null,
  kind text not null check (kind in ('CN_RIC')),
  number_sealed bytea not null,
  name_sealed bytea not null,
  birthdate_sealed bytea not null,
  gender_sealed bytea not null,
  verified_at timestamptz not null,
  primary key (citizen_id, id),
  unique (citizen_id, kind)
) partition by hash (citizen_id);

-- The blind index. Small, on its own, partitioned by its digest: it finds a citizen without touching the citizens,
-- and its primary key is what makes a phone and a document belong to one account.
create table citizens.lookup (
  space text not null,
  digest bytea not null check (length(digest) = 32),
  citizen_id uuid not null,
  primary key (space, digest)
) partition by hash (digest);

do $$
begin
  for part in 0..15 loop
    execute format(
      'create table citizens.citizen_%s partition of citizens.citizen for values with (modulus 16, remainder %s)',
      part, part);
    execute format(
      'create table citizens.document_%s partition of citizens.document for values with (modulus 16, remainder %s)',
      part, part);
    execute format(
      'create table citizens.lookup_%s partition of citizens.lookup for values with (modulus 16, remainder %s)',
      part, part);
  end loop;
end $$;
