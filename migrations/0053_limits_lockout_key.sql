-- Up Migration

-- Which index key stands behind the subject: that key stays while the lock stands. Unknown for locks set before, and
-- by nodes of an earlier version: those need every key.
alter table limits.lockout add column key_id text;

comment on column limits.lockout.key_id is 'internal: index key of the subject';
