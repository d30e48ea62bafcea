-- Up Migration
create schema oidc;

-- What a citizen agreed to, one row per citizen and client. Tokens point at it; withdrawing consent deletes it.
create table oidc.consent (
  citizen_id uuid not null,
  client_id text not null,
  payload jsonb not null,
  given_at timestamptz not null default now(),
  expires_at timestamptz not null,
  primary key (citizen_id, client_id)
) partition by hash (citizen_id);

-- Refresh tokens by digest: whoever reads the table cannot use them.
create table oidc.refresh_token (
  citizen_id uuid not null,
  digest bytea not null,
  client_id text not null,
  payload jsonb not null,
  consumed_at timestamptz,
  expires_at timestamptz not null,
  primary key (citizen_id, digest)
) partition by hash (citizen_id);

-- A token arrives without its citizen: this small table finds the partition.
create table oidc.refresh_lookup (
  digest bytea not null primary key,
  citizen_id uuid not null
) partition by hash (digest);

do $$
begin
  for i in 0..15 loop
    execute format('create table oidc.consent_%s partition of oidc.consent for values with (modulus 16, remainder %s)', i, i);
    execute format('create table oidc.refresh_token_%s partition of oidc.refresh_token for values with (modulus 16, remainder %s)', i, i);
    execute format('create table oidc.refresh_lookup_%s partition of oidc.refresh_lookup for values with (modulus 16, remainder %s)', i, i);
  end loop;
end $$;

create index refresh_token_expiry on oidc.refresh_token (expires_at);
create index refresh_token_family on oidc.refresh_token (citizen_id, client_id);

-- Logouts that services have still to be told of. A row is deleted when the service confirmed.
create table oidc.logout_delivery (
  id uuid primary key,
  client_id text not null,
  citizen_id uuid not null,
  sid text not null,
  attempts integer not null default 0,
  next_at timestamptz not null default now(),
  created_at timestamptz not null default now()
);
create index logout_delivery_due on oidc.logout_delivery (next_at);
