create table balances_g1 (
    account text not null,
    currency text not null,
    code integer not null,
    name text not null,
    debit integer not null,
    credit integer not null,
    balance integer not null,
    updated_at text not null,
    created_position integer not null,
    version integer not null,
    position integer not null,
    primary key (account, currency)
) strict;
create index balances_g1_code_placed on balances_g1 (code, created_position);
create view balances as select * from balances_g1;

create table account_totals_g1 (
    code integer not null,
    currency text not null,
    name text not null,
    debit integer not null,
    credit integer not null,
    balance integer not null,
    updated_at text not null,
    version integer not null,
    position integer not null,
    primary key (code, currency)
) strict;
create view account_totals as select * from account_totals_g1;
