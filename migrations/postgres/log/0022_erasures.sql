-- Who was forgotten, when and by whom, with a signed receipt. It names an id only: what the id stood for is gone.

create table erasures (
  subject      uuid        not null constraint erasures_pkey primary key,
  forgotten_at timestamptz not null,
  actor        text not null,
  receipt      text not null
);

create trigger append_only before update or delete or truncate on erasures
  for each statement execute function escrow_append_only();
