create table users_g1 (
    user_id text not null,
    username text,
    password text,
    email text,
    name text,
    phone text,
    roles text not null,
    created_at text not null,
    updated_at text not null,
    version integer not null,
    position integer not null,
    primary key (user_id)
) strict;
create index users_g1_email on users_g1 (email);
create view users as select * from users_g1;
