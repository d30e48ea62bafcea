-- Up Migration
create schema notify;

-- What became of every message, for the bill and for the rates of delivery: one row a message and carrier. Neither
-- number nor text nor whose it was; the sweep deletes rows after the days that the settings name.
create table notify.message (
  id text not null,
  carrier text not null,
  voice boolean not null,
  purpose text not null,
  sent_at timestamptz not null,
  outcome text not null check (outcome in ('pending', 'accepted', 'refused', 'unknown')),
  outcome_code text,
  reference text,
  receipt text check (receipt in ('delivered', 'failed')),
  receipt_code text,
  receipt_at timestamptz,
  primary key (id, carrier)
);

-- Some receipts name the carrier's number alone.
create index message_reference on notify.message (reference) where reference is not null;
create index message_sent_at on notify.message (sent_at);

comment on column notify.message.id is 'pseudonym: name of the message; that of a notice holds the number of its case';
comment on column notify.message.carrier is 'internal: carrier it was given to';
comment on column notify.message.voice is 'internal: whether it was read out in a call';
comment on column notify.message.purpose is 'internal: what it was for';
comment on column notify.message.sent_at is 'internal: when it was given to the carrier';
comment on column notify.message.outcome is 'internal: what the carrier answered';
comment on column notify.message.outcome_code is 'internal: why, in the words of the carrier or of ours';
comment on column notify.message.reference is 'internal: number that the carrier gave it';
comment on column notify.message.receipt is 'internal: whether it reached the phone';
comment on column notify.message.receipt_code is 'internal: why, in the words of the carrier';
comment on column notify.message.receipt_at is 'internal: when the receipt came';

-- The kill switch: durable, one for all nodes. No row: it was never touched, and messages go out.
create table notify.switch (
  only_one boolean primary key default true check (only_one),
  stopped boolean not null,
  changed_at timestamptz not null
);

comment on column notify.switch.only_one is 'internal: keeps the table at one row';
comment on column notify.switch.stopped is 'internal: whether no message goes out';
comment on column notify.switch.changed_at is 'internal: since when';
