-- The read models. Tables stand in generations; a view of the plain name is what readers use.
-- Whatever has an index has a length here; datetime holds UTC, to the microsecond.

create table checkpoints (
    projection varchar(64) not null,
    generation bigint not null,
    live boolean not null,
    position bigint not null,
    parked_position bigint,
    error text,
    primary key (projection, generation)
);

insert into checkpoints (projection, generation, live, position) values
    ('users', 1, true, 0),
    ('products', 1, true, 0),
    ('orders', 1, true, 0),
    ('payments', 1, true, 0),
    ('timeline', 1, true, 0),
    ('journal', 1, true, 0),
    ('balances', 1, true, 0);
