-- Up Migration
-- What people and programs in office did, and the few events of others that auditors read: a thin slice of what is
-- written, so that sign-ins pay nothing for it.
create index event_of_office on audit.event (at desc, id desc)
  where (actor not like 'citizen:%' and actor <> 'system')
    or type in ('access.refused', 'console.entered', 'audit.checked');
