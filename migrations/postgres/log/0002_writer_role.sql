-- The role the writer appends under: it may read and insert, nothing else. Roles belong to the whole server, so
-- another database may have made it already, and this login may not be allowed to; triggers refuse edits anyway.

do $$
begin
  create role escrow_writer nologin;
exception when duplicate_object or unique_violation or insufficient_privilege then null;
end $$;

do $$
begin
  if exists (select from pg_roles where rolname = 'escrow_writer') then
    execute format('grant usage on schema %I to escrow_writer', current_schema());
    revoke all on events, receipts, batches from escrow_writer;
    grant select, insert on events, receipts, batches to escrow_writer;
  end if;
exception when insufficient_privilege then null;
end $$;
