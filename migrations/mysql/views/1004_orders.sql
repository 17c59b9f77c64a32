create table orders_g1 (
    order_id varchar(64) not null,
    user_id varchar(64) not null,
    status varchar(32) not null,
    total_amount bigint not null,
    currency varchar(3) not null,
    delivery_address text not null,
    payment_id varchar(64),
    pay_by datetime(6) not null,
    paid_at datetime(6),
    confirm_due_at datetime(6),
    cancel_reason text,
    created_at datetime(6) not null,
    updated_at datetime(6) not null,
    created_position bigint not null,
    version bigint not null,
    position bigint not null,
    primary key (order_id)
) character set utf8mb4;
create index orders_g1_placed on orders_g1 (created_position);
create index orders_g1_user_placed on orders_g1 (user_id, created_position);
create view orders as select * from orders_g1;

create table order_items_g1 (
    order_item_id varchar(64) not null,
    order_id varchar(64) not null,
    line bigint not null,
    product_id varchar(64) not null,
    seller_id varchar(64) not null,
    name text not null,
    quantity bigint not null,
    price bigint not null,
    amount bigint not null,
    currency varchar(3) not null,
    created_at datetime(6) not null,
    updated_at datetime(6) not null,
    version bigint not null,
    position bigint not null,
    primary key (order_item_id)
) character set utf8mb4;
create index order_items_g1_order on order_items_g1 (order_id);
create index order_items_g1_product on order_items_g1 (product_id);
create view order_items as select * from order_items_g1;

create table order_sellers_g1 (
    order_id varchar(64) not null,
    seller_id varchar(64) not null,
    escrow_id varchar(64) not null,
    status varchar(32) not null,
    amount bigint not null,
    currency varchar(3) not null,
    units bigint not null,
    units_shipped bigint not null,
    parcels bigint not null,
    parcels_delivered bigint not null,
    confirm_due_at datetime(6),
    confirmed_at datetime(6),
    confirmed_by varchar(32),
    created_position bigint not null,
    version bigint not null,
    position bigint not null,
    primary key (order_id, seller_id)
) character set utf8mb4;
create index order_sellers_g1_seller_placed on order_sellers_g1 (seller_id, created_position);
create view order_sellers as select * from order_sellers_g1;

create table shipments_g1 (
    shipment_id varchar(64) not null,
    order_id varchar(64) not null,
    seller_id varchar(64) not null,
    carrier text not null,
    invoice_number text not null,
    items text not null,
    status varchar(32) not null,
    shipped_at datetime(6) not null,
    delivered_at datetime(6),
    delivery_source varchar(32),
    created_at datetime(6) not null,
    updated_at datetime(6) not null,
    version bigint not null,
    position bigint not null,
    primary key (shipment_id)
) character set utf8mb4;
create index shipments_g1_order on shipments_g1 (order_id);
create view shipments as select * from shipments_g1;
