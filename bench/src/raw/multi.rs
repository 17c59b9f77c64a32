//! One multi-row INSERT per transaction, over one connection: the most the database takes in.

use sqlx::{Connection, PgConnection, SqliteConnection};
use store::{Database, Log};

use super::{COLUMNS, LEAF, single::connect};
use crate::{
    Failure,
    load::Client,
    rows::{AGGREGATE_TYPE, Row, rows},
};

/// Rows per statement that are tried; the best of them is the limit.
pub const BATCHES: [usize; 4] = [10, 100, 500, 2_000];

/// A connection that inserts one batch after the other.
pub struct Multi {
    link: Link,
    statement: String,
    rows: Vec<Row>,
    position: i64,
}

enum Link {
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}

impl Multi {
    /// Batches of `size` rows into a fresh log.
    pub async fn open(url: &str, size: usize) -> Result<Self, Failure> {
        let log = Log::open(url).await?;
        let (link, statement) = match log.database() {
            Database::Postgres(_) => {
                let statement = format!(
                    "insert into events ({COLUMNS}) select p, at, ai, s, et, ev, pl::json, md::json, ei, ci, ra, l \
                     from unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], \
                     $7::text[], $8::text[], $9::uuid[], $10::uuid[], $11::timestamptz[], $12::bytea[]) \
                     as e(p, at, ai, s, et, ev, pl, md, ei, ci, ra, l)"
                );
                (Link::Postgres(PgConnection::connect(url).await?), statement)
            }
            Database::Sqlite(pool) => {
                let values = vec!["(?,?,?,?,?,?,?,?,?,?,?,?)"; size].join(",");
                (
                    Link::Sqlite(connect(pool).await?),
                    format!("insert into events ({COLUMNS}) values {values}"),
                )
            }
        };
        Ok(Self { link, statement, rows: rows(size)?, position: 0 })
    }
}

impl Client for Multi {
    async fn step(&mut self) -> Result<u64, Failure> {
        let size = i64::try_from(self.rows.len())?;
        let positions: Vec<i64> = (self.position + 1..=self.position + size).collect();
        self.position += size;
        match &mut self.link {
            Link::Postgres(connection) => {
                insert_pg(connection, &self.statement, &self.rows, &positions).await?;
            }
            Link::Sqlite(connection) => {
                insert_sqlite(connection, &self.statement, &self.rows, &positions).await?;
            }
        }
        Ok(self.rows.len().try_into()?)
    }
}

async fn insert_pg(
    connection: &mut PgConnection,
    statement: &str,
    rows: &[Row],
    positions: &[i64],
) -> Result<(), sqlx::Error> {
    sqlx::query(statement)
        .bind(positions)
        .bind(column(rows, |_| AGGREGATE_TYPE))
        .bind(column(rows, |row| row.aggregate_id.as_str()))
        .bind(positions)
        .bind(column(rows, |row| row.event_type))
        .bind(column(rows, |_| "1"))
        .bind(column(rows, |row| row.payload.as_str()))
        .bind(column(rows, |row| row.metadata.as_str()))
        .bind(column(rows, |row| row.id))
        .bind(column(rows, |row| row.id))
        .bind(column(rows, |row| row.recorded_at))
        .bind(column(rows, |_| &LEAF[..]))
        .execute(connection)
        .await
        .map(|_| ())
}

async fn insert_sqlite(
    connection: &mut SqliteConnection,
    statement: &str,
    rows: &[Row],
    positions: &[i64],
) -> Result<(), sqlx::Error> {
    let mut query = sqlx::query(statement);
    for (row, position) in rows.iter().zip(positions) {
        query = query
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
            .bind(&LEAF[..]);
    }
    query.execute(connection).await.map(|_| ())
}

fn column<'a, T>(rows: &'a [Row], field: impl Fn(&'a Row) -> T) -> Vec<T> {
    rows.iter().map(field).collect()
}
