-- What the sealer writes: the RFC 6962 tree over the log's leaves, in tiles of 256 hashes, and signed checkpoints.
-- Leaf number n of the tree is the event at position n + 1.

create table tree_tiles (
  level  integer not null check (level between 0 and 7),
  number integer not null check (number >= 0),
  hashes blob    not null check (length(hashes) between 32 and 8192 and length(hashes) % 32 = 0),
  primary key (level, number)
) strict;

create table tree_checkpoints (
  size      integer not null primary key check (size > 0),
  root      blob    not null check (length(root) = 32),
  note      text    not null,
  sealed_at integer not null
) strict;

-- Checkpoints that a witness has signed as well.
create table tree_cosigned (
  size         integer not null primary key references tree_checkpoints (size),
  note         text    not null,
  witnessed_at integer not null
) strict;

-- How far the log is sealed, and under which public key. One row.
create table sealer (
  one      integer not null default 1 primary key check (one = 1),
  size     integer not null,
  verifier text
) strict;
insert into sealer (size) values (0);

create trigger tree_checkpoints_no_update before update on tree_checkpoints begin
  select raise(abort, 'checkpoints are append-only: UPDATE on tree_checkpoints is refused');
end;
create trigger tree_checkpoints_no_delete before delete on tree_checkpoints begin
  select raise(abort, 'checkpoints are append-only: DELETE on tree_checkpoints is refused');
end;
create trigger tree_cosigned_no_update before update on tree_cosigned begin
  select raise(abort, 'checkpoints are append-only: UPDATE on tree_cosigned is refused');
end;
create trigger tree_cosigned_no_delete before delete on tree_cosigned begin
  select raise(abort, 'checkpoints are append-only: DELETE on tree_cosigned is refused');
end;
