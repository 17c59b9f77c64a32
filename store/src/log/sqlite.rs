//! The log in SQLite: write-ahead log, `synchronous = full`, one connection that appends, others that read.
//!
//! Each statement crosses to the connection's thread and back, so there are few and fat ones: rows go in by chunks
//! of a few fixed sizes, whose statements stay prepared.

use std::path::Path;

use sqlx::{
    Connection, Row, Sqlite, SqliteConnection, SqlitePool,
    query::Query,
    sqlite::{
        SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
    },
};
use uuid::Uuid;

use super::{
    OpenError,
    append::{AppendFault, Conflict},
    batch::{Batch, EventRow, ReceiptRow},
    checkpoint,
    rows::{EVENT_COLUMNS, Head, RawEvent, StoredReceipt, StreamRow, hash},
};

/// Pages each connection keeps in memory, in KiB: the keys' upper levels and much of their leaves. With SQLite's own
/// two MiB, every batch read back from the file what the one before had changed.
const CACHE: &str = "-32768";
/// Connections for readers.
const READERS: u32 = 4;
/// How long a connection waits for another's transaction to end.
const BUSY: std::time::Duration = std::time::Duration::from_secs(5);
/// Rows per statement, largest first. The last must be 1.
const CHUNKS: [usize; 5] = [256, 64, 16, 4, 1];

// A row that is refused ends the whole transaction (`or rollback`): to take back its statement alone, SQLite would
// have to copy every page before the statement changes it.
const EVENT_VALUES: &str = "(?,?,?,?,?,?,?,?,?,?,?,?)";
const RECEIPT_VALUES: &str = "(?,?,?,?,?)";
const INSERT_RECEIPTS: &str =
    "insert or rollback into receipts (command_id, fingerprint, outcome, position, recorded_at) values ";
const BEGIN: &str = "begin immediate; insert into batches (last_position, first_position, hash, committed_at) values (?,?,?,?)";

pub(super) async fn open(path: &str) -> Result<SqlitePool, OpenError> {
    let path = path.split('?').next().unwrap_or(path);
    if let Some(folder) = Path::new(path).parent() {
        std::fs::create_dir_all(folder)?;
    }
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("cache_size", CACHE)
        .pragma("wal_autocheckpoint", checkpoint::LEFT_TO_WRITER.to_string())
        .busy_timeout(BUSY);
    let lock = lock(format!("{path}.lock")).await?;
    let pool = SqlitePoolOptions::new().max_connections(READERS).connect_with(options).await?;
    // Other crates keep their own migrations beside these, in the same database.
    sqlx::migrate!("../migrations/sqlite/log").set_ignore_missing(true).run(&pool).await?;
    drop(lock);
    Ok(pool)
}

/// SQLite has no lock that outlives a transaction; the operating system does, and lets go when the process dies.
async fn lock(path: String) -> Result<std::fs::File, std::io::Error> {
    let locking = tokio::task::spawn_blocking(move || {
        let file = std::fs::File::create(path)?;
        file.lock()?;
        Ok(file)
    });
    locking.await.map_err(std::io::Error::other)?
}

/// The connection that appends.
#[derive(Debug)]
pub(crate) struct SqliteAppender {
    options: SqliteConnectOptions,
    connection: Option<SqliteConnection>,
    statements: Statements,
}

/// The text of each statement, by chunk size, so that sqlx finds it prepared.
#[derive(Debug)]
struct Statements {
    single: String,
    events: [String; CHUNKS.len()],
    receipts: [String; CHUNKS.len()],
}

impl Statements {
    fn new() -> Self {
        let rows = |row: &str, count: usize| vec![row; count].join(",");
        let insert_events = format!("insert or rollback into events ({EVENT_COLUMNS}) values ");
        let events = CHUNKS.map(|count| format!("{insert_events}{}", rows(EVENT_VALUES, count)));
        let receipts = CHUNKS.map(|count| format!("{INSERT_RECEIPTS}{}", rows(RECEIPT_VALUES, count)));
        let single =
            format!("{BEGIN}; {INSERT_RECEIPTS}{RECEIPT_VALUES}; {insert_events}{EVENT_VALUES}; commit");
        Self { single, events, receipts }
    }
}

impl SqliteAppender {
    pub fn new(pool: &SqlitePool) -> Self {
        Self { options: (*pool.connect_options()).clone(), connection: None, statements: Statements::new() }
    }

