create table journal_g1 (
    position bigint not null,
    stream_id text not null,
    version bigint not null,
    event text not null,
    actor text not null,
    posted_at timestamptz not null,
    primary key (position)
);
create index journal_g1_stream on journal_g1 (stream_id);
create view journal as select * from journal_g1;

create table journal_entries_g1 (
    position bigint not null,
    line bigint not null,
    account text not null,
    code bigint not null,
    name text not null,
    side text not null,
    amount bigint not null,
    currency text not null,
    primary key (position, line)
);
create index journal_entries_g1_account_position on journal_entries_g1 (account, position);
create index journal_entries_g1_code_position on journal_entries_g1 (code, position);
create view journal_entries as select * from journal_entries_g1;
