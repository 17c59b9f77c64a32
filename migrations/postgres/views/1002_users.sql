create table users_g1 (
    user_id text not null,
    username text,
    password text,
    email text,
    name text,
    phone text,
    roles text not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    version bigint not null,
    position bigint not null,
    primary key (user_id)
);
create index users_g1_email on users_g1 (email);
create view users as select * from users_g1;
