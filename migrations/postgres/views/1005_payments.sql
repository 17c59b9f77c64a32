create table payments_g1 (
    payment_id text not null,
    order_id text not null,
    user_id text not null,
    amount bigint not null,
    currency text not null,
    payment_method text not null,
    gateway text not null,
    gateway_payment_id text not null,
    transaction_id text,
    paid_with text,
    escrow boolean not null,
    custody text,
    payment_status text not null,
    settled_status text not null,
    escrow_status text not null,
    captured_amount bigint not null,
    refunded_amount bigint not null,
    escrow_funded bigint not null,
    escrow_released bigint not null,
    escrow_refunded bigint not null,
    escrow_locked bigint not null,
    failure_reason text,
    expires_at timestamptz not null,
    paid_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    created_position bigint not null,
    version bigint not null,
    position bigint not null,
    primary key (payment_id)
);
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
    funded bigint not null,
    released bigint not null,
    refunded bigint not null,
    locked bigint not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    version bigint not null,
    position bigint not null,
    primary key (escrow_id)
);
create index escrows_g1_payment on escrows_g1 (payment_id);
create index escrows_g1_order on escrows_g1 (order_id);
create view escrows as select * from escrows_g1;
