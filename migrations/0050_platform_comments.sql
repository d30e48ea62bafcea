-- Up Migration

-- What every column holds, as `<class>: <what it is>`, for auditors (GB/T 35273, GB/T 43697) and for a test that reads
-- the catalogue: a column without a class fails it. The classes, and there are no others:
--   public              may be shown to anyone
--   internal            tells of the system, or of an account without saying whose
--   pseudonym           an identifier that leads to a person, for whoever holds another table or is another party
--   personal (sealed)   encrypted with a key of platform.key, bound to its row
--   personal (hashed)   keyed HMAC: found again by who knows the value and has the key
--   secret (sealed), secret (hashed), secret (wrapped)    what opens something
-- Partitions hold what their parent holds.

comment on column platform.applied_migration.id is 'internal: serial number';
comment on column platform.applied_migration.name is 'internal: name of the migration file';
comment on column platform.applied_migration.run_on is 'internal: when it was applied';

comment on column platform.key.id is 'internal: identifier of the key, stands beside what the key protects';
comment on column platform.key.purpose is 'internal: what the key is for';
comment on column platform.key.state is 'internal: next, active or retired';
comment on column platform.key.created_at is 'internal: when the key was made and published to all nodes';
comment on column platform.key.activated_at is 'internal: since when it is used';
comment on column platform.key.retired_at is 'internal: since when it is only accepted';
comment on column platform.key.wrapped is 'secret (wrapped): key material under the key-encryption key';

comment on column platform.ephemeral.key is 'internal: model and SHA-256 of the secret value, or HMAC of the counted subject';
comment on column platform.ephemeral.value is 'internal: short-lived state as JSON; personal data in it is sealed by its owner';
comment on column platform.ephemeral.claimed is 'internal: whether the entry was used up';
comment on column platform.ephemeral.expires_at is 'internal: when the entry is gone';
comment on column platform.ephemeral.grp is 'internal: SHA-256 of what ends a group of entries together';
comment on column platform.ephemeral.same is 'internal: what must be the same for two writes to be merged';
comment on column platform.ephemeral.field is 'internal: name of the merged member';
comment on column platform.ephemeral.members is 'internal: merged members, name and value by turns';

comment on column limits.lockout.space is 'internal: what is locked';
comment on column limits.lockout.subject is 'personal (hashed): HMAC of a phone, account or address under an index key';
comment on column limits.lockout.until is 'internal: end of the lock';

comment on column citizens.citizen.id is 'pseudonym: identifier of the account, made of time and chance, never of a document';
comment on column citizens.citizen.status is 'internal: active, frozen, closed or deceased';
comment on column citizens.citizen.phone_sealed is 'personal (sealed): confirmed mobile number';
comment on column citizens.citizen.phone_verified_at is 'internal: when the number was confirmed';
comment on column citizens.citizen.ial is 'internal: identity level, 0 to 4';
comment on column citizens.citizen.ial_at is 'internal: when the level was reached';
comment on column citizens.citizen.ial_expires_at is 'internal: when the level runs out';
comment on column citizens.citizen.sessions_not_before is 'internal: sessions and tokens that began earlier are dead';
comment on column citizens.citizen.created_at is 'internal: when the account was made';
comment on column citizens.citizen.version is 'internal: counter for compare-and-set';

comment on column citizens.document.citizen_id is 'pseudonym: the account';
comment on column citizens.document.id is 'internal: identifier of the row, bound into its seals';
comment on column citizens.document.kind is 'internal: kind of document';
comment on column citizens.document.number_sealed is 'personal (sealed): document number';
comment on column citizens.document.name_sealed is 'personal (sealed): real name in its authoritative spelling';
comment on column citizens.document.birthdate_sealed is 'personal (sealed): date of birth';
comment on column citizens.document.gender_sealed is 'personal (sealed): gender';
comment on column citizens.document.verified_at is 'internal: when it was last proven';

comment on column citizens.lookup.space is 'internal: phone, or the kind of document';
comment on column citizens.lookup.digest is 'personal (hashed): HMAC of the phone or document number under an index key';
comment on column citizens.lookup.citizen_id is 'pseudonym: the account that holds it';

comment on column audit.event.id is 'internal: identifier of the event';
comment on column audit.event.at is 'internal: when it happened';
comment on column audit.event.type is 'internal: one of the closed list';
comment on column audit.event.citizen_id is 'pseudonym: whose account it is about';
comment on column audit.event.client_id is 'public: which service it is about';
comment on column audit.event.actor is 'pseudonym: who did it';
comment on column audit.event.reference is 'internal: reference number of the request';
comment on column audit.event.data is 'internal: facts of the event from a closed list, never personal';
comment on column audit.event.key_id is 'internal: audit key of the seal';
comment on column audit.event.mac is 'internal: seal of the event';

comment on column audit.unsealed.at is 'internal: when the waiting event happened';
comment on column audit.unsealed.event_id is 'internal: event that waits for its batch';

