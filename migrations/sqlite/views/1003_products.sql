create table products_g1 (
    product_id text not null,
    user_id text not null,
    seller_id text not null,
    name text not null,
    search_name text not null,
    description text not null,
    price integer not null,
    currency text not null,
    stock integer not null,
    created_at text not null,
    updated_at text not null,
    created_position integer not null,
    version integer not null,
    position integer not null,
    primary key (product_id)
) strict;
create index products_g1_placed on products_g1 (created_position);
create index products_g1_seller_placed on products_g1 (seller_id, created_position);
create view products as select * from products_g1;
