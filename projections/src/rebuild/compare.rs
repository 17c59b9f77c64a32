//! Whether two generations of a table hold the same rows, told by the database that has them.
//!
//! PostgreSQL hashes: number of rows and checksum of both generations say in one pass over each that nothing differs. Where they do not agree, and where a database hashes no rows, the generations are joined by their
//! key and compared column by column, which also says which rows differ.

use sqlx::FromRow;

use crate::{
    error::ViewsError,
    row::{Column, Kind, Stored, Table},
    tx::Tx,
    users,
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
        let more =
            if usize::try_from(self.rows).is_ok_and(|rows| rows > self.keys.len()) { ", …" } else { "" };
        write!(f, "{} in {} ({}{more})", self.rows, self.table, self.keys.join(", "))
    }
}

/// One column of one row that is not what the log says.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Cell {
    /// The table.
    pub of_table: String,
    /// The row's key.
    pub row_key: String,
    /// The column.
    pub of_column: String,
    /// What readers see.
    pub seen: Option<String>,
    /// What follows from the log.
    pub follows: Option<String>,
}

impl std::fmt::Display for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}, row {}, column {}", self.of_table, self.row_key, self.of_column)?;
        // What is known of people is not repeated.
        if self.of_table == users::User::TABLE.name {
            return f.write_str(": not what the log says");
        }
        let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
        write!(f, ": {} is seen, {} follows from the log", value(&self.seen), value(&self.follows))
    }
}

/// The first cells in which a table's live generation is not the one that was folded anew. A row that only one of them
/// has counts with its key.
pub(super) async fn cells(
    tx: &mut Tx,
    table: &Table,
    (live, next): (i64, i64),
    limit: i64,
) -> Result<Vec<Cell>, ViewsError> {
    let (live, next) = (table.generation(live), table.generation(next));
    let (text, unequal) = match tx {
        Tx::Postgres(_) => ("text", "is distinct from"),
        Tx::MySql(_) => ("char", "<=>"),
        Tx::Sqlite(_) => ("text", "is not"),
    };
    let is_mysql = matches!(tx, Tx::MySql(_));
    let differs = |column: &Column| {
        let name = column.name;
        match column.kind {
            Kind::Text if is_mysql => format!("not (cast(a.{name} as binary) <=> cast(b.{name} as binary))"),
            Kind::Text | Kind::Integer | Kind::Flag | Kind::Time if is_mysql => {
                format!("not (a.{name} <=> b.{name})")
            }
            Kind::Text | Kind::Integer | Kind::Flag | Kind::Time => format!("a.{name} {unequal} b.{name}"),
        }
    };
    let key = |alias: &str| {
        let parts: Vec<String> =
            table.key.iter().map(|key| format!("cast({alias}.{key} as {text})")).collect();
        if matches!(tx, Tx::Sqlite(_)) {
            parts.join(" || '/' || ")
        } else {
            format!("concat_ws('/', {})", parts.join(", "))
        }
    };
    let same: Vec<String> = table.key.iter().map(|key| format!("a.{key} = b.{key}")).collect();
    let (same, first) = (same.join(" and "), table.key.first().copied().unwrap_or_default());
    let name = table.name;
    let row = |(key, column, seen, follows): (&str, &str, &str, &str)| {
        let one = |value: &str| format!("cast({value} as {text})");
        format!(
            "select {} as of_table, {key} as row_key, {} as of_column, {} as seen, {} as follows",
            one(&format!("'{name}'")),
            one(&format!("'{column}'")),
            one(seen),
            one(follows)
        )
    };
    let column = |column: &Column| {
        let (seen, follows) = (format!("a.{}", column.name), format!("b.{}", column.name));
        let row = row((&key("a"), column.name, &seen, &follows));
        format!("{row} from {live} a join {next} b on {same} where {}", differs(column))
    };
    let surplus = format!(
        "{} from {live} a left join {next} b on {same} where b.{first} is null",
        row((&key("a"), first, "'a row'", "null"))
    );
    let missing = format!(
        "{} from {next} b left join {live} a on {same} where a.{first} is null",
        row((&key("b"), first, "null", "'a row'"))
    );
    let all: Vec<String> = table.columns.iter().map(column).chain([surplus, missing]).collect();
    let sql = format!(
        "select * from ({}) cells order by row_key, of_column limit {limit}",
        all.join(" union all ")
    );
    Ok(tx.select(&sql).await?)
}

/// Every table in which two generations differ.
pub(super) async fn differences(
    tx: &mut Tx,
    tables: &[&'static Table],
    (live, next): (i64, i64),
) -> Result<Vec<Difference>, ViewsError> {
    let suspects = match tx {
        Tx::Postgres(_) => other_checksums(tx, tables, (live, next)).await?,
        Tx::MySql(_) | Tx::Sqlite(_) => tables.to_vec(),
    };
    let mut found = vec![];
    for table in suspects {
        let generations = (table.generation(live), table.generation(next));
        if matches!(tx, Tx::Postgres(_)) || !same_rows(tx, table, &generations).await? {
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

/// The tables whose two generations have not the same number of rows and the same sum of their hashes.
async fn other_checksums(
    tx: &mut Tx,
    tables: &[&'static Table],
    (live, next): (i64, i64),
) -> Result<Vec<&'static Table>, ViewsError> {
    // Several processes at once, however small the tables are: the follower waits for this.
    for setting in ["parallel_setup_cost", "parallel_tuple_cost", "min_parallel_table_scan_size"] {
        tx.raw(&format!("set local {setting} = 0")).await?;
    }
    let hashes = |(number, table): (usize, &&Table)| {
        [live, next].map(|generation| {
            let from = table.generation(generation);
            format!("select {number} n, {generation} g, {} h from {from}", row_hash(table))
        })
    };
    let hashes: Vec<String> = tables.iter().enumerate().flat_map(hashes).collect();
    let sums = format!(
        "select n, count(*) c, bit_xor(h) x from ({}) hashes group by n, g",
        hashes.join(" union all ")
    );
    // A generation without rows has no sum at all.
    let sql = format!(
        "select n::bigint number from ({sums}) sums group by n having count(distinct (c, x)) > 1 or count(*) = 1"
    );
    let other: Vec<Number> = tx.select(&sql).await?;
    let table = |found: &Number| tables.get(usize::try_from(found.number).ok()?).copied();
    Ok(other.iter().filter_map(table).collect())
}

/// A hash over all columns in order, each the seed of the next; half the price of PostgreSQL's own over a row.
fn row_hash(table: &Table) -> String {
    table.columns.iter().fold("0".to_owned(), |seed, column| {
        let name = column.name;
        match column.kind {
            Kind::Text => format!("hashtextextended(coalesce({name}, chr(1)), {seed})"),
            Kind::Integer => format!("hashint8extended(coalesce({name}, -1), {seed})"),
            Kind::Flag => format!("hashint8extended(coalesce({name}::int, -1)::bigint, {seed})"),
            Kind::Time => {
                format!("timestamp_hash_extended(coalesce({name}, '-infinity') at time zone 'UTC', {seed})")
            }
        }
    })
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
    format!(
        "select {key} as row_key from {of} a left join {other} b on {} where {differs}",
        same.join(" and ")
    )
}
