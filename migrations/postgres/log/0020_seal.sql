-- What the sealer writes: the RFC 6962 tree over the log's leaves, in tiles of 256 hashes, and signed checkpoints.
-- Leaf number n of the tree is the event at position n + 1.

create table tree_tiles (
  level  smallint not null check (level between 0 and 7),
  number bigint   not null check (number >= 0),
  hashes bytea    not null check (length(hashes) between 32 and 8192 and length(hashes) % 32 = 0),
  constraint tree_tiles_pkey primary key (level, number)
);
-- Hashes do not get smaller by being compressed.
alter table tree_tiles alter column hashes set storage external;

create table tree_checkpoints (
  size      bigint      not null constraint tree_checkpoints_pkey primary key check (size > 0),
  root      bytea       not null check (length(root) = 32),
  note      text        not null,
  sealed_at timestamptz not null
);

-- Checkpoints that a witness has signed as well.
create table tree_cosigned (
  size         bigint      not null constraint tree_cosigned_pkey primary key references tree_checkpoints (size),
  note         text        not null,
  witnessed_at timestamptz not null
);

-- How far the log is sealed, and under which public key. One row.
create table sealer (
  one      smallint not null default 1 primary key check (one = 1),
  size     bigint   not null,
  verifier text
);
insert into sealer (size) values (0);

create trigger append_only before update or delete or truncate on tree_checkpoints
  for each statement execute function escrow_append_only();
create trigger append_only before update or delete or truncate on tree_cosigned
  for each statement execute function escrow_append_only();
