//! What is still to be done, as rows: one behaviour in PostgreSQL and SQLite.
//!
//! Being due is a column, and so is being worked on: a claim moves the due time to the end of a lease, so a task
//! whose worker died falls due again by itself. It also writes down who has taken the task, and who that is holds a
//! lock that ends with its process ([`hold`]): what a dead process had taken need not wait for its leases. Only who
//! has taken a task can end it or put it off. Finished tasks are deleted; the log remembers what they did.

mod hold;
mod postgres;
mod sqlite;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
pub(crate) use hold::keep;
use sqlx::migrate::MigrateError;
use thiserror::Error;
use tokio::sync::watch;

use crate::{Scheduled, Task};

/// How long a worker may be silent before somebody else takes over.
const LEASE: Duration = Duration::seconds(90);
/// When a worker says that it still works on what it has taken.
pub(crate) const RENEWAL: Duration = Duration::seconds(30);

/// The rows. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Queue {
    pub(crate) engine: Engine,
    /// Under which number tasks are taken.
    holder: i32,
    /// How many tasks were added beside those of the log: rings for the worker.
    bell: Arc<watch::Sender<u64>>,
}

#[derive(Debug, Clone)]
pub(crate) enum Engine {
    Postgres(sqlx::PgPool),
    Sqlite(sqlx::SqlitePool),
}

/// Why the rows could not be read or written.
#[derive(Debug, Error)]
pub enum QueueError {
    /// The address names no engine of ours.
    #[error("the task queue's address must start with postgres:// or sqlite:")]
    Address,
    /// The tables could not be brought up to date.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    /// The database said no, or nothing.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// A row is not a task.
    #[error("task {id} cannot be read: {reason}")]
    Unreadable {
        /// Which.
        id: String,
        /// Why.
        reason: String,
    },
}

/// A task somebody works on.
#[derive(Debug, Clone)]
pub(crate) struct Claimed {
    pub(crate) id: String,
    pub(crate) task: Task,
    /// How often it was begun, this time included.
    pub(crate) attempts: i32,
}

/// A task that has been begun before and is not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The task's id.
    pub id: String,
    /// What, as JSON.
    pub task: String,
    /// When it is tried next.
    pub due_at: DateTime<Utc>,
    /// How often it was begun.
    pub attempts: i32,
    /// What went wrong last.
    pub last_error: Option<String>,
}

/// How many tasks of a kind there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskCount {
    /// The kind.
    pub kind: String,
    /// Whether they were begun before and are looked at again; else they wait for their time.
    pub retrying: bool,
    /// How many.
    pub count: i64,
}

type CountRow = (String, bool, i64);
type Row = (String, String, i32);
/// A task's id, its JSON, and when it is due.
pub(crate) type AuditRow = (String, String, i64);
type WaitingRow = (String, String, i64, i32, Option<String>);

