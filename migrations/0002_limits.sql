-- Up Migration
create schema if not exists limits;

-- Standing locks. The subject is an HMAC: whose phone or number it is cannot be read from here.
create table limits.lockout (
  space text not null,
  subject bytea not null,
  until timestamptz not null,
  primary key (space, subject)
);
create index lockout_until on limits.lockout (until);
