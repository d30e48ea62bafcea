-- Up Migration
-- Pictures of services, drawn anew by us: found by the digest of their bytes, so that an address never shows another.
create table registry.logo (
  digest text primary key check (digest ~ '^[0-9a-f]{64}$'),
  png bytea not null check (length(png) <= 1200000),
  created_at timestamptz not null
);
comment on column registry.logo.digest is 'public: SHA-256 of the picture';
comment on column registry.logo.png is 'public: the picture as we serve it';
comment on column registry.logo.created_at is 'internal: when it was first brought';
