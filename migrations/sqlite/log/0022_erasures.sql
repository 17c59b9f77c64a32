-- Who was forgotten, when and by whom, with a signed receipt. It names an id only: what the id stood for is gone.

create table erasures (
  subject      blob    not null primary key check (length(subject) = 16),
  forgotten_at integer not null,
  actor        text not null,
  receipt      text not null
) strict, without rowid;

create trigger erasures_no_update before update on erasures begin
  select raise(abort, 'erasures are append-only: UPDATE on erasures is refused');
end;
create trigger erasures_no_delete before delete on erasures begin
  select raise(abort, 'erasures are append-only: DELETE on erasures is refused');
end;
