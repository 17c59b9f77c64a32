create table timeline_g1 (
    position bigint not null,
    stream_id varchar(64) not null,
    version bigint not null,
    event varchar(64) not null,
    actor text not null,
    text text not null,
    occurred_at datetime(6) not null,
    primary key (position)
) character set utf8mb4;
create index timeline_g1_stream_position on timeline_g1 (stream_id, position);
create view timeline as select * from timeline_g1;

create table order_streams_g1 (
    stream_id varchar(64) not null,
    order_id varchar(64) not null,
    version bigint not null,
    position bigint not null,
    primary key (stream_id)
) character set utf8mb4;
create index order_streams_g1_order on order_streams_g1 (order_id);
create view order_streams as select * from order_streams_g1;
