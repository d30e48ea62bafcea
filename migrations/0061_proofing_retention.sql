-- Up Migration

-- Evidence outlives its account for a while: from when on is written at its closing.
alter table proofing.evidence add column account_closed_at timestamptz;
comment on column proofing.evidence.account_closed_at is 'internal: when the account was closed, from where the time of keeping runs';

-- For the retention job. It alone looks across citizens.
create index evidence_of_closed on proofing.evidence (account_closed_at) where account_closed_at is not null;
create index case_decided on proofing.case (updated_at) where state in ('proven', 'refused');
create index probe_age on proofing.probe (at);
