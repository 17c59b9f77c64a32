create table balances_g1 (
    account text not null,
    currency text not null,
    code bigint not null,
    name text not null,
    debit bigint not null,
    credit bigint not null,
    balance bigint not null,
    updated_at timestamptz not null,
    created_position bigint not null,
    version bigint not null,
    position bigint not null,
    primary key (account, currency)
);
create index balances_g1_code_placed on balances_g1 (code, created_position);
create view balances as select * from balances_g1;

create table account_totals_g1 (
    code bigint not null,
    currency text not null,
    name text not null,
    debit bigint not null,
    credit bigint not null,
    balance bigint not null,
    updated_at timestamptz not null,
    version bigint not null,
    position bigint not null,
    primary key (code, currency)
);
create view account_totals as select * from account_totals_g1;
