create table balances_g1 (
    account varchar(96) not null,
    currency varchar(3) not null,
    code bigint not null,
    name text not null,
    debit bigint not null,
    credit bigint not null,
    balance bigint not null,
    updated_at datetime(6) not null,
    created_position bigint not null,
    version bigint not null,
    position bigint not null,
    primary key (account, currency)
) character set utf8mb4;
create index balances_g1_code_placed on balances_g1 (code, created_position);
create view balances as select * from balances_g1;

create table account_totals_g1 (
    code bigint not null,
    currency varchar(3) not null,
    name text not null,
    debit bigint not null,
    credit bigint not null,
    balance bigint not null,
    updated_at datetime(6) not null,
    version bigint not null,
    position bigint not null,
    primary key (code, currency)
) character set utf8mb4;
create view account_totals as select * from account_totals_g1;
