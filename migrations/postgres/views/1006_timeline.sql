create table timeline_g1 (
    position bigint not null,
    stream_id text not null,
    version bigint not null,
    event text not null,
    actor text not null,
    text text not null,
    occurred_at timestamptz not null,
    primary key (position)
);
create index timeline_g1_stream_position on timeline_g1 (stream_id, position);
create view timeline as select * from timeline_g1;

create table order_streams_g1 (
    stream_id text not null,
    order_id text not null,
    version bigint not null,
    position bigint not null,
    primary key (stream_id)
);
create index order_streams_g1_order on order_streams_g1 (order_id);
create view order_streams as select * from order_streams_g1;
