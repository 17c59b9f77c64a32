create table claims_g1 (
    claim_id text not null,
    order_id text not null,
    seller_id text not null,
    user_id text not null,
    escrow_id text not null,
    payment_id text not null,
    kind text not null,
    status text not null,
    reason text not null,
    fault text not null,
    items text not null,
    amount bigint not null,
    released boolean not null,
    extra_charge bigint not null,
    deduction bigint not null,
    refund bigint not null,
    currency text not null,
    refund_id text,
    replacement_product_id text,
    note text,
    due_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    created_position bigint not null,
    version bigint not null,
    position bigint not null,
    primary key (claim_id)
);
create index claims_g1_opened on claims_g1 (created_position);
create index claims_g1_user_opened on claims_g1 (user_id, created_position);
create index claims_g1_seller_opened on claims_g1 (seller_id, created_position);
create index claims_g1_order on claims_g1 (order_id);
create view claims as select * from claims_g1;

insert into checkpoints (projection, generation, live, position, usable) values ('claims', 1, true, 0, true);
