//! The log in PostgreSQL. An append is one autocommit statement; its arrays are bound column by column.

use sqlx::{
    Connection, PgConnection, PgPool, Row,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use uuid::Uuid;

use super::{
    OpenError,
    append::{AppendFault, Conflict},
    batch::{Batch, EventRow, ReceiptRow},
    rows::{EVENT_COLUMNS, Head, RawEvent, StoredReceipt, StreamRow, hash},
};

/// Connections for readers.
const READERS: u32 = 8;
/// How long a reader waits for a connection.
const READER_PATIENCE: std::time::Duration = std::time::Duration::from_secs(3);
/// The advisory lock by which contending nodes take turns.
const TURN: i64 = 0x6573_6372_6f77;
/// What must be on for an acknowledged command to survive a crash.
const SAFETY: [&str; 3] = ["fsync", "full_page_writes", "synchronous_commit"];

const APPEND: &str = "\
with r as (insert into receipts (command_id, fingerprint, outcome, position, recorded_at)
  select c, f, o::json, p, t
  from unnest($1::uuid[], $2::bytea[], $3::text[], $4::bigint[], $5::timestamptz[]) as x(c, f, o, p, t)),
b as (insert into batches (last_position, first_position, hash, committed_at) values ($6, $7, $8, $9))
insert into events (position, aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata,
  event_id, command_id, recorded_at, leaf)
select p, at, ai, s, et, ev, pl::json, md::json, ei, ci, ra, l
from unnest($10::bigint[], $11::text[], $12::text[], $13::bigint[], $14::text[], $15::text[], $16::text[],
  $17::text[], $18::uuid[], $19::uuid[], $20::timestamptz[], $21::bytea[])
  as e(p, at, ai, s, et, ev, pl, md, ei, ci, ra, l)";

// The same for one command with one event: without arrays it costs the server a quarter less.
const APPEND_ONE: &str = "\
with r as (insert into receipts (command_id, fingerprint, outcome, position, recorded_at)
  values ($1, $2, $3::text::json, $4, $5)),
b as (insert into batches (last_position, first_position, hash, committed_at) values ($6, $7, $8, $9))
insert into events (position, aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata,
  event_id, command_id, recorded_at, leaf)
values ($10, $11, $12, $13, $14, $15, $16::text::json, $17::text::json, $18, $19, $20, $21)";

// Nothing here takes a position, so the head is compared instead.
const APPEND_RECEIPTS: &str = "\
insert into receipts (command_id, fingerprint, outcome, position, recorded_at)
select c, f, o::json, p, t
from unnest($1::uuid[], $2::bytea[], $3::text[], $4::bigint[], $5::timestamptz[]) as x(c, f, o, p, t)
where (select coalesce(max(last_position), 0) from batches) = $6";

pub(super) async fn open(url: &str, allow_unsafe: &[String]) -> Result<PgPool, OpenError> {
    let options: PgConnectOptions = url.parse()?;
    let pool = PgPoolOptions::new()
        .max_connections(READERS)
        .acquire_timeout(READER_PATIENCE)
        .connect_with(options.application_name("escrow"))
        .await?;
    guard(&pool, allow_unsafe).await?;
    // Other crates keep their own migrations beside these, in the same database.
    sqlx::migrate!("../migrations/postgres/log").set_ignore_missing(true).run(&pool).await?;
    Ok(pool)
}

async fn guard(pool: &PgPool, allow_unsafe: &[String]) -> Result<(), OpenError> {
    for setting in SAFETY {
        let value: String =
            sqlx::query_scalar("select current_setting($1)").bind(setting).fetch_one(pool).await?;
        if value != "off" {
            continue;
        }
        if !allow_unsafe.iter().any(|allowed| allowed == setting) {
            return Err(OpenError::Unsafe { setting: setting.to_owned(), value });
        }
        tracing::warn!(setting, "a crash may lose acknowledged commands: allowed by name");
    }
    Ok(())
}

/// The connection that appends.
#[derive(Debug)]
pub(crate) struct PgAppender {
    options: PgConnectOptions,
    connection: Option<PgConnection>,
    /// Whether this connection holds the advisory lock.
    has_turn: bool,
}

impl PgAppender {
    pub fn new(pool: &PgPool) -> Self {
        let options = (*pool.connect_options()).clone().application_name("escrow-writer");
        Self { options, connection: None, has_turn: false }
    }

    pub fn has_turn(&self) -> bool {
        self.has_turn
    }

    pub fn disconnect(&mut self) {
        self.connection = None;
        self.has_turn = false;
    }

