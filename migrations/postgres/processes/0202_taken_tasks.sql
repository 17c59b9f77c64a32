-- Who works on a task: the number of a process that holds an advisory lock of that number for as long as it lives.
alter table tasks add column taken_by integer;

create index tasks_taken on tasks (taken_by) where taken_by is not null;
