//! Whether the receipts are those of the log: each command that changed something has one, of its last position and
//! time. Read in stretches that end where a batch does, so no command is cut in two.

use crate::{Log, log::Database};

/// Positions of one stretch.
const STRETCH: i64 = 50_000;
/// Findings that are told of one stretch.
const TOLD: i64 = 20;

/// A receipt that is not what the log says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadReceipt {
    /// Of the command whose last event is here.
    pub position: i64,
    /// What is wrong with it.
    pub why: &'static str,
}

impl std::fmt::Display for BadReceipt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "receipts, the command that ends at position {}: {}", self.position, self.why)
    }
}

const END: &str = "select coalesce((select min(last_position) from batches where last_position >= $1), \
                   (select max(last_position) from batches), 0)";
const BAD: &str = "\
with commands as (select command_id, max(position) as position, max(recorded_at) as recorded_at
  from events where position > $1 and position <= $2 group by command_id)
select c.position, case when r.command_id is null then 0 when r.position <> c.position then 1 else 2 end
from commands c left join receipts r on r.command_id = c.command_id
where r.command_id is null or r.position <> c.position or r.recorded_at <> c.recorded_at
order by c.position limit $3";
// One statement is one moment: what is appended meanwhile is either in both tables or in neither.
const BEYOND: &str = "select position, 3 from receipts \
                      where position > (select coalesce(max(last_position), 0) from batches) order by position limit $1";

/// The first receipts that are not what the log says; `progress` hears the last position looked at.
pub async fn audit_receipts(
    log: &Log,
    mut progress: impl FnMut(i64),
) -> Result<Vec<BadReceipt>, sqlx::Error> {
    let database = log.database();
    let head = log.head().await?.position;
    let (mut after, mut found) = (0, vec![]);
    while after < head && found.len() < usize::try_from(TOLD).unwrap_or_default() {
        let end = one(database, END, &[after.saturating_add(STRETCH).min(head)]).await?.min(head);
        if end <= after {
            break;
        }
        found.extend(bad(database, BAD, &[after, end, TOLD]).await?);
        after = end;
        progress(after);
    }
    found.extend(bad(database, BEYOND, &[TOLD]).await?);
    Ok(found)
}

/// Binds all values of a statement, in whichever database.
macro_rules! bound {
    ($query:expr, $values:expr) => {{
        let mut query = $query;
        for value in $values {
            query = query.bind(*value);
        }
        query
    }};
}

async fn one(database: &Database, query: &str, values: &[i64]) -> Result<i64, sqlx::Error> {
    match database {
        Database::Postgres(pool) => bound!(sqlx::query_scalar(query), values).fetch_one(pool).await,
        Database::Sqlite(pool) => bound!(sqlx::query_scalar(query), values).fetch_one(pool).await,
    }
}

async fn bad(database: &Database, query: &str, values: &[i64]) -> Result<Vec<BadReceipt>, sqlx::Error> {
    let rows: Vec<(i64, i32)> = match database {
        Database::Postgres(pool) => bound!(sqlx::query_as(query), values).fetch_all(pool).await?,
        Database::Sqlite(pool) => bound!(sqlx::query_as(query), values).fetch_all(pool).await?,
    };
    let why = |number: i32| match number {
        0 => "there is no receipt",
        1 => "its receipt has another position",
        2 => "its receipt has another time",
        _ => "the receipt lies beyond the log's end",
    };
    Ok(rows.into_iter().map(|(position, number)| BadReceipt { position, why: why(number) }).collect())
}
