-- Up Migration

-- For a while after a change a code on the phone is worth less.
alter table citizens.citizen add column phone_changed_at timestamptz;
comment on column citizens.citizen.phone_changed_at is 'internal: when its owner last changed the phone';

-- A recovery that waits: announced to the phone of the account, cancelled by its owner, or done when its time has come.
-- One at a time for each account.
create table citizens.recovery (
  citizen_id uuid not null,
  opened_at timestamptz not null,
  effective_at timestamptz not null,
  cancel_digest bytea not null check (length(cancel_digest) = 32),
  from_citizen_id uuid,
  primary key (citizen_id)
) partition by hash (citizen_id);
comment on column citizens.recovery.citizen_id is 'pseudonym: account';
comment on column citizens.recovery.opened_at is 'internal: when it was asked for';
comment on column citizens.recovery.effective_at is 'internal: from when on a new password may be chosen';
comment on column citizens.recovery.from_citizen_id is 'pseudonym: account whose phone is to become this one''s; none: a new password';
comment on column citizens.recovery.cancel_digest is 'secret (hashed): SHA-256 of what the cancelling link holds';

do $$
begin
  for part in 0..15 loop
    execute format(
      'create table citizens.recovery_%s partition of citizens.recovery for values with (modulus 16, remainder %s)',
      part, part);
  end loop;
end $$;