    pub fn disconnect(&mut self) {
        self.connection = None;
    }

    pub async fn connect(&mut self) -> Result<&mut SqliteConnection, sqlx::Error> {
        match &mut self.connection {
            Some(connection) => Ok(connection),
            empty @ None => Ok(empty.insert(SqliteConnection::connect_with(&self.options).await?)),
        }
    }

    pub async fn attempt(&mut self, batch: &Batch) -> Result<(), AppendFault> {
        self.connect().await.map_err(classify)?;
        let Self { connection: Some(connection), statements, .. } = self else {
            return Err(AppendFault::Lost(sqlx::Error::PoolClosed));
        };
        let done = write(connection, statements, batch).await;
        if done.is_err() {
            // After some errors SQLite has rolled back by itself; then this one fails, and nothing is lost by it.
            let _ = sqlx::query("rollback").execute(connection).await;
        }
        done
    }
}

async fn write(
    connection: &mut SqliteConnection,
    statements: &Statements,
    batch: &Batch,
) -> Result<(), AppendFault> {
    if batch.events().is_empty() {
        return write_receipts(connection, statements, batch).await;
    }
    if let ([event], [receipt]) = (batch.events(), batch.receipts()) {
        let query = bind_batch(sqlx::query(&statements.single), batch);
        let query = bind_event(bind_receipt(query, batch, receipt), batch, event);
        return query.execute(connection).await.map(|_| ()).map_err(classify);
    }
    let begin = bind_batch(sqlx::query(BEGIN), batch);
    begin.execute(&mut *connection).await.map_err(classify)?;
    insert_receipts(connection, statements, batch).await?;
    insert_events(connection, statements, batch).await?;
    sqlx::query("commit").execute(connection).await.map(|_| ()).map_err(classify)
}

/// A batch without events: its receipts, or nothing but the question whether the head is still the same.
async fn write_receipts(
    connection: &mut SqliteConnection,
    statements: &Statements,
    batch: &Batch,
) -> Result<(), AppendFault> {
    let receipts = !batch.receipts().is_empty();
    if receipts {
        sqlx::query("begin immediate").execute(&mut *connection).await.map_err(classify)?;
    }
    if head(&mut *connection).await.map_err(classify)?.position != batch.base().position {
        return Err(AppendFault::Conflict(Conflict::Position));
    }
    if receipts {
        insert_receipts(connection, statements, batch).await?;
        sqlx::query("commit").execute(connection).await.map_err(classify)?;
    }
    Ok(())
}

async fn insert_receipts(
    connection: &mut SqliteConnection,
    statements: &Statements,
    batch: &Batch,
) -> Result<(), AppendFault> {
    let mut rest = batch.receipts();
    for (size, statement) in CHUNKS.into_iter().zip(&statements.receipts) {
        while let Some((chunk, left)) = rest.split_at_checked(size) {
            let mut query = sqlx::query(statement);
            for row in chunk {
                query = bind_receipt(query, batch, row);
            }
            query.execute(&mut *connection).await.map_err(classify)?;
            rest = left;
        }
    }
    Ok(())
}

async fn insert_events(
    connection: &mut SqliteConnection,
    statements: &Statements,
    batch: &Batch,
) -> Result<(), AppendFault> {
    let mut rest = batch.events();
    for (size, statement) in CHUNKS.into_iter().zip(&statements.events) {
        while let Some((chunk, left)) = rest.split_at_checked(size) {
            let mut query = sqlx::query(statement);
            for row in chunk {
                query = bind_event(query, batch, row);
            }
            query.execute(&mut *connection).await.map_err(classify)?;
            rest = left;
        }
    }
    Ok(())
}

type Bound<'q> = Query<'q, Sqlite, SqliteArguments<'q>>;

fn bind_batch<'q>(query: Bound<'q>, batch: &Batch) -> Bound<'q> {
    let head = batch.head();
    query
        .bind(head.position)
        .bind(batch.first_position())
        .bind(head.hash.to_vec())
        .bind(batch.committed_at().timestamp_micros())
}

fn bind_receipt<'q>(query: Bound<'q>, batch: &'q Batch, row: &'q ReceiptRow) -> Bound<'q> {
    query
        .bind(&row.command_id.as_bytes()[..])
        .bind(&row.fingerprint[..])
        .bind(batch.text(&row.outcome))
        .bind(row.position)
        .bind(row.recorded_at.timestamp_micros())
}

