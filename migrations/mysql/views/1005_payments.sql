create table payments_g1 (
    payment_id varchar(64) not null,
    order_id varchar(64) not null,
    user_id varchar(64) not null,
    amount bigint not null,
    currency varchar(3) not null,
    payment_method varchar(32) not null,
    gateway varchar(32) not null,
    gateway_payment_id varchar(64) not null,
    transaction_id varchar(255),
    paid_with text,
    escrow boolean not null,
    custody varchar(32),
    payment_status varchar(32) not null,
    settled_status varchar(32) not null,
    escrow_status varchar(32) not null,
    captured_amount bigint not null,
    refunded_amount bigint not null,
    escrow_funded bigint not null,
    escrow_released bigint not null,
    escrow_refunded bigint not null,
    escrow_locked bigint not null,
    failure_reason text,
    expires_at datetime(6) not null,
    paid_at datetime(6),
    created_at datetime(6) not null,
    updated_at datetime(6) not null,
    created_position bigint not null,
    version bigint not null,
    position bigint not null,
    primary key (payment_id)
) character set utf8mb4;
create index payments_g1_order on payments_g1 (order_id);
create index payments_g1_transaction on payments_g1 (transaction_id);
create index payments_g1_user_placed on payments_g1 (user_id, created_position);
create view payments as select * from payments_g1;

create table escrows_g1 (
    escrow_id varchar(64) not null,
    order_id varchar(64) not null,
    seller_id varchar(64) not null,
    payment_id varchar(64) not null,
    gateway varchar(32) not null,
    custody varchar(32) not null,
    status varchar(32) not null,
    currency varchar(3) not null,
    funded bigint not null,
    released bigint not null,
    refunded bigint not null,
    locked bigint not null,
    created_at datetime(6) not null,
    updated_at datetime(6) not null,
    version bigint not null,
    position bigint not null,
    primary key (escrow_id)
) character set utf8mb4;
create index escrows_g1_payment on escrows_g1 (payment_id);
create index escrows_g1_order on escrows_g1 (order_id);
create view escrows as select * from escrows_g1;
