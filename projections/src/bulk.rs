//! Many rows in few statements.
//!
//! PostgreSQL takes a whole batch as one array per column (`unnest`): the statement's text never changes, so it is
//! prepared once, and no limit on parameters is met. SQLite and MySQL take `VALUES` in chunks whose sizes are powers
//! of two, for the same reason.

use chrono::{DateTime, Utc};
use sea_query::{
    Alias, Expr, InsertStatement, MysqlQueryBuilder, OnConflict, PostgresQueryBuilder, Query,
    SqliteQueryBuilder, Value, Values,
};
use sea_query_sqlx::SqlxValues;
use sqlx::{Arguments, postgres::PgArguments};

use crate::{
    row::{Kind, Stored, Table, without_nul},
    tx::Tx,
};

/// Rows of one statement in PostgreSQL.
const ROWS_PER_UNNEST: usize = 10_000;
/// Rows of one statement elsewhere; a power of two.
const ROWS_PER_VALUES: usize = 256;

/// What a row that is there already means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// It is replaced.
    Replace,
    /// It was folded before, which the checkpoint forbids: the statement fails.
    Refuse,
}

/// Writes `rows` into one generation of their table.
pub async fn write<R: Stored>(
    tx: &mut Tx,
    generation: i64,
    rows: impl IntoIterator<Item = R>,
    known: Known,
) -> Result<(), sqlx::Error> {
    let mut rows = rows.into_iter().map(R::into_values).peekable();
    let largest = if matches!(tx, Tx::Postgres(_)) { ROWS_PER_UNNEST } else { ROWS_PER_VALUES };
    while rows.peek().is_some() {
        let mut chunk: Vec<Vec<Value>> = rows.by_ref().take(largest).collect();
        if let Tx::Postgres(_) = tx {
            unnest(tx, R::TABLE, generation, chunk, known).await?;
            continue;
        }
        while !chunk.is_empty() {
            let rest = chunk.split_off(power_of_two_within(chunk.len()));
            insert(tx, R::TABLE, generation, chunk, known).await?;
            chunk = rest;
        }
    }
    Ok(())
}

const fn power_of_two_within(length: usize) -> usize {
    match length.checked_ilog2() {
        Some(exponent) => 1 << exponent,
        None => 0,
    }
}

/// The statement is built for one row and its row of places repeated: thousands of values need no thousand nodes.
async fn insert(
    tx: &mut Tx,
    table: &Table,
    generation: i64,
    rows: Vec<Vec<Value>>,
    known: Known,
) -> Result<(), sqlx::Error> {
    let statement = one_row(table, generation, known);
    let one = match tx {
        Tx::Postgres(_) => statement.build(PostgresQueryBuilder).0,
        Tx::MySql(_) => statement.build(MysqlQueryBuilder).0,
        Tx::Sqlite(_) => statement.build(SqliteQueryBuilder).0,
    };
    let places = format!("({})", vec!["?"; table.columns.len()].join(", "));
    let sql = one.replacen(&places, &vec![places.as_str(); rows.len()].join(", "), 1);
    let values = SqlxValues(Values(rows.into_iter().flatten().collect()));
    match tx {
        Tx::Postgres(tx) => sqlx::query_with(&sql, values).execute(&mut **tx).await.map(drop),
        Tx::MySql(tx) => sqlx::query_with(&sql, values).execute(&mut **tx).await.map(drop),
        Tx::Sqlite(tx) => sqlx::query_with(&sql, values).execute(&mut **tx).await.map(drop),
    }
}

fn one_row(table: &Table, generation: i64, known: Known) -> InsertStatement {
    let mut insert = Query::insert();
    insert.into_table(Alias::new(table.generation(generation)));
    insert.columns(table.columns.iter().map(|column| column.name));
    insert.values_panic(table.columns.iter().map(|_| Expr::val(0_i64)));
    if known == Known::Replace {
        insert.on_conflict(
            OnConflict::columns(table.key.iter().copied()).update_columns(table.beside_key()).to_owned(),
        );
    }
    insert
}

impl Table {
    fn beside_key(&self) -> impl Iterator<Item = &'static str> {
        let names = self.columns.iter().map(|column| column.name);
        names.filter(|name| !self.key.contains(name))
    }

    fn unnest_sql(&self, generation: i64, known: Known) -> String {
        let names: Vec<&str> = self.columns.iter().map(|column| column.name).collect();
        let arrays: Vec<String> = self
            .columns
            .iter()
            .zip(1..)
            .map(|(column, number)| {
                let of = match column.kind {
                    Kind::Text => "text",
                    Kind::Integer => "bigint",
                    Kind::Flag => "boolean",
                    Kind::Time => "timestamptz",
                };
                format!("${number}::{of}[]")
            })
            .collect();
        let update: Vec<String> = self.beside_key().map(|name| format!("{name} = excluded.{name}")).collect();
        let conflict = match known {
            Known::Replace => {
                format!(" on conflict ({}) do update set {}", self.key.join(", "), update.join(", "))
            }
            Known::Refuse => String::new(),
        };
        let (into, names, arrays) = (self.generation(generation), names.join(", "), arrays.join(", "));
        format!("insert into {into} ({names}) select * from unnest({arrays}){conflict}")
    }
}

async fn unnest(
    tx: &mut Tx,
    table: &Table,
    generation: i64,
    rows: Vec<Vec<Value>>,
    known: Known,
) -> Result<(), sqlx::Error> {
    let mut arrays: Vec<Array> =
        table.columns.iter().map(|column| Array::new(column.kind, rows.len())).collect();
    for row in rows {
        for (array, value) in arrays.iter_mut().zip(row) {
            array.push(value);
        }
    }
    let mut arguments = PgArguments::default();
    for array in arrays {
        match array {
            Array::Text(texts) => arguments.add(texts),
            Array::Integer(integers) => arguments.add(integers),
            Array::Flag(flags) => arguments.add(flags),
            Array::Time(times) => arguments.add(times),
        }
        .map_err(sqlx::Error::Encode)?;
    }
    if let Tx::Postgres(tx) = tx {
        sqlx::query_with(&table.unnest_sql(generation, known), arguments).execute(&mut **tx).await?;
    }
    Ok(())
}

enum Array {
    Text(Vec<Option<String>>),
    Integer(Vec<Option<i64>>),
    Flag(Vec<Option<bool>>),
    Time(Vec<Option<DateTime<Utc>>>),
}

impl Array {
    fn new(kind: Kind, length: usize) -> Self {
        match kind {
            Kind::Text => Self::Text(Vec::with_capacity(length)),
            Kind::Integer => Self::Integer(Vec::with_capacity(length)),
            Kind::Flag => Self::Flag(Vec::with_capacity(length)),
            Kind::Time => Self::Time(Vec::with_capacity(length)),
        }
    }

    /// A value of another kind cannot come here: values and columns are of one `row!`.
    fn push(&mut self, value: Value) {
        match (self, value) {
            (Self::Text(texts), Value::String(text)) => {
                texts.push(text.map(|text| without_nul(&text).into_owned()));
            }
            (Self::Integer(integers), Value::BigInt(integer)) => integers.push(integer),
            (Self::Flag(flags), Value::Bool(flag)) => flags.push(flag),
            (Self::Time(times), Value::ChronoDateTimeUtc(time)) => times.push(time),
            (Self::Text(texts), _) => texts.push(None),
            (Self::Integer(integers), _) => integers.push(None),
            (Self::Flag(flags), _) => flags.push(None),
            (Self::Time(times), _) => times.push(None),
        }
    }
}
