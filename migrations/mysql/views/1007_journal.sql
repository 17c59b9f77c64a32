create table journal_g1 (
    position bigint not null,
    stream_id varchar(64) not null,
    version bigint not null,
    event varchar(64) not null,
    actor text not null,
    posted_at datetime(6) not null,
    primary key (position)
) character set utf8mb4;
create index journal_g1_stream on journal_g1 (stream_id);
create view journal as select * from journal_g1;

create table journal_entries_g1 (
    position bigint not null,
    line bigint not null,
    account varchar(96) not null,
    code bigint not null,
    name text not null,
    side varchar(8) not null,
    amount bigint not null,
    currency varchar(3) not null,
    primary key (position, line)
) character set utf8mb4;
create index journal_entries_g1_account_position on journal_entries_g1 (account, position);
create index journal_entries_g1_code_position on journal_entries_g1 (code, position);
create view journal_entries as select * from journal_entries_g1;
