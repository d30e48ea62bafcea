-- Up Migration
create schema factors;

-- One password per citizen. The hash is a PHC string of argon2id over HMAC(pepper key, password); the pepper key is
-- named beside it, so that a rotated pepper is noticed at the next sign-in.
create table factors.password (
  citizen_id uuid not null,
  hash text not null check (hash like '$argon2id$%'),
  pepper_key text not null,
  -- True when long enough to sign in without a second factor.
  alone boolean not null,
  set_at timestamptz not null,
  hashed_at timestamptz not null,
  primary key (citizen_id)
) partition by hash (citizen_id);

do $$
begin
  for part in 0..15 loop
    execute format(
      'create table factors.password_%s partition of factors.password for values with (modulus 16, remainder %s)',
      part, part
    );
  end loop;
end
$$;