fn bind_event<'q>(query: Bound<'q>, batch: &'q Batch, row: &'q EventRow) -> Bound<'q> {
    query
        .bind(row.position)
        .bind(row.aggregate_type)
        .bind(batch.text(&row.aggregate_id))
        .bind(row.sequence)
        .bind(row.event_type)
        .bind(row.event_version)
        .bind(batch.text(&row.payload))
        .bind(batch.text(&row.metadata))
        .bind(&row.event_id.as_bytes()[..])
        .bind(&row.command_id.as_bytes()[..])
        .bind(row.recorded_at.timestamp_micros())
        .bind(&row.leaf[..])
}

/// SQLite reports a primary key as 1555 and other unique keys as 2067, and names the columns in the message only.
fn classify(error: sqlx::Error) -> AppendFault {
    let sqlx::Error::Database(refusal) = &error else {
        return AppendFault::Lost(error);
    };
    let message = refusal.message();
    match refusal.code().as_deref() {
        Some("1555" | "2067") if message.contains("events.aggregate_type") => {
            AppendFault::Conflict(Conflict::Stream)
        }
        Some("1555" | "2067") if message.contains("receipts.") => AppendFault::Conflict(Conflict::Receipt),
        Some("1555" | "2067") => AppendFault::Conflict(Conflict::Position),
        // Constraint (19 in the low byte), mismatch 20, too big 18: the data itself. All else passes.
        Some(code) if matches!(code.parse::<i32>().map(|code| code & 0xff), Ok(18..=20)) => {
            AppendFault::Refused(error)
        }
        _ => AppendFault::Lost(error),
    }
}

pub(super) async fn head(executor: impl sqlx::SqliteExecutor<'_>) -> Result<Head, sqlx::Error> {
    let row = sqlx::query("select last_position, hash from batches order by last_position desc limit 1")
        .fetch_optional(executor)
        .await?;
    row.map_or(Ok(Head::EMPTY), |row| Ok(Head { position: row.try_get(0)?, hash: hash(row.try_get(1)?)? }))
}

// The log has no gaps, so `limit` events are a range: no plan can be led astray by a limit.
pub(super) async fn after(
    pool: &SqlitePool,
    position: i64,
    limit: i64,
) -> Result<Vec<RawEvent>, sqlx::Error> {
    sqlx::query_as(&format!(
        "select {EVENT_COLUMNS} from events where position > ? and position <= ? order by position"
    ))
    .bind(position)
    .bind(position.saturating_add(limit))
    .fetch_all(pool)
    .await
}

pub(super) async fn streams(
    pool: &SqlitePool,
    keys: &[(&str, String)],
) -> Result<Vec<StreamRow>, sqlx::Error> {
    let keys = serde_json::to_string(keys).map_err(|error| sqlx::Error::Encode(error.into()))?;
    sqlx::query_as(
        "select e.aggregate_type, e.aggregate_id, e.sequence, e.event_type, e.event_version, e.payload
         from json_each(?) k cross join events e
         where e.aggregate_type = k.value ->> 0 and e.aggregate_id = k.value ->> 1
         order by e.aggregate_type, e.aggregate_id, e.sequence",
    )
    .bind(keys)
    .fetch_all(pool)
    .await
}

pub(super) async fn stream(
    pool: &SqlitePool,
    (aggregate_type, aggregate_id): (&str, &str),
    sequence: i64,
    limit: i64,
) -> Result<Vec<RawEvent>, sqlx::Error> {
    sqlx::query_as(&format!(
        "select {EVENT_COLUMNS} from events
         where aggregate_type = ? and aggregate_id = ? and sequence > ? order by sequence limit ?"
    ))
    .bind(aggregate_type)
    .bind(aggregate_id)
    .bind(sequence)
    .bind(limit)
    .fetch_all(pool)
    .await
}

pub(super) async fn receipts(
    pool: &SqlitePool,
    commands: &[Uuid],
) -> Result<Vec<StoredReceipt>, sqlx::Error> {
    let ids: Vec<String> = commands.iter().map(|id| id.simple().to_string()).collect();
    let ids = serde_json::to_string(&ids).map_err(|error| sqlx::Error::Encode(error.into()))?;
    sqlx::query_as(
        "select command_id, fingerprint, outcome, position, recorded_at from receipts
         where command_id in (select unhex(value) from json_each(?))",
    )
    .bind(ids)
    .fetch_all(pool)
    .await
}
