create table payments_g1 (
    payment_id text not null,
    order_id text not null,
    user_id text not null,
    amount integer not null,
    currency text not null,
    payment_method text not null,
    gateway text not null,
    gateway_payment_id text not null,
    transaction_id text,
    paid_with text,
    escrow integer not null,
    custody text,
    payment_status text not null,
    settled_status text not null,
    escrow_status text not null,
    captured_amount integer not null,
    refunded_amount integer not null,
    escrow_funded integer not null,
    escrow_released integer not null,
    escrow_refunded integer not null,
    escrow_locked integer not null,
    failure_reason text,
    expires_at text not null,
    paid_at text,
    created_at text not null,
    updated_at text not null,
    created_position integer not null,
    version integer not null,
    position integer not null,
    primary key (payment_id)
) strict;
create index payments_g1_order on payments_g1 (order_id);
create index payments_g1_transaction on payments_g1 (transaction_id);
create index payments_g1_user_placed on payments_g1 (user_id, created_position);
create view payments as select * from payments_g1;

create table escrows_g1 (
    escrow_id text not null,
    order_id text not null,
    seller_id text not null,
    payment_id text not null,
    gateway text not null,
    custody text not null,
    status text not null,
    currency text not null,
    funded integer not null,
    released integer not null,
    refunded integer not null,
    locked integer not null,
    created_at text not null,
    updated_at text not null,
    version integer not null,
    position integer not null,
    primary key (escrow_id)
) strict;
create index escrows_g1_payment on escrows_g1 (payment_id);
create index escrows_g1_order on escrows_g1 (order_id);
create view escrows as select * from escrows_g1;