    pub async fn connect(&mut self) -> Result<&mut PgConnection, sqlx::Error> {
        match &mut self.connection {
            Some(connection) => Ok(connection),
            empty @ None => {
                let mut fresh = PgConnection::connect_with(&self.options).await?;
                drop_rights(&mut fresh).await?;
                Ok(empty.insert(fresh))
            }
        }
    }

    pub async fn attempt(&mut self, batch: &Batch, turn: bool) -> Result<(), AppendFault> {
        if turn && !self.has_turn {
            self.take_turn(batch).await?;
        }
        let connection = self.connect().await.map_err(classify)?;
        append(connection, batch).await?;
        if self.has_turn {
            self.has_turn = false;
            let connection = self.connect().await.map_err(classify)?;
            sqlx::query("select pg_advisory_unlock($1)")
                .bind(TURN)
                .execute(connection)
                .await
                .map_err(classify)?;
        }
        Ok(())
    }

    /// Waits for the lock, then looks whether the batch still continues the head: while it waited, it mostly does not.
    async fn take_turn(&mut self, batch: &Batch) -> Result<(), AppendFault> {
        let connection = self.connect().await.map_err(classify)?;
        sqlx::query("select pg_advisory_lock($1)")
            .bind(TURN)
            .execute(&mut *connection)
            .await
            .map_err(classify)?;
        let now = head(&mut *connection).await.map_err(classify)?;
        self.has_turn = true;
        if now == batch.base() { Ok(()) } else { Err(AppendFault::Conflict(Conflict::Position)) }
    }
}

/// From here on this connection may read and insert only, where the login may step down to that.
async fn drop_rights(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let member: bool = sqlx::query_scalar(
        "select coalesce((select pg_has_role(current_user, oid, 'member')
           from pg_roles where rolname = 'escrow_writer'), false)",
    )
    .fetch_one(&mut *connection)
    .await?;
    if member {
        sqlx::query("set role escrow_writer").execute(connection).await?;
    }
    Ok(())
}

async fn append(connection: &mut PgConnection, batch: &Batch) -> Result<(), AppendFault> {
    if batch.events().is_empty() {
        return append_receipts(connection, batch).await;
    }
    let (receipts, events, head) = (batch.receipts(), batch.events(), batch.head());
    if let ([event], [receipt]) = (events, receipts) {
        return append_one(connection, batch, event, receipt).await;
    }
    sqlx::query(APPEND)
        .bind(column(receipts, |row| row.command_id))
        .bind(column(receipts, |row| &row.fingerprint[..]))
        .bind(column(receipts, |row| batch.text(&row.outcome)))
        .bind(column(receipts, |row| row.position))
        .bind(column(receipts, |row| row.recorded_at))
        .bind(head.position)
        .bind(batch.first_position())
        .bind(&head.hash[..])
        .bind(batch.committed_at())
        .bind(column(events, |row| row.position))
        .bind(column(events, |row| row.aggregate_type))
        .bind(column(events, |row| batch.text(&row.aggregate_id)))
        .bind(column(events, |row| row.sequence))
        .bind(column(events, |row| row.event_type))
        .bind(column(events, |row| row.event_version))
        .bind(column(events, |row| batch.text(&row.payload)))
        .bind(column(events, |row| batch.text(&row.metadata)))
        .bind(column(events, |row| row.event_id))
        .bind(column(events, |row| row.command_id))
        .bind(column(events, |row| row.recorded_at))
        .bind(column(events, |row| &row.leaf[..]))
        .execute(connection)
        .await
        .map(|_| ())
        .map_err(classify)
}

async fn append_one(
    connection: &mut PgConnection,
    batch: &Batch,
    event: &EventRow,
    receipt: &ReceiptRow,
) -> Result<(), AppendFault> {
    let head = batch.head();
    sqlx::query(APPEND_ONE)
        .bind(receipt.command_id)
        .bind(&receipt.fingerprint[..])
        .bind(batch.text(&receipt.outcome))
        .bind(receipt.position)
        .bind(receipt.recorded_at)
        .bind(head.position)
        .bind(batch.first_position())
        .bind(&head.hash[..])
        .bind(batch.committed_at())
        .bind(event.position)
        .bind(event.aggregate_type)
        .bind(batch.text(&event.aggregate_id))
        .bind(event.sequence)
        .bind(event.event_type)
        .bind(event.event_version)
        .bind(batch.text(&event.payload))
        .bind(batch.text(&event.metadata))
        .bind(event.event_id)
        .bind(event.command_id)
        .bind(event.recorded_at)
        .bind(&event.leaf[..])
        .execute(connection)
        .await
        .map(|_| ())
        .map_err(classify)
}

