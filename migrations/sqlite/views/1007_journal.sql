create table journal_g1 (
    position integer not null,
    stream_id text not null,
    version integer not null,
    event text not null,
    actor text not null,
    posted_at text not null,
    primary key (position)
) strict;
create index journal_g1_stream on journal_g1 (stream_id);
create view journal as select * from journal_g1;

create table journal_entries_g1 (
    position integer not null,
    line integer not null,
    account text not null,
    code integer not null,
    name text not null,
    side text not null,
    amount integer not null,
    currency text not null,
    primary key (position, line)
) strict;
create index journal_entries_g1_account_position on journal_entries_g1 (account, position);
create index journal_entries_g1_code_position on journal_entries_g1 (code, position);
create view journal_entries as select * from journal_entries_g1;
