//! The vault's rows in either engine; the statements are the same text in both.

use std::{str::FromStr, time::Duration};

use chrono::{DateTime, Utc};
use sqlx::{
    PgPool, SqlitePool,
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use uuid::Uuid;

use super::{Credential, VaultError};

const CONNECTIONS: u32 = 4;
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) enum Pool {
    Postgres(PgPool),
    Sqlite(SqlitePool),
}

/// Runs one expression on whichever pool it is.
macro_rules! on_either {
    ($pool:expr, $name:ident => $what:expr) => {
        match $pool {
            Pool::Postgres($name) => $what,
            Pool::Sqlite($name) => $what,
        }
    };
}

type CredentialRow = (Uuid, String, String, String);

impl Pool {
    pub(super) async fn open(url: &str) -> Result<Self, VaultError> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let options = PgPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(PATIENCE);
            return Ok(Self::Postgres(options.connect(url).await?));
        }
        if url.starts_with("sqlite:") {
            let connect = SqliteConnectOptions::from_str(url)?
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                // What is deleted is overwritten: a key that is thrown away is not left in the file.
                .pragma("secure_delete", "on")
                .busy_timeout(PATIENCE);
            let options = SqlitePoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(PATIENCE);
            return Ok(Self::Sqlite(options.connect_with(connect).await?));
        }
        Err(VaultError::UnknownDatabase)
    }

    /// `None`: no row. `Some(None)`: forgotten.
    pub(super) async fn wrapped_key(&self, subject: Uuid) -> sqlx::Result<Option<Option<Vec<u8>>>> {
        let sql = "select wrapped_key from subject_keys where subject = $1";
        on_either!(self, pool => sqlx::query_scalar(sql).bind(subject).fetch_optional(pool).await)
    }

    pub(super) async fn insert_key(
        &self,
        subject: Uuid,
        wrapped: &[u8],
        now: DateTime<Utc>,
    ) -> sqlx::Result<()> {
        let sql = "insert into subject_keys (subject, wrapped_key, created_at) values ($1, $2, $3) \
                   on conflict (subject) do nothing";
        on_either!(self, pool =>
            sqlx::query(sql).bind(subject).bind(wrapped).bind(now).execute(pool).await.map(|_| ()))
    }

    pub(super) async fn forget(&self, subject: Uuid, now: DateTime<Utc>) -> sqlx::Result<()> {
        let key = "insert into subject_keys (subject, wrapped_key, created_at, forgotten_at) \
                   values ($1, null, $2, $2) \
                   on conflict (subject) do update set wrapped_key = null, forgotten_at = $2";
        let credentials = "delete from credentials where customer_id = $1";
        on_either!(self, pool => {
            let mut transaction = pool.begin().await?;
            sqlx::query(key).bind(subject).bind(now).execute(&mut *transaction).await?;
            sqlx::query(credentials).bind(subject).execute(&mut *transaction).await?;
            transaction.commit().await
        })
    }

    /// Whether the row went in; it does not where id, e-mail or username are taken.
    pub(super) async fn insert_credential(
        &self,
        credential: &Credential,
        now: DateTime<Utc>,
    ) -> sqlx::Result<bool> {
        let sql = "insert into credentials \
                   (customer_id, email, username, password_hash, created_at, updated_at) \
                   values ($1, $2, $3, $4, $5, $5) on conflict do nothing";
        let customer = domain::id::Id::uuid(&credential.customer_id);
        on_either!(self, pool => sqlx::query(sql)
            .bind(customer)
            .bind(&credential.email)
            .bind(&credential.username)
            .bind(&credential.password_hash)
            .bind(now)
            .execute(pool)
            .await
            .map(|done| done.rows_affected() == 1))
    }

    pub(super) async fn credential_of_email(&self, email: &str) -> sqlx::Result<Option<CredentialRow>> {
        let sql = "select customer_id, email, username, password_hash from credentials where email = $1";
        on_either!(self, pool => sqlx::query_as(sql).bind(email).fetch_optional(pool).await)
    }

    pub(super) async fn credential_of(&self, customer: Uuid) -> sqlx::Result<Option<CredentialRow>> {
        let sql =
            "select customer_id, email, username, password_hash from credentials where customer_id = $1";
        on_either!(self, pool => sqlx::query_as(sql).bind(customer).fetch_optional(pool).await)
    }
}
