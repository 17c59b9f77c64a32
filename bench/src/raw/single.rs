//! One bare INSERT per transaction.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use sqlx::{Connection, PgConnection, SqliteConnection, SqlitePool};
use store::{Database, Log};

use super::{COLUMNS, LEAF};
use crate::{
    Failure,
    load::Client,
    rows::{AGGREGATE_TYPE, Row, rows},
};

/// Rows a client has prepared; it inserts them over and over, each time with a new position and sequence.
const PREPARED: usize = 64;

/// A connection that inserts one row after the other.
pub struct Single {
    connection: Link,
    statement: String,
    rows: Vec<Row>,
    next: usize,
    position: Arc<AtomicI64>,
}

enum Link {
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}

/// So many connections to a fresh log.
pub async fn singles(url: &str, count: usize) -> Result<Vec<Single>, Failure> {
    let log = Log::open(url).await?;
    let position = Arc::new(AtomicI64::new(0));
    let mut singles = Vec::with_capacity(count);
    for _ in 0..count {
        let (connection, values) = match log.database() {
            Database::Postgres(_) => {
                let values = "$1,$2,$3,$4,$5,$6,$7::text::json,$8::text::json,$9,$10,$11,$12";
                (Link::Postgres(PgConnection::connect(url).await?), values)
            }
            Database::Sqlite(pool) => (Link::Sqlite(connect(pool).await?), "?,?,?,?,?,?,?,?,?,?,?,?"),
        };
        singles.push(Single {
            connection,
            statement: format!("insert into events ({COLUMNS}) values ({values})"),
            rows: rows(PREPARED)?,
            next: 0,
            position: Arc::clone(&position),
        });
    }
    Ok(singles)
}

/// A connection with the settings of ours.
pub(super) async fn connect(pool: &SqlitePool) -> Result<SqliteConnection, Failure> {
    Ok(SqliteConnection::connect_with(&pool.connect_options()).await?)
}

impl Client for Single {
    async fn step(&mut self) -> Result<u64, Failure> {
        let position = self.position.fetch_add(1, Ordering::Relaxed) + 1;
        let row = self.rows.get(self.next % PREPARED).ok_or("no rows are prepared")?;
        self.next += 1;
        match &mut self.connection {
            Link::Postgres(connection) => {
                sqlx::query(&self.statement)
                    .bind(position)
                    .bind(AGGREGATE_TYPE)
                    .bind(&row.aggregate_id)
                    .bind(position)
                    .bind(row.event_type)
                    .bind("1")
                    .bind(&row.payload)
                    .bind(&row.metadata)
                    .bind(row.id)
                    .bind(row.id)
                    .bind(row.recorded_at)
                    .bind(&LEAF[..])
                    .execute(connection)
                    .await?;
            }
            Link::Sqlite(connection) => {
                sqlx::query(&self.statement)
                    .bind(position)
                    .bind(AGGREGATE_TYPE)
                    .bind(&row.aggregate_id)
                    .bind(position)
                    .bind(row.event_type)
                    .bind("1")
                    .bind(&row.payload)
                    .bind(&row.metadata)
                    .bind(&row.id.as_bytes()[..])
                    .bind(&row.id.as_bytes()[..])
                    .bind(row.recorded_at.timestamp_micros())
                    .bind(&LEAF[..])
                    .execute(connection)
                    .await?;
            }
        }
        Ok(1)
    }
}
