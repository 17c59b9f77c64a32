//! What was refused is remembered, too: who asked for what, about what, and the code of the no.
//!
//! A refusal changes nothing, so it is no event and not in the log; it stands beside it, in a table that only grows. It
//! is written behind the answer, many in one transaction that does not wait for the disk, so that commands are not
//! slower for it. A crash of the machine may lose the last moment's, and more than fit into memory are counted and let
//! go. Data of the request are never written: they may be personal.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use ambient::Clock;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{
    FromRow, PgPool, QueryBuilder, Row, SqlitePool,
    postgres::{PgPoolOptions, PgRow},
    sqlite::{SqlitePoolOptions, SqliteRow, SqliteSynchronous},
};
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::log::{Database, Log, rows::micros};

/// Refusals that may wait to be written.
const QUEUE: usize = 8_192;
/// Refusals of one transaction.
const BATCH: usize = 500;
/// How long more may gather before the next transaction.
const GATHER: TimeDelta = TimeDelta::milliseconds(100);
/// The pause after a fault.
const PAUSE: TimeDelta = TimeDelta::seconds(1);
const PATIENCE: Duration = Duration::from_secs(5);

/// One no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Its id, which orders it by time.
    pub refusal_id: Uuid,
    /// When.
    pub recorded_at: DateTime<Utc>,
    /// Who asked: `cus_…`, or `system:<process>`.
    pub actor: String,
    /// The command.
    pub command: String,
    /// The aggregates it was about, as `type:uuid` with spaces between.
    pub about: String,
    /// The code of the refusal.
    pub code: String,
    /// The command's id.
    pub command_id: Uuid,
    /// What the command belongs to.
    pub correlation_id: Uuid,
    /// Where the log ended when it was decided.
    pub position: i64,
}

/// Which refusals.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// After this one.
    pub after: Option<Uuid>,
    /// By whom.
    pub actor: Option<String>,
    /// With this code.
    pub code: Option<String>,
    /// About this aggregate, by its UUID.
    pub about: Option<Uuid>,
    /// How many.
    pub limit: i64,
}

/// Takes refusals to their table. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Refusals {
    queue: mpsc::Sender<Refused>,
    lost: Arc<AtomicU64>,
}

impl Refusals {
    /// Writes from now on; ends when nobody has anything to write any more.
    pub fn start(log: &Log) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        tokio::spawn(write_all(behind(log.database()), waiting));
        Self { queue, lost: Arc::default() }
    }

    /// Writes one, soon.
    pub fn record(&self, refused: Refused) {
        if self.queue.try_send(refused).is_err() {
            let lost = self.lost.fetch_add(1, Ordering::Relaxed) + 1;
            // Once for every power of two: a flood of them is not answered by a flood of words.
            if lost.is_power_of_two() {
                tracing::error!(lost, "refusals come faster than they can be written");
            }
        }
    }
}

/// A connection of its own, whose commits do not wait for the disk.
fn behind(database: &Database) -> Database {
    match database {
        Database::Postgres(pool) => {
            let options = (*pool.connect_options()).clone().options([("synchronous_commit", "off")]);
            let options = options.application_name("escrow refusals");
            let pool = PgPoolOptions::new().max_connections(1).acquire_timeout(PATIENCE);
            Database::Postgres(pool.connect_lazy_with(options))
        }
        Database::Sqlite(pool) => {
            let options = (*pool.connect_options()).clone().synchronous(SqliteSynchronous::Normal);
            let pool = SqlitePoolOptions::new().max_connections(1).acquire_timeout(PATIENCE);
            Database::Sqlite(pool.connect_lazy_with(options))
        }
    }
}

async fn write_all(database: Database, mut waiting: mpsc::Receiver<Refused>) {
    let mut batch = Vec::with_capacity(BATCH);
    while waiting.recv_many(&mut batch, BATCH).await > 0 {
        while let Err(error) = write(&database, &batch).await {
            tracing::error!(%error, "refusals cannot be written");
            Clock::system().sleep(PAUSE).await;
        }
        let was_full = batch.len() == BATCH;
        batch.clear();
        if !was_full && !waiting.is_closed() {
            Clock::system().sleep(GATHER).await;
        }
    }
}

