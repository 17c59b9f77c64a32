-- The log: what happened, gap-free, in the order of commit. The same tables as on PostgreSQL; times are whole
-- microseconds since 1970, UUIDs are their 16 bytes.

create table events (
  position       integer not null primary key check (position > 0),
  aggregate_type text    not null,
  aggregate_id   text    not null,
  sequence       integer not null check (sequence > 0),
  event_type     text    not null,
  event_version  text    not null,
  payload        text    not null check (json_valid(payload)),
  metadata       text    not null check (json_valid(metadata)),
  event_id       blob    not null check (length(event_id) = 16),
  command_id     blob    not null check (length(command_id) = 16),
  recorded_at    integer not null,
  leaf           blob    not null check (length(leaf) = 32),
  constraint events_stream unique (aggregate_type, aggregate_id, sequence)
) strict;

create table receipts (
  command_id  blob    not null primary key check (length(command_id) = 16),
  fingerprint blob    not null check (length(fingerprint) = 32),
  outcome     text    not null check (json_valid(outcome)),
  position    integer not null,
  recorded_at integer not null
) strict, without rowid;

create table batches (
  last_position  integer not null primary key,
  first_position integer not null unique check (first_position <= last_position),
  hash           blob    not null check (length(hash) = 32),
  committed_at   integer not null
) strict;

create trigger events_no_update before update on events begin
  select raise(abort, 'the log is append-only: UPDATE on events is refused');
end;
create trigger events_no_delete before delete on events begin
  select raise(abort, 'the log is append-only: DELETE on events is refused');
end;
create trigger receipts_no_update before update on receipts begin
  select raise(abort, 'the log is append-only: UPDATE on receipts is refused');
end;
create trigger receipts_no_delete before delete on receipts begin
  select raise(abort, 'the log is append-only: DELETE on receipts is refused');
end;
create trigger batches_no_update before update on batches begin
  select raise(abort, 'the log is append-only: UPDATE on batches is refused');
end;
create trigger batches_no_delete before delete on batches begin
  select raise(abort, 'the log is append-only: DELETE on batches is refused');
end;
