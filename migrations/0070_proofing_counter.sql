-- Up Migration

-- Who may speak for the counters: offices, their terminals and their officers, each with a public key (ES256).
create table proofing.office (
  id text primary key,
  name text not null,
  region text not null check (region ~ '^[0-9]{6}$')
);
comment on column proofing.office.id is 'public: what the office is called in commands and records';
comment on column proofing.office.name is 'public: name of the office';
comment on column proofing.office.region is 'public: administrative division, six digits (GB/T 2260)';

create table proofing.terminal (
  id text primary key,
  office text not null references proofing.office (id),
  name text not null,
  public_jwk jsonb not null,
  thumbprint text not null unique,
  enabled boolean not null,
  registered_at timestamptz not null
);
comment on column proofing.terminal.id is 'internal: identifier of the terminal, the kid of its signatures';
comment on column proofing.terminal.office is 'internal: the office in which it stands';
comment on column proofing.terminal.name is 'internal: what staff call it';
comment on column proofing.terminal.public_jwk is 'internal: public key, P-256';
comment on column proofing.terminal.thumbprint is 'internal: JWK thumbprint (RFC 7638): no key speaks for two';
comment on column proofing.terminal.enabled is 'internal: whether its signatures count';
comment on column proofing.terminal.registered_at is 'internal: when it was registered';

create table proofing.officer (
  id text primary key,
  office text not null references proofing.office (id),
  public_jwk jsonb not null,
  thumbprint text not null unique,
  enabled boolean not null,
  registered_at timestamptz not null
);
comment on column proofing.officer.id is 'pseudonym: staff number of the officer, the kid of their signatures';
comment on column proofing.officer.office is 'internal: the office they work at';
comment on column proofing.officer.public_jwk is 'internal: public key, P-256';
comment on column proofing.officer.thumbprint is 'internal: JWK thumbprint (RFC 7638): no key speaks for two';
comment on column proofing.officer.enabled is 'internal: whether their signatures count';
comment on column proofing.officer.registered_at is 'internal: when they were registered';

-- A ticket is found by the keyed digest of its number: whoever reads the table cannot print one.
create table proofing.ticket (
  digest bytea primary key check (length(digest) = 32),
  citizen_id uuid not null,
  case_id uuid not null,
  created_at timestamptz not null,
  expires_at timestamptz not null
) partition by hash (digest);
comment on column proofing.ticket.digest is 'secret (hashed): keyed digest of the number on the printed ticket';
comment on column proofing.ticket.citizen_id is 'pseudonym: whose case it opens';
comment on column proofing.ticket.case_id is 'pseudonym: the case';
comment on column proofing.ticket.created_at is 'internal: when it was issued';
comment on column proofing.ticket.expires_at is 'internal: until when it is taken';
create index ticket_expiry on proofing.ticket (expires_at);

-- What one officer saw and another has to approve. What is personal is sealed, and erased when nobody needs it any more.
create table proofing.submission (
  citizen_id uuid not null,
  id uuid not null,
  case_id uuid not null,
  office text not null,
  terminal text not null,
  officer text not null,
  document_sealed bytea,
  guardian_sealed bytea,
  facts jsonb not null,
  state text not null check (state in ('submitted', 'approved', 'rejected', 'expired')),
  approver text check (approver <> officer),
  reason text,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  decided_at timestamptz,
  told_at timestamptz,
  version integer not null,
  primary key (citizen_id, id),
  check (state <> 'submitted' or document_sealed is not null),
  check (state not in ('approved', 'rejected') or (approver is not null and decided_at is not null))
) partition by hash (citizen_id);
comment on column proofing.submission.citizen_id is 'pseudonym: whose case it is';
comment on column proofing.submission.id is 'internal: identifier of the submission';
comment on column proofing.submission.case_id is 'pseudonym: the case';
comment on column proofing.submission.office is 'internal: the office at which it was made';
comment on column proofing.submission.terminal is 'internal: the terminal on which it was made';
comment on column proofing.submission.officer is 'pseudonym: the officer who examined';
comment on column proofing.submission.document_sealed is 'personal (sealed): the document as it was read';
comment on column proofing.submission.guardian_sealed is 'personal (sealed): the guardian who came along with a child';
comment on column proofing.submission.facts is 'internal: what the officer states, yes or no';
comment on column proofing.submission.state is 'internal: submitted, approved, rejected or expired';
comment on column proofing.submission.approver is 'pseudonym: the officer who decided';
comment on column proofing.submission.reason is 'internal: why it was rejected, a word of a closed list';
comment on column proofing.submission.created_at is 'internal: when it was submitted';
comment on column proofing.submission.expires_at is 'internal: until when it may be decided';
comment on column proofing.submission.decided_at is 'internal: when it was decided';
comment on column proofing.submission.told_at is 'internal: when the case had taken up the decision';
comment on column proofing.submission.version is 'internal: counts changes, for compare-and-set';

do $$
begin
  for part in 0..15 loop
    execute format(
      'create table proofing.ticket_%s partition of proofing.ticket for values with (modulus 16, remainder %s)',
      part, part);
    execute format(
      'create table proofing.submission_%s partition of proofing.submission for values with (modulus 16, remainder %s)',
      part, part);
  end loop;
end $$;

-- One word of the counter about one case; what ran out or was rejected makes room for another.
create unique index submission_case on proofing.submission (citizen_id, case_id)
  where state in ('submitted', 'approved');
-- The second officer comes with its identifier alone: with the job below the only ones that look across citizens.
create index submission_id on proofing.submission (id);
create index submission_expiry on proofing.submission (expires_at) where state = 'submitted';
create index submission_untold on proofing.submission (decided_at)
  where state in ('approved', 'rejected') and told_at is null;
create index submission_erasure on proofing.submission (decided_at) where state = 'approved' and document_sealed is not null;
