//! Every byte of a few stored rows, changed one at a time: each change is found and named by its position.

use store::{
    Database, Log, RawEvent,
    audit::{Breach, Broken, NotVerified, hex, verify},
};

use crate::{
    given::{Place, behind_the_triggers, buyers, listed},
    on_both,
};

on_both!(every_byte_of_a_row_counts, rows_that_change_places_are_named);

/// A column's bytes, and how they are written in SQL.
fn columns(event: &RawEvent, is_postgres: bool) -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let (text, json, uuid, blob) = if is_postgres {
        (
            "convert_from('\\x{}'::bytea, 'utf8')",
            "convert_from('\\x{}'::bytea, 'utf8')::json",
            "'{}'::uuid",
            "'\\x{}'::bytea",
        )
    } else {
        ("cast(x'{}' as text)", "cast(x'{}' as text)", "x'{}'", "x'{}'")
    };
    vec![
        ("aggregate_type", event.aggregate_type.clone().into_bytes(), text),
        ("aggregate_id", event.aggregate_id.clone().into_bytes(), text),
        ("event_type", event.event_type.clone().into_bytes(), text),
        ("event_version", event.event_version.clone().into_bytes(), text),
        ("payload", event.payload.clone().into_bytes(), json),
        ("metadata", event.metadata.clone().into_bytes(), json),
        ("event_id", event.event_id.as_bytes().to_vec(), uuid),
        ("command_id", event.command_id.as_bytes().to_vec(), uuid),
        ("leaf", event.leaf.to_vec(), blob),
    ]
}

/// Changes a column behind the triggers. What the database itself refuses (a text that is no JSON) was not changed.
async fn change(log: &Log, position: i64, column: &str, value: &str) -> bool {
    let statement = format!("update events set {column} = {value} where position = {position}");
    match log.database() {
        Database::Postgres(pool) => {
            let script = format!(
                "set session_replication_role = replica; {statement}; reset session_replication_role"
            );
            let mut connection = pool.acquire().await.unwrap();
            let done = sqlx::raw_sql(&script).execute(&mut *connection).await.is_ok();
            sqlx::raw_sql("reset session_replication_role").execute(&mut *connection).await.unwrap();
            done
        }
        Database::Sqlite(pool) => {
            let mut connection = pool.acquire().await.unwrap();
            sqlx::raw_sql("pragma ignore_check_constraints = on").execute(&mut *connection).await.unwrap();
            sqlx::raw_sql(&statement).execute(&mut *connection).await.is_ok()
        }
    }
}

async fn found(log: &Log) -> Option<Broken> {
    match verify(log, |_| {}).await {
        Ok(_) => None,
        Err(NotVerified::Broken(broken)) => Some(broken),
        Err(other) => panic!("{other}"),
    }
}

async fn small_log(place: &Place) -> Log {
    let (log, writer) = place.node().await;
    let id = listed(&writer, 50).await;
    for answer in buyers(&writer, id, 6).await {
        answer.unwrap();
    }
    behind_the_triggers(&log, "select 1").await;
    log
}

async fn every_byte_of_a_row_counts(place: &Place) {
    let log = small_log(place).await;
    let is_postgres = matches!(log.database(), Database::Postgres(_));
    let events = log.feed().raw_after(0, 100).await.unwrap();
    let mut changed = 0;
    for event in [&events[0], &events[3]] {
        for (column, bytes, literal) in columns(event, is_postgres) {
            let written = |bytes: &[u8]| literal.replace("{}", &hex::text(bytes));
            for index in 0..bytes.len() {
                let mut other = bytes.clone();
                // Another letter keeps JSON and UTF-8 whole more often than another high bit; both are tried.
                other[index] ^= if index % 5 == 0 && !is_postgres { 0x80 } else { 0x01 };
                if !change(&log, event.position, column, &written(&other)).await {
                    continue;
                }
                changed += 1;
                let broken = found(&log).await;
                let position = broken.as_ref().map(|broken| broken.position);
                assert_eq!(position, Some(event.position), "byte {index} of {column}: {broken:?}");
            }
            assert!(change(&log, event.position, column, &written(&bytes)).await);
            assert_eq!(found(&log).await, None, "{column} is as it was");
        }
    }
    assert!(changed > 500, "{changed} bytes were changed");
}

async fn rows_that_change_places_are_named(place: &Place) {
    let log = small_log(place).await;
    let swap = "update events set position = 99 where position = 3; update events set position = 3 where position = 5; \
                update events set position = 5 where position = 99";
    behind_the_triggers(&log, swap).await;
    assert_eq!(found(&log).await, Some(Broken { position: 3, why: Breach::Leaf }));
    behind_the_triggers(&log, swap).await;
    assert_eq!(found(&log).await, None);
    let later = match log.database() {
        Database::Postgres(_) => "recorded_at + interval '1 microsecond'",
        Database::Sqlite(_) => "recorded_at + 1",
    };
    behind_the_triggers(&log, &format!("update events set recorded_at = {later} where position = 2")).await;
    assert_eq!(found(&log).await, Some(Broken { position: 2, why: Breach::Leaf }));
}
