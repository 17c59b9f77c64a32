-- What was refused: who asked for what, about what, and the code of the no. No data of the request and nothing personal.

create table refusals (
  refusal_id     blob    not null primary key check (length(refusal_id) = 16),
  recorded_at    integer not null,
  actor          text    not null,
  command        text    not null,
  about          text    not null,
  code           text    not null,
  command_id     blob    not null check (length(command_id) = 16),
  correlation_id blob    not null check (length(correlation_id) = 16),
  position       integer not null
) strict, without rowid;

create trigger refusals_no_update before update on refusals begin
  select raise(abort, 'refusals are append-only: UPDATE on refusals is refused');
end;
create trigger refusals_no_delete before delete on refusals begin
  select raise(abort, 'refusals are append-only: DELETE on refusals is refused');
end;
