//! The switches that make a number honest, read back from where they act.

use serde_json::{Map, Value};
use sqlx::Row;
use store::{Database, Log};

use crate::{Failure, report::Report};

/// What the server must not do without.
const POSTGRES: [&str; 6] =
    ["server_version", "fsync", "synchronous_commit", "full_page_writes", "wal_sync_method", "wal_level"];
const SQLITE: [&str; 3] = ["journal_mode", "synchronous", "foreign_keys"];

/// Switches by name.
pub type Switches = Vec<(String, String)>;

/// Reads the switches back: of the database, and of our tables in it.
pub async fn read(log: &Log) -> Result<Switches, Failure> {
    match log.database() {
        Database::Postgres(pool) => {
            let mut switches = vec![];
            for name in POSTGRES {
                let value = sqlx::query_scalar(&format!("show {name}")).fetch_one(pool).await?;
                switches.push((name.to_owned(), value));
            }
            let (constraints, triggers): (String, String) = sqlx::query_as(
                "select string_agg(distinct conname, ', '), (select string_agg(tgrelid::regclass || ':' || case tgenabled \
                 when 'D' then 'off' else 'on' end, ', ') from pg_trigger where tgname = 'append_only') \
                 from pg_constraint where contype in ('p', 'u') and conrelid::regclass::text in \
                 ('events', 'receipts', 'batches')",
            )
            .fetch_one(pool)
            .await?;
            switches.push(("keys".to_owned(), constraints));
            switches.push(("append-only triggers".to_owned(), triggers));
            Ok(switches)
        }
        Database::Sqlite(pool) => {
            let mut switches = vec![(
                "sqlite".to_owned(),
                sqlx::query_scalar("select sqlite_version()").fetch_one(pool).await?,
            )];
            for name in SQLITE {
                let row = sqlx::query(&format!("pragma {name}")).fetch_one(pool).await?;
                let value = row
                    .try_get::<String, _>(0)
                    .or_else(|_| row.try_get::<i64, _>(0).map(|n| n.to_string()))?;
                let value = match (name, value.as_str()) {
                    ("synchronous", "2") => "full".to_owned(),
                    (_, _) => value,
                };
                switches.push((name.to_owned(), value));
            }
            let keys = "select group_concat(tbl_name, ', ') from sqlite_schema where type = 'index' and name like 'sqlite_auto%'";
            switches.push(("unique keys".to_owned(), sqlx::query_scalar(keys).fetch_one(pool).await?));
            let triggers = "select group_concat(name, ', ') from sqlite_schema where type = 'trigger'";
            switches.push((
                "append-only triggers".to_owned(),
                sqlx::query_scalar(triggers).fetch_one(pool).await?,
            ));
            Ok(switches)
        }
    }
}

/// Adds what only a run can show: the chain verified, a receipt for each command.
pub async fn proven(ours: &crate::ours::Ours, into: &mut Switches) -> Result<(), Failure> {
    let verified = ours.verified().await?;
    let receipts: i64 = match ours.log.database() {
        Database::Postgres(pool) => {
            sqlx::query_scalar("select count(*) from receipts").fetch_one(pool).await?
        }
        Database::Sqlite(pool) => sqlx::query_scalar("select count(*) from receipts").fetch_one(pool).await?,
    };
    into.retain(|(name, _)| name != "hash chain" && name != "receipts");
    into.push((
        "hash chain".to_owned(),
        format!("on: {} events in {} batches verified", verified.events, verified.batches),
    ));
    into.push(("receipts".to_owned(), format!("on: {receipts} kept")));
    Ok(())
}

/// Says them.
pub fn tell(report: &Report, bench: &str, store: &str, switches: &Switches) {
    report.title("safety switches, read back after the run");
    report.table(
        &["switch", "is"],
        switches.iter().map(|(name, value)| vec![name.clone(), value.clone()]).collect(),
    );
    let all: Map<String, Value> =
        switches.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect();
    report.object(&serde_json::json!({ "bench": bench, "store": store, "safety": all }));
}