comment on column audit.batch.number is 'internal: serial number';
comment on column audit.batch.event_ids is 'internal: events of the batch';
comment on column audit.batch.event_ats is 'internal: instants of those events';
comment on column audit.batch.root is 'internal: Merkle root over the events';
comment on column audit.batch.previous is 'internal: digest of the batch before';
comment on column audit.batch.sealed_at is 'internal: when the batch was sealed';
comment on column audit.batch.digest is 'internal: digest of the batch';
comment on column audit.batch.key_id is 'internal: audit key of the seal';
comment on column audit.batch.mac is 'internal: seal of the batch';

comment on column registry.unit.id is 'public: identifier of the organisation';
comment on column registry.unit.name is 'public: name of the organisation in both languages';
comment on column registry.unit.created_at is 'internal: when it was registered';

comment on column registry.client.client_id is 'public: identifier of the service';
comment on column registry.client.unit_id is 'public: organisation that owns the service';
comment on column registry.client.metadata is 'internal: registration of the service without its secret';
comment on column registry.client.secret_sealed is 'secret (sealed): client secret';
comment on column registry.client.enabled is 'internal: whether the service may sign people in';
comment on column registry.client.version is 'internal: counter for compare-and-set';
comment on column registry.client.created_at is 'internal: when it was registered';
comment on column registry.client.updated_at is 'internal: when it last changed';

comment on column proofing.case.citizen_id is 'pseudonym: the account that is to be proven';
comment on column proofing.case.id is 'internal: identifier of the case, bound into its seals';
comment on column proofing.case.state is 'internal: open, waiting, proven or refused';
comment on column proofing.case.wanted is 'internal: identity level that is asked for';
comment on column proofing.case.name_sealed is 'personal (sealed): claimed name, erased with the decision';
comment on column proofing.case.number_sealed is 'personal (sealed): claimed document number, erased with the decision';
comment on column proofing.case.request_ids is 'pseudonym: under which each authority is asked';
comment on column proofing.case.findings is 'pseudonym: what each authority found, with its transaction number';
comment on column proofing.case.decision is 'internal: how the case ended';
comment on column proofing.case.attempts is 'internal: examinations so far';
comment on column proofing.case.next_try_at is 'internal: when it is tried again';
comment on column proofing.case.created_at is 'internal: when it was opened';
comment on column proofing.case.updated_at is 'internal: when it last changed';
comment on column proofing.case.version is 'internal: counter for compare-and-set';

comment on column proofing.evidence.citizen_id is 'pseudonym: the account';
comment on column proofing.evidence.id is 'internal: identifier of the check';
comment on column proofing.evidence.method is 'internal: how it was proven';
comment on column proofing.evidence.authority is 'internal: who was asked';
comment on column proofing.evidence.transaction is 'pseudonym: number under which the authority finds its answer again';
comment on column proofing.evidence.at is 'internal: when the authority answered';
comment on column proofing.evidence.ial is 'internal: identity level that the match is worth';
comment on column proofing.evidence.document_kind is 'internal: kind of document';

comment on column factors.password.citizen_id is 'pseudonym: the account';
comment on column factors.password.hash is 'secret (hashed): argon2id over the HMAC of the password';
comment on column factors.password.pepper_key is 'internal: pepper key of that HMAC';
comment on column factors.password.alone is 'internal: whether it may sign in without a second factor';
comment on column factors.password.set_at is 'internal: when the password was chosen';
comment on column factors.password.hashed_at is 'internal: when it was last hashed';

comment on column oidc.consent.citizen_id is 'pseudonym: who agreed';
comment on column oidc.consent.client_id is 'public: the service';
comment on column oidc.consent.payload is 'pseudonym: what was agreed to, by names of scopes and claims, never their values';
comment on column oidc.consent.given_at is 'internal: when it was agreed to';
comment on column oidc.consent.expires_at is 'internal: when it is asked again';

comment on column oidc.refresh_token.citizen_id is 'pseudonym: whose token it is';
comment on column oidc.refresh_token.digest is 'secret (hashed): SHA-256 of the token, which is random';
comment on column oidc.refresh_token.client_id is 'public: the service';
comment on column oidc.refresh_token.payload is 'pseudonym: the token without its secret; values a service named stand as salted HMAC';
comment on column oidc.refresh_token.consumed_at is 'internal: when it was used up';
comment on column oidc.refresh_token.expires_at is 'internal: when it runs out';

comment on column oidc.refresh_lookup.digest is 'secret (hashed): SHA-256 of the token, which is random';
comment on column oidc.refresh_lookup.citizen_id is 'pseudonym: whose token it is';

comment on column oidc.logout_delivery.id is 'internal: identifier of the delivery';
comment on column oidc.logout_delivery.client_id is 'public: the service to tell';
comment on column oidc.logout_delivery.citizen_id is 'pseudonym: who signed out';
comment on column oidc.logout_delivery.sid is 'pseudonym: the ended session, as the service knows it';
comment on column oidc.logout_delivery.attempts is 'internal: tries so far';
comment on column oidc.logout_delivery.next_at is 'internal: when it is tried again';
comment on column oidc.logout_delivery.created_at is 'internal: when the session ended';
