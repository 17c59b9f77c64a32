//! Whether two generations of a table hold the same rows, told by the database that has them.
//!
//! PostgreSQL hashes whole rows: number of rows and checksum of both generations say in one pass over each that
//! nothing differs. Where they do not agree, and where a database hashes no rows, the generations are joined by their
//! key and compared column by column, which also says which rows differ.

use sqlx::FromRow;

use crate::{
    error::ViewsError,
    row::{Column, Kind, Table},
    tx::Tx,
};

/// Rows that are named of those that differ.
const NAMED: i64 = 5;

/// The rows in which two generations of a table differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The table.
    pub table: &'static str,
    /// How many rows of one are not the same in the other.
    pub rows: i64,
    /// The keys of some of them.
    pub keys: Vec<String>,
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let more = if usize::try_from(self.rows).is_ok_and(|rows| rows > self.keys.len()) { ", …" } else { "" };
        write!(f, "{} in {} ({}{more})", self.rows, self.table, self.keys.join(", "))
    }
}

/// Every table in which two generations differ.
pub(super) async fn differences(
    tx: &mut Tx,
    tables: &[&'static Table],
    (live, next): (i64, i64),
) -> Result<Vec<Difference>, ViewsError> {
    let mut found = vec![];
    for table in tables {
        let generations = (table.generation(live), table.generation(next));
        let same = match tx {
            Tx::Postgres(_) => same_checksum(tx, &generations).await?,
            Tx::MySql(_) | Tx::Sqlite(_) => same_rows(tx, table, &generations).await?,
        };
        if !same {
            found.extend(rows_that_differ(tx, table, &generations).await?);
        }
    }
    Ok(found)
}

#[derive(FromRow)]
struct Number {
    number: i64,
}

#[derive(FromRow)]
struct Key {
    row_key: String,
}

async fn number(tx: &mut Tx, sql: &str) -> Result<i64, ViewsError> {
    let found: Vec<Number> = tx.select(sql).await?;
    Ok(found.first().map_or(0, |found| found.number))
}

async fn same_checksum(tx: &mut Tx, (live, next): &(String, String)) -> Result<bool, ViewsError> {
    let sum = |table: &str| {
        format!("(select row(count(*), bit_xor(hash_record_extended(t, 0))) from {table} t)")
    };
    let sql = format!("select ({} is not distinct from {})::int::bigint as number", sum(live), sum(next));
    Ok(number(tx, &sql).await? == 1)
}

/// As many rows in both, and each of the new ones among the live ones.
async fn same_rows(tx: &mut Tx, table: &Table, generations: &(String, String)) -> Result<bool, ViewsError> {
    let (live, next) = generations;
    let counts = format!("select (select count(*) from {live}) - (select count(*) from {next}) as number");
    if number(tx, &counts).await? != 0 {
        return Ok(false);
    }
    let differing = differing(tx, table, (next, live));
    Ok(number(tx, &format!("select count(*) as number from ({differing}) d")).await? == 0)
}

async fn rows_that_differ(
    tx: &mut Tx,
    table: &Table,
    (live, next): &(String, String),
) -> Result<Option<Difference>, ViewsError> {
    let (new, gone) = (differing(tx, table, (next, live)), differing(tx, table, (live, next)));
    let either = format!("({new} union {gone}) d");
    let rows = number(tx, &format!("select count(*) as number from {either}")).await?;
    let keys = format!("select row_key from {either} order by row_key limit {NAMED}");
    let keys = tx.select::<Key>(&keys).await?.into_iter().map(|key| key.row_key).collect();
    Ok((rows > 0).then_some(Difference { table: table.name, rows, keys }))
}

/// The keys of the rows of `of` that are not the same in `other`.
fn differing(tx: &Tx, table: &Table, (of, other): (&str, &str)) -> String {
    let is_mysql = matches!(tx, Tx::MySql(_));
    let all = |alias: &str| {
        let column = |column: &Column| match column.kind {
            // Byte by byte: the collation takes small and capital letters for the same.
            Kind::Text if is_mysql => format!("cast({alias}.{} as binary)", column.name),
            Kind::Text | Kind::Integer | Kind::Flag | Kind::Time => format!("{alias}.{}", column.name),
        };
        table.columns.iter().map(column).collect::<Vec<_>>().join(", ")
    };
    let same: Vec<String> = table.key.iter().map(|key| format!("a.{key} = b.{key}")).collect();
    let key: Vec<String> = table.key.iter().map(|key| format!("a.{key}")).collect();
    let (a, b) = (all("a"), all("b"));
    let (key, differs) = match tx {
        Tx::Postgres(_) => {
            (format!("concat_ws('/', {})", key.join(", ")), format!("({a}) is distinct from ({b})"))
        }
        Tx::MySql(_) => {
            let key = format!("concat_ws('/', {})", key.join(", "));
            (key, format!("not (({a}) <=> ({b}))"))
        }
        Tx::Sqlite(_) => (format!("'' || {}", key.join(" || '/' || ")), format!("({a}) is not ({b})")),
    };
    format!("select {key} as row_key from {of} a left join {other} b on {} where {differs}", same.join(" and "))
}
