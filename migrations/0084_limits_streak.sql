-- Up Migration

-- Failures in a row. An emptied Redis forgets counters; this count it must not forget, because at its end a secret is
-- disabled until its owner changes it (SP 800-63B-4 3.2.2). The subject is an HMAC, as in limits.lockout.
create table limits.streak (
  space text not null,
  subject bytea not null,
  -- Empty: anybody. Else a device that is known to belong to the account, whose failures are counted apart.
  guesser bytea not null,
  length integer not null check (length > 0),
  last_at timestamptz not null,
  stopped_at timestamptz,
  primary key (space, subject, guesser)
);
create index streak_quiet on limits.streak (last_at) where stopped_at is null;

comment on column limits.streak.space is 'internal: which kind of secret is guessed';
comment on column limits.streak.subject is 'pseudonym: HMAC of the account, or of what was typed where no account is';
comment on column limits.streak.guesser is 'pseudonym: HMAC of a known device; empty for anybody';
comment on column limits.streak.length is 'internal: wrong tries in a row';
comment on column limits.streak.last_at is 'internal: when the last of them was';
comment on column limits.streak.stopped_at is 'internal: since when no try is taken any more';