impl Queue {
    /// Opens the tables at `postgres://…` or `sqlite:path`, bringing them up to date under a lock.
    pub async fn open(url: &str) -> Result<Self, QueueError> {
        let engine = if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Engine::Postgres(postgres::open(url).await?)
        } else if url.starts_with("sqlite:") {
            Engine::Sqlite(sqlite::open(url).await?)
        } else {
            return Err(QueueError::Address);
        };
        Ok(Self { engine, holder: hold::number(), bell: Arc::new(watch::Sender::new(0)) })
    }

    /// Says that a task was added beside those of the log.
    pub(crate) fn ring(&self) {
        self.bell.send_modify(|rung| *rung = rung.wrapping_add(1));
    }

    /// How often that was said, and to hear it said again.
    pub(crate) fn bell(&self) -> watch::Receiver<u64> {
        self.bell.subscribe()
    }

    /// How far the log has been read.
    pub async fn checkpoint(&self) -> Result<i64, QueueError> {
        match &self.engine {
            Engine::Postgres(pool) => postgres::checkpoint(pool).await,
            Engine::Sqlite(pool) => sqlite::checkpoint(pool).await,
        }
    }

    /// Adds tasks and moves the checkpoint from `from` to `to`, both or neither. `false` where another node has
    /// moved it: nothing was added.
    pub(crate) async fn schedule(&self, from: i64, to: i64, tasks: &[Scheduled]) -> Result<bool, QueueError> {
        match &self.engine {
            Engine::Postgres(pool) => postgres::schedule(pool, from, to, tasks).await,
            Engine::Sqlite(pool) => sqlite::schedule(pool, from, to, tasks).await,
        }
    }

    /// The rows of those tasks that have one.
    pub(crate) async fn rows_of(&self, ids: &[String]) -> Result<Vec<AuditRow>, QueueError> {
        match &self.engine {
            Engine::Postgres(pool) => postgres::rows_of(pool, ids).await,
            Engine::Sqlite(pool) => sqlite::rows_of(pool, ids).await,
        }
    }

    /// Up to `limit` rows in the order of their ids, after one.
    pub(crate) async fn rows_after(&self, id: &str, limit: usize) -> Result<Vec<AuditRow>, QueueError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        match &self.engine {
            Engine::Postgres(pool) => postgres::rows_after(pool, id, limit).await,
            Engine::Sqlite(pool) => sqlite::rows_after(pool, id, limit).await,
        }
    }

    /// Takes up to `limit` tasks that are due, for the length of a lease.
    pub(crate) async fn claim(&self, now: DateTime<Utc>, limit: i64) -> Result<Vec<Claimed>, QueueError> {
        let times = (now.timestamp_micros(), (now + LEASE).timestamp_micros());
        let rows = match &self.engine {
            Engine::Postgres(pool) => postgres::claim(pool, times, self.holder, limit).await?,
            Engine::Sqlite(pool) => sqlite::claim(pool, times, self.holder, limit).await?,
        };
        rows.into_iter().map(claimed).collect()
    }

    /// Says that the tasks are still being worked on.
    pub(crate) async fn renew(&self, now: DateTime<Utc>, ids: &[String]) -> Result<(), QueueError> {
        let until = (now + LEASE).timestamp_micros();
        match &self.engine {
            Engine::Postgres(pool) => postgres::renew(pool, self.holder, ids, until).await,
            Engine::Sqlite(pool) => sqlite::renew(pool, self.holder, ids, until).await,
        }
    }

    /// Forgets tasks that are done, and that nobody else has taken since.
    pub(crate) async fn finish(&self, ids: &[String]) -> Result<(), QueueError> {
        match &self.engine {
            Engine::Postgres(pool) => postgres::finish(pool, self.holder, ids).await,
            Engine::Sqlite(pool) => sqlite::finish(pool, self.holder, ids).await,
        }
    }

    /// Puts a task off, unless somebody else has taken it since.
    pub(crate) async fn put_off(&self, id: &str, due_at: DateTime<Utc>, why: &str) -> Result<(), QueueError> {
        let then = (due_at.timestamp_micros(), why);
        match &self.engine {
            Engine::Postgres(pool) => postgres::put_off(pool, self.holder, id, then).await,
            Engine::Sqlite(pool) => sqlite::put_off(pool, self.holder, id, then).await,
        }
    }

    /// When the next task falls due.
    pub(crate) async fn next_due(&self) -> Result<Option<DateTime<Utc>>, QueueError> {
        let micros = match &self.engine {
            Engine::Postgres(pool) => postgres::next_due(pool).await?,
            Engine::Sqlite(pool) => sqlite::next_due(pool).await?,
        };
        Ok(micros.and_then(DateTime::from_timestamp_micros))
    }

    /// How many tasks there are, by kind.
    pub async fn counts(&self) -> Result<Vec<TaskCount>, QueueError> {
        let rows = match &self.engine {
            Engine::Postgres(pool) => postgres::counts(pool).await?,
            Engine::Sqlite(pool) => sqlite::counts(pool).await?,
        };
        Ok(rows.into_iter().map(|(kind, retrying, count)| TaskCount { kind, retrying, count }).collect())
    }

    /// Tasks that have been begun and put off, the longest-tried first: what an operator looks at.
    pub async fn waiting(&self, limit: i64) -> Result<Vec<Waiting>, QueueError> {
        let rows = match &self.engine {
            Engine::Postgres(pool) => postgres::waiting(pool, limit).await?,
            Engine::Sqlite(pool) => sqlite::waiting(pool, limit).await?,
        };
        Ok(rows.into_iter().map(waiting).collect())
    }
}

fn claimed((id, task, attempts): Row) -> Result<Claimed, QueueError> {
    match serde_json::from_str(&task) {
        Ok(task) => Ok(Claimed { id, task, attempts }),
        Err(error) => Err(QueueError::Unreadable { id, reason: error.to_string() }),
    }
}

fn waiting((id, task, due_at, attempts, last_error): WaitingRow) -> Waiting {
    let due_at = DateTime::from_timestamp_micros(due_at).unwrap_or_default();
    Waiting { id, task, due_at, attempts, last_error }
}

fn written(task: &Task) -> String {
    // A task is a name and ids of ours: writing it cannot fail.
    serde_json::to_string(task).unwrap_or_default()
}
