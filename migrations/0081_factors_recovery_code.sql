-- Up Migration

-- One row for each code of the set that counts; a new set is written over the old one.
create table factors.recovery_code (
  citizen_id uuid not null,
  slot smallint not null check (slot between 1 and 10),
  digest bytea not null check (length(digest) = 32),
  key_id text not null,
  made_at timestamptz not null,
  used_at timestamptz,
  primary key (citizen_id, slot)
) partition by hash (citizen_id);
comment on column factors.recovery_code.citizen_id is 'pseudonym: account';
comment on column factors.recovery_code.slot is 'internal: which of the ten';
comment on column factors.recovery_code.digest is 'secret (hashed): HMAC-SHA256 of account and code';
comment on column factors.recovery_code.key_id is 'internal: key of the digest';
comment on column factors.recovery_code.made_at is 'internal: when the set was made';
comment on column factors.recovery_code.used_at is 'internal: when it was used, if it was';

do $$
begin
  for part in 0..15 loop
    execute format(
      'create table factors.recovery_code_%s partition of factors.recovery_code for values with (modulus 16, remainder %s)',
      part, part
    );
  end loop;
end
$$;
