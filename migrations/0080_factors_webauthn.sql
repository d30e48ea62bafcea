-- Up Migration

-- The passkeys of a citizen. What stands here opens nothing: the private key never leaves its device.
create table factors.webauthn_credential (
  citizen_id uuid not null,
  id uuid not null,
  credential_id bytea not null check (length(credential_id) between 16 and 1023),
  public_key bytea not null check (length(public_key) <= 2048),
  user_handle bytea not null check (length(user_handle) = 32),
  sign_count bigint not null,
  synced boolean not null,
  backed_up boolean not null check (synced or not backed_up),
  transports text[] not null,
  aaguid uuid not null,
  name_sealed bytea,
  created_at timestamptz not null,
  used_at timestamptz,
  bound_at_aal smallint not null check (bound_at_aal between 2 and 3),
  full_from timestamptz not null,
  suspect_at timestamptz,
  primary key (citizen_id, id),
  unique (citizen_id, credential_id)
) partition by hash (citizen_id);
comment on column factors.webauthn_credential.citizen_id is 'pseudonym: the account';
comment on column factors.webauthn_credential.id is 'internal: identifier of the row, bound into its seal; stands in addresses of the account centre';
comment on column factors.webauthn_credential.credential_id is 'pseudonym: what the authenticator calls the key';
comment on column factors.webauthn_credential.public_key is 'internal: COSE public key (RFC 9052)';
comment on column factors.webauthn_credential.user_handle is 'pseudonym: what the authenticator calls the account, made of chance';
comment on column factors.webauthn_credential.sign_count is 'internal: how often the authenticator says that it signed; 0 where it does not count';
comment on column factors.webauthn_credential.synced is 'internal: backup eligible, so that the key may live on several devices';
comment on column factors.webauthn_credential.backed_up is 'internal: whether it was backed up when last used';
comment on column factors.webauthn_credential.transports is 'internal: how the browser reaches the authenticator';
comment on column factors.webauthn_credential.aaguid is 'internal: model of the authenticator';
comment on column factors.webauthn_credential.name_sealed is 'personal (sealed): the name that the citizen gave it';
comment on column factors.webauthn_credential.created_at is 'internal: when it was set up';
comment on column factors.webauthn_credential.used_at is 'internal: when it was last used';
comment on column factors.webauthn_credential.bound_at_aal is 'internal: factor level of the sign-in at which it was set up';
comment on column factors.webauthn_credential.full_from is 'internal: since when a device-bound key counts for the highest level';
comment on column factors.webauthn_credential.suspect_at is 'internal: when its counter went back; it signs nobody in since then';

-- Whose a credential is, and that it is nobody else's: a sign-in that begins with a passkey has no account to ask in.
create table factors.webauthn_lookup (
  credential_id bytea not null,
  citizen_id uuid not null,
  primary key (credential_id)
) partition by hash (credential_id);
comment on column factors.webauthn_lookup.credential_id is 'pseudonym: what the authenticator calls the key';
comment on column factors.webauthn_lookup.citizen_id is 'pseudonym: the account that holds it';

-- Who left the offer to set up a passkey.
create table factors.webauthn_declined (
  citizen_id uuid not null,
  declined_at timestamptz not null,
  primary key (citizen_id)
) partition by hash (citizen_id);
comment on column factors.webauthn_declined.citizen_id is 'pseudonym: the account';
comment on column factors.webauthn_declined.declined_at is 'internal: when the offer was last left';

do $$
declare
  name text;
begin
  foreach name in array array['webauthn_credential', 'webauthn_lookup', 'webauthn_declined'] loop
    for part in 0..15 loop
      execute format(
        'create table factors.%I partition of factors.%I for values with (modulus 16, remainder %s)',
        name || '_' || part, name, part
      );
    end loop;
  end loop;
end
$$;
