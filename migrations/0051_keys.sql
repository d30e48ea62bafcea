-- Up Migration
create schema keys;

-- How far the sealed columns of each table have been sealed anew under a key: one row a table, so that any node goes on
-- where another one stopped. Losing a row costs a walk from the beginning, nothing else.
create table keys.reseal (
  table_name text primary key,
  key_id text not null,
  after text[] not null,
  resealed bigint not null,
  stuck bigint not null,
  done boolean not null
);

comment on column keys.reseal.table_name is 'internal: table that is walked';
comment on column keys.reseal.key_id is 'internal: seal key that was active when the walk began';
comment on column keys.reseal.after is 'pseudonym: primary key of the last row that was looked at';
comment on column keys.reseal.resealed is 'internal: values sealed anew so far';
comment on column keys.reseal.stuck is 'internal: values that could not be sealed anew';
comment on column keys.reseal.done is 'internal: whether the walk came to the end';
