-- Who works on a task: a number that every process draws for itself.
alter table tasks add column taken_by integer;

create index tasks_taken on tasks (taken_by) where taken_by is not null;
