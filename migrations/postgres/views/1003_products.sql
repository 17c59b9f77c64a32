create table products_g1 (
    product_id text not null,
    user_id text not null,
    seller_id text not null,
    name text not null,
    search_name text not null,
    description text not null,
    price bigint not null,
    currency text not null,
    stock bigint not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    created_position bigint not null,
    version bigint not null,
    position bigint not null,
    primary key (product_id)
);
create index products_g1_placed on products_g1 (created_position);
create index products_g1_seller_placed on products_g1 (seller_id, created_position);
create view products as select * from products_g1;
