create table orders_g1 (
    order_id text not null,
    user_id text not null,
    status text not null,
    total_amount integer not null,
    currency text not null,
    delivery_address text not null,
    payment_id text,
    pay_by text not null,
    paid_at text,
    confirm_due_at text,
    cancel_reason text,
    created_at text not null,
    updated_at text not null,
    created_position integer not null,
    version integer not null,
    position integer not null,
    primary key (order_id)
) strict;
create index orders_g1_placed on orders_g1 (created_position);
create index orders_g1_user_placed on orders_g1 (user_id, created_position);
create view orders as select * from orders_g1;

create table order_items_g1 (
    order_item_id text not null,
    order_id text not null,
    line integer not null,
    product_id text not null,
    seller_id text not null,
    name text not null,
    quantity integer not null,
    price integer not null,
    amount integer not null,
    currency text not null,
    created_at text not null,
    updated_at text not null,
    version integer not null,
    position integer not null,
    primary key (order_item_id)
) strict;
create index order_items_g1_order on order_items_g1 (order_id);
create index order_items_g1_product on order_items_g1 (product_id);
create view order_items as select * from order_items_g1;

create table order_sellers_g1 (
    order_id text not null,
    seller_id text not null,
    escrow_id text not null,
    status text not null,
    amount integer not null,
    currency text not null,
    units integer not null,
    units_shipped integer not null,
    parcels integer not null,
    parcels_delivered integer not null,
    confirm_due_at text,
    confirmed_at text,
    confirmed_by text,
    created_position integer not null,
    version integer not null,
    position integer not null,
    primary key (order_id, seller_id)
) strict;
create index order_sellers_g1_seller_placed on order_sellers_g1 (seller_id, created_position);
create view order_sellers as select * from order_sellers_g1;

create table shipments_g1 (
    shipment_id text not null,
    order_id text not null,
    seller_id text not null,
    carrier text not null,
    invoice_number text not null,
    items text not null,
    status text not null,
    shipped_at text not null,
    delivered_at text,
    delivery_source text,
    created_at text not null,
    updated_at text not null,
    version integer not null,
    position integer not null,
    primary key (shipment_id)
) strict;
create index shipments_g1_order on shipments_g1 (order_id);
create view shipments as select * from shipments_g1;
