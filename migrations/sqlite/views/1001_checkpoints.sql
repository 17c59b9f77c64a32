-- The read models. Tables stand in generations; a view of the plain name is what readers use.

create table checkpoints (
    projection text not null,
    generation integer not null,
    live integer not null,
    position integer not null,
    parked_position integer,
    error text,
    primary key (projection, generation)
) strict;

insert into checkpoints (projection, generation, live, position) values
    ('users', 1, 1, 0),
    ('products', 1, 1, 0),
    ('orders', 1, 1, 0),
    ('payments', 1, 1, 0),
    ('timeline', 1, 1, 0),
    ('journal', 1, 1, 0),
    ('balances', 1, 1, 0);
