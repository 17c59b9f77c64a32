-- Webhooks as they came in: what they are about, never what else they say. Times are microseconds since 1970, UTC.
create table webhook_inbox (
  inbox_id text primary key,
  gateway text not null,
  delivery_id text not null,
  kind text not null,
  payment_id text not null,
  signed boolean not null,
  secret_digest text,
  received_at bigint not null,
  processed_at bigint,
  outcome text,
  unique (gateway, delivery_id)
);
