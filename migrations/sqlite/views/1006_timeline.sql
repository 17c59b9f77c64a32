create table timeline_g1 (
    position integer not null,
    stream_id text not null,
    version integer not null,
    event text not null,
    actor text not null,
    text text not null,
    occurred_at text not null,
    primary key (position)
) strict;
create index timeline_g1_stream_position on timeline_g1 (stream_id, position);
create view timeline as select * from timeline_g1;

create table order_streams_g1 (
    stream_id text not null,
    order_id text not null,
    version integer not null,
    position integer not null,
    primary key (stream_id)
) strict;
create index order_streams_g1_order on order_streams_g1 (order_id);
create view order_streams as select * from order_streams_g1;
