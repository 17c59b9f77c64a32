-- What is still to be done, and how far the log has been read for it. Times are microseconds since 1970, UTC.
create table process_checkpoints (
  name text primary key,
  position integer not null
) strict;

create table tasks (
  task_id text primary key,
  task text not null,
  due_at integer not null,
  attempts integer not null default 0,
  last_error text
) strict;

create index tasks_due on tasks (due_at);
