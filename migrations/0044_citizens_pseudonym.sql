-- Up Migration

-- The national network identity's name for this human being: what the account holds, beside or instead of documents.
alter table citizens.citizen add column pseudonym_sealed bytea;
comment on column citizens.citizen.pseudonym_sealed is 'personal (sealed): pseudonym of the national network identity';
