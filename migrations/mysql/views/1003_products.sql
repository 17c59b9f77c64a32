create table products_g1 (
    product_id varchar(64) not null,
    user_id varchar(64) not null,
    seller_id varchar(64) not null,
    name text not null,
    search_name text not null,
    description mediumtext not null,
    price bigint not null,
    currency varchar(3) not null,
    stock bigint not null,
    created_at datetime(6) not null,
    updated_at datetime(6) not null,
    created_position bigint not null,
    version bigint not null,
    position bigint not null,
    primary key (product_id)
) character set utf8mb4;
create index products_g1_placed on products_g1 (created_position);
create index products_g1_seller_placed on products_g1 (seller_id, created_position);
create view products as select * from products_g1;
