-- Secrets beside the log, never inside it: these rows change and go, the log's never do.
create table subject_keys (
  subject blob primary key,
  wrapped_key blob,                        -- null: forgotten
  created_at text not null,
  forgotten_at text,
  constraint subject_keys_forgotten check ((wrapped_key is null) = (forgotten_at is not null))
) strict;

create table credentials (
  customer_id blob primary key,
  email text not null,
  username text not null,
  password_hash text not null,
  created_at text not null,
  updated_at text not null,
  constraint credentials_email unique (email),
  constraint credentials_username unique (username)
) strict;
