-- Up Migration

-- For the retention job. It alone looks across citizens.
create index consent_expiry on oidc.consent (expires_at);
