-- What was refused: who asked for what, about what, and the code of the no. No data of the request and nothing personal.

create table refusals (
  refusal_id     uuid        not null constraint refusals_pkey primary key,
  recorded_at    timestamptz not null,
  actor          text        not null,
  command        text        not null,
  about          text        not null,
  code           text        not null,
  command_id     uuid        not null,
  correlation_id uuid        not null,
  position       bigint      not null
);

create trigger append_only before update or delete or truncate on refusals
  for each statement execute function escrow_append_only();
