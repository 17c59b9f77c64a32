-- Receipts lie in the order they came, and only their keys are sorted. The ids are random: sorted together with
-- their texts, nearly every receipt dirtied a page of its own, and each page is written whole.

create table receipts_in_order (
  command_id  blob    not null unique check (length(command_id) = 16),
  fingerprint blob    not null check (length(fingerprint) = 32),
  outcome     text    not null check (json_valid(outcome)),
  position    integer not null,
  recorded_at integer not null
) strict;

insert into receipts_in_order (command_id, fingerprint, outcome, position, recorded_at)
  select command_id, fingerprint, outcome, position, recorded_at from receipts order by position;
drop table receipts;
alter table receipts_in_order rename to receipts;

create trigger receipts_no_update before update on receipts begin
  select raise(abort, 'the log is append-only: UPDATE on receipts is refused');
end;
create trigger receipts_no_delete before delete on receipts begin
  select raise(abort, 'the log is append-only: DELETE on receipts is refused');
end;
