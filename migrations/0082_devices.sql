-- Up Migration
create schema devices;

-- The browsers that a citizen has signed in with. The digest is taken over the citizen's id and the value of the cookie:
-- one browser that two accounts use has two digests that have nothing in common.
create table devices.device (
  citizen_id uuid not null,
  digest bytea not null check (length(digest) = 32),
  about_sealed bytea not null,
  first_seen_at timestamptz not null,
  last_seen_at timestamptz not null,
  trusted_until timestamptz,
  primary key (citizen_id, digest)
) partition by hash (citizen_id);
comment on column devices.device.citizen_id is 'pseudonym: the account';
comment on column devices.device.digest is 'secret (hashed): SHA-256 of the account and the random value of the cookie';
comment on column devices.device.about_sealed is 'personal (sealed): browser and system in coarse words, and the cities it was seen in';
comment on column devices.device.first_seen_at is 'internal: the first sign-in with it';
comment on column devices.device.last_seen_at is 'internal: the last sign-in with it';
comment on column devices.device.trusted_until is 'internal: until when it spares the second half of a sign-in';

do $$
begin
  for part in 0..15 loop
    execute format(
      'create table devices.device_%s partition of devices.device for values with (modulus 16, remainder %s)',
      part, part
    );
  end loop;
end
$$;
