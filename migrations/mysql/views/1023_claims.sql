create table claims_g1 (
    claim_id varchar(64) not null,
    order_id varchar(64) not null,
    seller_id varchar(64) not null,
    user_id varchar(64) not null,
    escrow_id varchar(64) not null,
    payment_id varchar(64) not null,
    kind varchar(32) not null,
    status varchar(32) not null,
    reason varchar(32) not null,
    fault varchar(32) not null,
    items text not null,
    amount bigint not null,
    released boolean not null,
    extra_charge bigint not null,
    deduction bigint not null,
    refund bigint not null,
    currency varchar(3) not null,
    refund_id varchar(64),
    replacement_product_id varchar(64),
    note text,
    due_at datetime(6),
    created_at datetime(6) not null,
    updated_at datetime(6) not null,
    created_position bigint not null,
    version bigint not null,
    position bigint not null,
    primary key (claim_id)
) character set utf8mb4;
create index claims_g1_opened on claims_g1 (created_position);
create index claims_g1_user_opened on claims_g1 (user_id, created_position);
create index claims_g1_seller_opened on claims_g1 (seller_id, created_position);
create index claims_g1_order on claims_g1 (order_id);
create view claims as select * from claims_g1;

insert into checkpoints (projection, generation, live, position, usable) values ('claims', 1, true, 0, true);
