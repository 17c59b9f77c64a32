-- Secrets beside the log, never inside it: these rows change and go, the log's never do.
create table subject_keys (
  subject uuid primary key,
  wrapped_key bytea,                       -- null: forgotten
  created_at timestamptz not null,
  forgotten_at timestamptz,
  constraint subject_keys_forgotten check ((wrapped_key is null) = (forgotten_at is not null))
);

create table credentials (
  customer_id uuid primary key,
  email text not null,
  username text not null,
  password_hash text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint credentials_email unique (email),
  constraint credentials_username unique (username)
);
