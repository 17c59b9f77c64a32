-- Readers may see a generation only once it has been compared and pointed at: a half-built one is never gone back to.

alter table checkpoints add column usable boolean not null default true;
update checkpoints set usable = live;
