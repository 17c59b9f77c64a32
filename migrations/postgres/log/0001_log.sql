-- The log: what happened, gap-free, in the order of commit.
--
-- Every value comes from the program: no defaults, no sequences, no clocks of the database, because all of it is
-- inside the hash. payload, metadata and outcome are json and not jsonb, because their bytes must survive.

create table events (
  position       bigint      not null constraint events_pkey primary key check (position > 0),
  aggregate_type text        not null,
  aggregate_id   text        not null,
  sequence       bigint      not null check (sequence > 0),
  event_type     text        not null,
  event_version  text        not null,
  payload        json        not null,
  metadata       json        not null,
  event_id       uuid        not null,
  command_id     uuid        not null,
  recorded_at    timestamptz not null,
  leaf           bytea       not null check (length(leaf) = 32),
  constraint events_stream unique (aggregate_type, aggregate_id, sequence)
);

create table receipts (
  command_id  uuid        not null constraint receipts_pkey primary key,
  fingerprint bytea       not null check (length(fingerprint) = 32),
  outcome     json        not null,
  position    bigint      not null,
  recorded_at timestamptz not null
);

create table batches (
  last_position  bigint      not null constraint batches_pkey primary key,
  first_position bigint      not null constraint batches_first unique check (first_position <= last_position),
  hash           bytea       not null check (length(hash) = 32),
  committed_at   timestamptz not null
);

create function escrow_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'the log is append-only: % on % is refused', tg_op, tg_table_name using errcode = '55000';
end $$;

create trigger append_only before update or delete or truncate on events
  for each statement execute function escrow_append_only();
create trigger append_only before update or delete or truncate on receipts
  for each statement execute function escrow_append_only();
create trigger append_only before update or delete or truncate on batches
  for each statement execute function escrow_append_only();
