-- Up Migration

-- Closing an account removes its tickets, and from then on the time runs for which its submissions are kept.
create index ticket_citizen on proofing.ticket (citizen_id);
alter table proofing.submission add column account_closed_at timestamptz;
comment on column proofing.submission.account_closed_at is 'internal: when the account was closed';
create index submission_closed on proofing.submission (account_closed_at) where account_closed_at is not null;
