//! The log: what happened, in PostgreSQL or SQLite, with one behaviour.
//!
//! - **The primary key of `position` is the lock.** A writer knows the committed head H, numbers its batch H+1 … H+n
//!   and sends it. Whoever comes second finds the position taken and tries again. No sequence, no counter row.
//! - **One transaction per batch**: events, receipts and the batch's hash, or none of them.
//! - **Bytes are stored and hashed, never values**: `payload` and `metadata` are read back as they were written.
//! - Positions are gap-free because a batch only ever continues a committed head, so readers need no gap logic.

mod append;
pub(crate) mod batch;
mod bell;
mod checkpoint;
mod postgres;
pub(crate) mod rows;
mod sqlite;
mod tail;

use std::{fmt::Debug, sync::Arc};

pub(crate) use append::{AppendFault, Appender, Conflict};
pub(crate) use bell::Bell;
use cqrs_es::persist::EventUpcaster;
pub(crate) use rows::StreamRow;
pub use rows::{Head, RawEvent, StoredReceipt};
use sqlx::{PgPool, SqlitePool};
pub(crate) use tail::Tail;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::{decode::Decoder, feed::Feed};

/// The log. Cheap to clone.
#[derive(Clone)]
pub struct Log(Arc<Inner>);

struct Inner {
    database: Database,
    decoder: Decoder,
    bell: Arc<Bell>,
    tail: Tail,
    tasks: Vec<JoinHandle<()>>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// The database the log is in; other tables live beside it.
#[derive(Debug, Clone)]
pub enum Database {
    /// PostgreSQL.
    Postgres(PgPool),
    /// SQLite.
    Sqlite(SqlitePool),
}

/// How to open the log.
#[derive(Default)]
pub struct Options {
    /// Settings of PostgreSQL that may be off although an acknowledged command could be lost: `fsync`,
    /// `full_page_writes`, `synchronous_commit`. Each has to be named.
    pub allow_unsafe: Vec<String>,
    /// What brings old events to their present shape, in the order they apply.
    pub upcasters: Vec<Box<dyn EventUpcaster>>,
}

/// Why the log cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Neither `postgres://…` nor `sqlite:…`.
    #[error("the log's address must start with postgres:// or sqlite:")]
    Address,
    /// The database would lose acknowledged commands in a crash.
    #[error(
        "PostgreSQL has {setting} = {value}: a crash would lose acknowledged commands; turn it on or allow it by name"
    )]
    Unsafe {
        /// The setting.
        setting: String,
        /// What it is set to.
        value: String,
    },
    /// The lock file of a SQLite log.
    #[error("the log's folder: {0}")]
    Folder(#[from] std::io::Error),
    /// The migrations.
    #[error("the log's migrations: {0}")]
    Migrations(#[from] sqlx::migrate::MigrateError),
    /// The database.
    #[error("the log's database: {0}")]
    Database(#[from] sqlx::Error),
}

impl Log {
    /// Opens the log at `postgres://…` or `sqlite:path`, and brings its tables up to date under a lock.
    pub async fn open(url: &str) -> Result<Self, OpenError> {
        Self::open_with(url, Options::default()).await
    }

    /// Opens the log with options.
    pub async fn open_with(url: &str, options: Options) -> Result<Self, OpenError> {
        let database = if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Database::Postgres(postgres::open(url, &options.allow_unsafe).await?)
        } else if let Some(path) = url.strip_prefix("sqlite:") {
            Database::Sqlite(sqlite::open(path.trim_start_matches("//")).await?)
        } else {
            return Err(OpenError::Address);
        };
        let head = database.head().await?;
        let bell = Arc::new(Bell::new(head.position));
        let tasks = bell::start(&bell, &database);
        Ok(Self(Arc::new(Inner {
            database,
            decoder: Decoder::new(options.upcasters),
            bell,
            tail: Tail::default(),
            tasks,
        })))
    }

    /// The database the log is in.
    pub fn database(&self) -> &Database {
        &self.0.database
    }

    /// Follows the log.
    pub fn feed(&self) -> Feed {
        Feed::new(self.clone())
    }

    /// Where the log ends, asked of the database.
    pub async fn head(&self) -> Result<Head, sqlx::Error> {
        self.0.database.head().await
    }

    /// Reads stored events.
    pub fn decoder(&self) -> &Decoder {
        &self.0.decoder
    }

    pub(crate) fn bell(&self) -> &Arc<Bell> {
        &self.0.bell
    }

    /// The last batches this process committed.
    pub(crate) fn tail(&self) -> &Tail {
        &self.0.tail
    }

    pub(crate) fn appender(&self) -> Appender {
        match &self.0.database {
            Database::Postgres(pool) => Appender::Postgres(Box::new(postgres::PgAppender::new(pool))),
            Database::Sqlite(pool) => Appender::Sqlite(Box::new(sqlite::SqliteAppender::new(pool))),
        }
    }
}

impl Debug for Log {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Log").field("database", &self.0.database).finish_non_exhaustive()
    }
}

impl Database {
    pub(crate) async fn head(&self) -> Result<Head, sqlx::Error> {
        match self {
            Self::Postgres(pool) => postgres::head(pool).await,
            Self::Sqlite(pool) => sqlite::head(pool).await,
        }
    }

    /// Up to `limit` events after `position`.
    pub(crate) async fn after(&self, position: i64, limit: i64) -> Result<Vec<RawEvent>, sqlx::Error> {
        match self {
            Self::Postgres(pool) => postgres::after(pool, position, limit).await,
            Self::Sqlite(pool) => sqlite::after(pool, position, limit).await,
        }
    }

    /// The events of several streams, in order within each.
    pub(crate) async fn streams(&self, keys: &[(&str, String)]) -> Result<Vec<StreamRow>, sqlx::Error> {
        match self {
            Self::Postgres(pool) => postgres::streams(pool, keys).await,
            Self::Sqlite(pool) => sqlite::streams(pool, keys).await,
        }
    }

    /// The events of one stream after `sequence`, at most `limit`.
    pub(crate) async fn stream(
        &self,
        aggregate_type: &str,
        aggregate_id: &str,
        sequence: i64,
        limit: i64,
    ) -> Result<Vec<RawEvent>, sqlx::Error> {
        match self {
            Self::Postgres(pool) => {
                postgres::stream(pool, (aggregate_type, aggregate_id), sequence, limit).await
            }
            Self::Sqlite(pool) => sqlite::stream(pool, (aggregate_type, aggregate_id), sequence, limit).await,
        }
    }

    /// The receipts of those commands that have one.
    pub(crate) async fn receipts(&self, commands: &[Uuid]) -> Result<Vec<StoredReceipt>, sqlx::Error> {
        match self {
            Self::Postgres(pool) => postgres::receipts(pool, commands).await,
            Self::Sqlite(pool) => sqlite::receipts(pool, commands).await,
        }
    }
}
