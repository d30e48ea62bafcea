-- Up Migration
-- A citizen who holds a post. Kept apart from the account: what somebody did in a post stays explainable after the
-- account is closed, without saying whose account it was.
create table registry.operator (
  id uuid primary key,
  citizen_id uuid unique,
  created_at timestamptz not null
);
comment on column registry.operator.id is 'pseudonym: the operator, in the audit trail and in addresses';
comment on column registry.operator.citizen_id is 'pseudonym: the account that signs in; empty once it is closed';
comment on column registry.operator.created_at is 'internal: the first post';

create table registry.post (
  id uuid primary key,
  operator_id uuid not null references registry.operator (id),
  unit_id text not null references registry.unit (id),
  role text not null check (role in
    ('developer', 'owner', 'reviewer', 'approver', 'auditor', 'support', 'national_administrator')),
  granted_by text not null,
  granted_at timestamptz not null,
  leaves_at timestamptz,
  certified_at timestamptz not null,
  certified_by text not null,
  ended_at timestamptz,
  ended_by text
);
create unique index post_that_stands on registry.post (operator_id, unit_id, role) where ended_at is null;
create index post_by_unit on registry.post (unit_id) where ended_at is null;
comment on column registry.post.id is 'internal: the post';
comment on column registry.post.operator_id is 'pseudonym: who holds it';
comment on column registry.post.unit_id is 'public: where; it reaches everything below';
comment on column registry.post.role is 'internal: what it may do';
comment on column registry.post.granted_by is 'pseudonym: who gave it';
comment on column registry.post.granted_at is 'internal: since when';
comment on column registry.post.leaves_at is 'internal: when it ends by itself';
comment on column registry.post.certified_at is 'internal: when it was last confirmed that it is still needed';
comment on column registry.post.certified_by is 'pseudonym: who confirmed it';
comment on column registry.post.ended_at is 'internal: when it was taken away or left';
comment on column registry.post.ended_by is 'pseudonym: who took it away';

create table registry.invitation (
  id uuid primary key,
  digest bytea not null unique check (length(digest) = 32),
  unit_id text not null references registry.unit (id),
  role text not null,
  leaves_at timestamptz,
  invited_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  closed_at timestamptz,
  closed_as text check (closed_as in ('accepted', 'withdrawn')),
  accepted_by uuid references registry.operator (id)
);
create index invitation_by_unit on registry.invitation (unit_id) where closed_at is null;
comment on column registry.invitation.id is 'internal: the invitation';
comment on column registry.invitation.digest is 'secret (hashed): SHA-256 of the random value in the link';
comment on column registry.invitation.unit_id is 'public: where the post would be';
comment on column registry.invitation.role is 'internal: what the post would be';
comment on column registry.invitation.leaves_at is 'internal: when the post would end by itself';
comment on column registry.invitation.invited_by is 'pseudonym: who invites';
comment on column registry.invitation.created_at is 'internal: when it was made';
comment on column registry.invitation.expires_at is 'internal: until when the link works';
comment on column registry.invitation.closed_at is 'internal: when it was accepted or withdrawn';
comment on column registry.invitation.closed_as is 'internal: how it ended';
comment on column registry.invitation.accepted_by is 'pseudonym: who took it up';