const INSERT: &str = "insert into refusals (refusal_id, recorded_at, actor, command, about, code, command_id, \
                      correlation_id, position) ";
const COLUMNS: &str =
    "refusal_id, recorded_at, actor, command, about, code, command_id, correlation_id, position";

async fn write(database: &Database, batch: &[Refused]) -> Result<(), sqlx::Error> {
    match database {
        Database::Postgres(pool) => {
            let mut insert = QueryBuilder::new(INSERT);
            insert.push_values(batch, |mut row, one| {
                row.push_bind(one.refusal_id).push_bind(one.recorded_at);
                row.push_bind(&one.actor).push_bind(&one.command).push_bind(&one.about).push_bind(&one.code);
                row.push_bind(one.command_id).push_bind(one.correlation_id).push_bind(one.position);
            });
            // Whether a lost connection had written them is unknown; the key knows.
            insert.push(" on conflict do nothing").build().persistent(false).execute(pool).await.map(drop)
        }
        Database::Sqlite(pool) => {
            let mut insert = QueryBuilder::new(INSERT);
            insert.push_values(batch, |mut row, one| {
                row.push_bind(one.refusal_id).push_bind(one.recorded_at.timestamp_micros());
                row.push_bind(&one.actor).push_bind(&one.command).push_bind(&one.about).push_bind(&one.code);
                row.push_bind(one.command_id).push_bind(one.correlation_id).push_bind(one.position);
            });
            insert.push(" on conflict do nothing").build().persistent(false).execute(pool).await.map(drop)
        }
    }
}

/// Refusals in the order in which they were decided.
pub async fn refusals(log: &Log, wanted: &Wanted) -> Result<Vec<Refused>, sqlx::Error> {
    match log.database() {
        Database::Postgres(pool) => of_postgres(pool, wanted).await,
        Database::Sqlite(pool) => of_sqlite(pool, wanted).await,
    }
}

/// Adds the conditions that are wanted, and the order.
macro_rules! ask {
    ($wanted:expr, $pool:expr) => {{
        let mut query = QueryBuilder::new(format!("select {COLUMNS} from refusals where 1 = 1"));
        if let Some(after) = $wanted.after {
            query.push(" and refusal_id > ").push_bind(after);
        }
        if let Some(actor) = &$wanted.actor {
            query.push(" and actor = ").push_bind(actor.clone());
        }
        if let Some(code) = &$wanted.code {
            query.push(" and code = ").push_bind(code.clone());
        }
        if let Some(about) = $wanted.about {
            query.push(" and about like ").push_bind(format!("%:{about}%"));
        }
        query.push(" order by refusal_id limit ").push_bind($wanted.limit);
        query.build_query_as().persistent(false).fetch_all($pool).await
    }};
}

async fn of_postgres(pool: &PgPool, wanted: &Wanted) -> Result<Vec<Refused>, sqlx::Error> {
    ask!(wanted, pool)
}

async fn of_sqlite(pool: &SqlitePool, wanted: &Wanted) -> Result<Vec<Refused>, sqlx::Error> {
    ask!(wanted, pool)
}

macro_rules! from_row {
    ($row:ty, |$of:ident| $time:expr) => {
        impl FromRow<'_, $row> for Refused {
            fn from_row($of: &$row) -> Result<Self, sqlx::Error> {
                Ok(Self {
                    refusal_id: $of.try_get(0)?,
                    recorded_at: $time,
                    actor: $of.try_get(2)?,
                    command: $of.try_get(3)?,
                    about: $of.try_get(4)?,
                    code: $of.try_get(5)?,
                    command_id: $of.try_get(6)?,
                    correlation_id: $of.try_get(7)?,
                    position: $of.try_get(8)?,
                })
            }
        }
    };
}

from_row!(PgRow, |row| row.try_get(1)?);
from_row!(SqliteRow, |row| micros(row.try_get(1)?)?);
