create table users_g1 (
    user_id varchar(64) not null,
    username varchar(255),
    password text,
    email varchar(320),
    name text,
    phone text,
    roles text not null,
    created_at datetime(6) not null,
    updated_at datetime(6) not null,
    version bigint not null,
    position bigint not null,
    primary key (user_id)
) character set utf8mb4;
create index users_g1_email on users_g1 (email);
create view users as select * from users_g1;
