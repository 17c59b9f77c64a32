-- Webhooks as they came in: what they are about, never what else they say. Times are microseconds since 1970, UTC.
create table webhook_inbox (
  inbox_id text primary key,
  gateway text not null,
  delivery_id text not null,
  kind text not null,
  payment_id text not null,
  signed integer not null,
  secret_digest text,
  received_at integer not null,
  processed_at integer,
  outcome text,
  unique (gateway, delivery_id)
) strict;
