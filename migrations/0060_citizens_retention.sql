-- Up Migration

-- What stands by digest is erased by its citizen. Rare, and the only thing that looks across the digests.
create index lookup_citizen on citizens.lookup (citizen_id);
create index likeness_citizen on citizens.likeness (citizen_id);
