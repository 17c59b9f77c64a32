//! The receipts of those who were forgotten, and what it takes that a database file forgets, too.
//!
//! Deleting a row leaves its bytes in the file: in free space, and in the write-ahead log. SQLite is told to overwrite
//! what it deletes (`secure_delete`), and at an erasure the write-ahead log is emptied and the file written anew.
//! PostgreSQL's tables are rewritten; its own write-ahead log and its archives forget when they are recycled.

use ambient::Clock;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{Row, SqlitePool};
use uuid::Uuid;

use crate::log::{Database, Log, rows::micros};

/// How often it is tried to empty the write-ahead log.
const TRIES: usize = 100;
/// The pause in between.
const PAUSE: TimeDelta = TimeDelta::milliseconds(50);

/// Who was forgotten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// The customer's UUID.
    pub subject: Uuid,
    /// When.
    pub forgotten_at: DateTime<Utc>,
    /// Who asked for it.
    pub actor: String,
    /// The signed receipt.
    pub receipt: String,
}

const FIND: &str = "select forgotten_at, actor, receipt from erasures where subject = $1";
const KEEP: &str = "insert into erasures (subject, forgotten_at, actor, receipt) values ($1, $2, $3, $4) \
                    on conflict do nothing";

/// The receipt of somebody who was forgotten.
pub async fn find(log: &Log, subject: Uuid) -> Result<Option<Erasure>, sqlx::Error> {
    match log.database() {
        Database::Postgres(pool) => {
            let row = sqlx::query(FIND).bind(subject).fetch_optional(pool).await?;
            row.map(|row| {
                let (forgotten_at, actor, receipt) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
                Ok(Erasure { subject, forgotten_at, actor, receipt })
            })
            .transpose()
        }
        Database::Sqlite(pool) => {
            let row = sqlx::query(FIND).bind(subject).fetch_optional(pool).await?;
            row.map(|row| {
                let (forgotten_at, actor, receipt) =
                    (micros(row.try_get(0)?)?, row.try_get(1)?, row.try_get(2)?);
                Ok(Erasure { subject, forgotten_at, actor, receipt })
            })
            .transpose()
        }
    }
}

/// Keeps a receipt. Whoever was forgotten before keeps their first one.
pub async fn keep(log: &Log, erasure: &Erasure) -> Result<(), sqlx::Error> {
    let Erasure { subject, forgotten_at, actor, receipt } = erasure;
    match log.database() {
        Database::Postgres(pool) => {
            let keep = sqlx::query(KEEP).bind(subject).bind(forgotten_at).bind(actor).bind(receipt);
            keep.execute(pool).await.map(drop)
        }
        Database::Sqlite(pool) => {
            let at = forgotten_at.timestamp_micros();
            let keep = sqlx::query(KEEP).bind(subject).bind(at).bind(actor).bind(receipt);
            keep.execute(pool).await.map(drop)
        }
    }
}

/// Takes what was deleted out of the log's database files.
pub async fn purge(log: &Log) -> Result<(), sqlx::Error> {
    match log.database() {
        Database::Postgres(pool) => {
            for table in ["subject_keys", "credentials"] {
                sqlx::query(&format!("vacuum full {table}")).persistent(false).execute(pool).await?;
            }
            Ok(())
        }
        Database::Sqlite(pool) => purge_sqlite(pool).await,
    }
}

/// Writes a SQLite file anew and empties its write-ahead log, which it can only while nobody reads.
pub async fn purge_sqlite(pool: &SqlitePool) -> Result<(), sqlx::Error> {
    sqlx::query("vacuum").execute(pool).await?;
    for _ in 0..TRIES {
        let (busy, ..): (i64, i64, i64) =
            sqlx::query_as("pragma wal_checkpoint(truncate)").fetch_one(pool).await?;
        if busy == 0 {
            return Ok(());
        }
        Clock::system().sleep(PAUSE).await;
    }
    Err(sqlx::Error::Protocol("the write-ahead log cannot be emptied: somebody keeps reading".to_owned()))
}