/// A batch without events: its receipts, or nothing but the question whether the head is still the same.
async fn append_receipts(connection: &mut PgConnection, batch: &Batch) -> Result<(), AppendFault> {
    let receipts: &[ReceiptRow] = batch.receipts();
    let current = if receipts.is_empty() {
        head(connection).await.map_err(classify)?.position == batch.base().position
    } else {
        let done = sqlx::query(APPEND_RECEIPTS)
            .bind(column(receipts, |row| row.command_id))
            .bind(column(receipts, |row| &row.fingerprint[..]))
            .bind(column(receipts, |row| batch.text(&row.outcome)))
            .bind(column(receipts, |row| row.position))
            .bind(column(receipts, |row| row.recorded_at))
            .bind(batch.base().position)
            .execute(connection)
            .await
            .map_err(classify)?;
        done.rows_affected() > 0
    };
    if current { Ok(()) } else { Err(AppendFault::Conflict(Conflict::Position)) }
}

fn column<'a, R, T>(rows: &'a [R], field: impl Fn(&'a R) -> T) -> Vec<T> {
    rows.iter().map(field).collect()
}

fn classify(error: sqlx::Error) -> AppendFault {
    let sqlx::Error::Database(refusal) = &error else {
        return AppendFault::Lost(error);
    };
    match (refusal.code().as_deref(), refusal.constraint()) {
        (Some("23505"), Some("events_stream")) => AppendFault::Conflict(Conflict::Stream),
        (Some("23505"), Some("receipts_pkey")) => AppendFault::Conflict(Conflict::Receipt),
        (Some("23505"), _) => AppendFault::Conflict(Conflict::Position),
        // 22 and 23: the data itself. All else (shutdown, disk full, read-only standby …) passes.
        (Some(code), _) if code.starts_with("22") || code.starts_with("23") => AppendFault::Refused(error),
        _ => AppendFault::Lost(error),
    }
}

pub(super) async fn head(executor: impl sqlx::PgExecutor<'_>) -> Result<Head, sqlx::Error> {
    let row = sqlx::query("select last_position, hash from batches order by last_position desc limit 1")
        .fetch_optional(executor)
        .await?;
    row.map_or(Ok(Head::EMPTY), |row| Ok(Head { position: row.try_get(0)?, hash: hash(row.try_get(1)?)? }))
}

// The log has no gaps, so `limit` events are a range: no plan can be led astray by a limit.
pub(super) async fn after(pool: &PgPool, position: i64, limit: i64) -> Result<Vec<RawEvent>, sqlx::Error> {
    sqlx::query_as(&format!(
        "select {EVENT_COLUMNS} from events where position > $1 and position <= $2 order by position"
    ))
    .bind(position)
    .bind(position.saturating_add(limit))
    .fetch_all(pool)
    .await
}

pub(super) async fn streams(pool: &PgPool, keys: &[(&str, String)]) -> Result<Vec<StreamRow>, sqlx::Error> {
    sqlx::query_as(
        "select e.aggregate_type, e.aggregate_id, e.sequence, e.event_type, e.event_version, e.payload
         from unnest($1::text[], $2::text[]) as k(t, i)
         join events e on e.aggregate_type = k.t and e.aggregate_id = k.i
         order by e.aggregate_type, e.aggregate_id, e.sequence",
    )
    .bind(column(keys, |key| key.0))
    .bind(column(keys, |key| key.1.as_str()))
    .fetch_all(pool)
    .await
}

pub(super) async fn stream(
    pool: &PgPool,
    (aggregate_type, aggregate_id): (&str, &str),
    sequence: i64,
    limit: i64,
) -> Result<Vec<RawEvent>, sqlx::Error> {
    sqlx::query_as(&format!(
        "select {EVENT_COLUMNS} from events
         where aggregate_type = $1 and aggregate_id = $2 and sequence > $3 order by sequence limit $4"
    ))
    .bind(aggregate_type)
    .bind(aggregate_id)
    .bind(sequence)
    .bind(limit)
    .fetch_all(pool)
    .await
}

pub(super) async fn receipts(pool: &PgPool, commands: &[Uuid]) -> Result<Vec<StoredReceipt>, sqlx::Error> {
    sqlx::query_as(
        "select command_id, fingerprint, outcome, position, recorded_at from receipts where command_id = any($1)",
    )
    .bind(commands)
    .fetch_all(pool)
    .await
}
