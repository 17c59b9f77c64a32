//! The rows in SQLite: a file of their own, so that tasks never queue behind appends.

use std::{
    fs::{File, TryLockError},
    str::FromStr,
};

use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{AuditRow, CountRow, QueueError, Row, WaitingRow, written};
use crate::Scheduled;

pub(super) async fn open(url: &str) -> Result<SqlitePool, QueueError> {
    // Nothing here has to reach the disk before it is believed: a crash of the machine takes tasks away together with
    // the checkpoint that says they were written, and they follow from the log once more.
    let options = SqliteConnectOptions::from_str(url)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal);
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
    sqlx::migrate!("../migrations/sqlite/processes").run(&pool).await?;
    sqlx::query(
        "insert into process_checkpoints (name, position) values ('tasks', 0) on conflict do nothing",
    )
    .execute(&pool)
    .await?;
    Ok(pool)
}

pub(super) async fn checkpoint(pool: &SqlitePool) -> Result<i64, QueueError> {
    let query = sqlx::query_scalar("select position from process_checkpoints where name = 'tasks'");
    Ok(query.fetch_one(pool).await?)
}

pub(super) async fn schedule(
    pool: &SqlitePool,
    from: i64,
    to: i64,
    tasks: &[Scheduled],
) -> Result<bool, QueueError> {
    let mut transaction = pool.begin_with("begin immediate").await?;
    let moved =
        sqlx::query("update process_checkpoints set position = ?1 where name = 'tasks' and position = ?2")
            .bind(to)
            .bind(from)
            .execute(&mut *transaction)
            .await?;
    if moved.rows_affected() == 0 {
        return Ok(false);
    }
    let rows: Vec<_> = tasks
        .iter()
        .map(|task| serde_json::json!([task.id, written(&task.task), task.due_at.timestamp_micros()]))
        .collect();
    sqlx::query(
        "insert into tasks (task_id, task, due_at)
         select value ->> 0, value ->> 1, value ->> 2 from json_each(?1)",
    )
    .bind(serde_json::Value::Array(rows).to_string())
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(true)
}

pub(super) async fn claim(
    pool: &SqlitePool,
    (now, until): (i64, i64),
    holder: i32,
    limit: i64,
) -> Result<Vec<Row>, QueueError> {
    let query = sqlx::query_as(
        "update tasks set due_at = ?2, taken_by = ?4, attempts = attempts + 1 where task_id in (
           select task_id from tasks where due_at <= ?1 order by due_at limit ?3)
         returning task_id, task, attempts",
    );
    Ok(query.bind(now).bind(until).bind(limit).bind(holder).fetch_all(pool).await?)
}

pub(super) async fn renew(
    pool: &SqlitePool,
    holder: i32,
    ids: &[String],
    until: i64,
) -> Result<(), QueueError> {
    let query = sqlx::query(
        "update tasks set due_at = ?3 where task_id in (select value from json_each(?1)) and taken_by = ?2",
    );
    query.bind(listed(ids)).bind(holder).bind(until).execute(pool).await?;
    Ok(())
}

pub(super) async fn finish(pool: &SqlitePool, holder: i32, ids: &[String]) -> Result<(), QueueError> {
    let query =
        sqlx::query("delete from tasks where task_id in (select value from json_each(?1)) and taken_by = ?2");
    query.bind(listed(ids)).bind(holder).execute(pool).await?;
    Ok(())
}

fn listed(ids: &[String]) -> String {
    serde_json::Value::from(ids.to_vec()).to_string()
}

pub(super) async fn put_off(
    pool: &SqlitePool,
    holder: i32,
    id: &str,
    (due_at, why): (i64, &str),
) -> Result<(), QueueError> {
    let query = sqlx::query(
        "update tasks set due_at = ?3, taken_by = null, last_error = ?4 where task_id = ?1 and taken_by = ?2",
    );
    query.bind(id).bind(holder).bind(due_at).bind(why).execute(pool).await?;
    Ok(())
}

/// The lock that says that one works on this file. SQLite has none that outlives a transaction; the operating system
/// does, and lets go when the process dies. None where another process works on it.
pub(super) async fn lock(pool: &SqlitePool) -> Result<Option<File>, QueueError> {
    let mut path = pool.connect_options().get_filename().to_owned().into_os_string();
    path.push(".lock");
    let locking = tokio::task::spawn_blocking(move || {
        let file = File::create(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    });
    let locked = locking.await.map_err(std::io::Error::other).and_then(|locked| locked);
    Ok(locked.map_err(sqlx::Error::Io)?)
}

/// Frees what others have taken.
pub(super) async fn free_others(pool: &SqlitePool, holder: i32, now: i64) -> Result<u64, QueueError> {
    let query = sqlx::query(
        "update tasks set due_at = ?2, taken_by = null where taken_by is not null and taken_by <> ?1",
    );
    Ok(query.bind(holder).bind(now).execute(pool).await?.rows_affected())
}

pub(super) async fn next_due(pool: &SqlitePool) -> Result<Option<i64>, QueueError> {
    Ok(sqlx::query_scalar("select min(due_at) from tasks").fetch_one(pool).await?)
}

pub(super) async fn waiting(pool: &SqlitePool, limit: i64) -> Result<Vec<WaitingRow>, QueueError> {
    let query = sqlx::query_as(
        "select task_id, task, due_at, attempts, last_error from tasks
         where last_error is not null order by attempts desc, task_id limit ?1",
    );
    Ok(query.bind(limit).fetch_all(pool).await?)
}

/// A task's text begins with its kind, in quotes.
pub(super) async fn counts(pool: &SqlitePool) -> Result<Vec<CountRow>, QueueError> {
    let query = sqlx::query_as(
        "select substr(task, 3, instr(substr(task, 3), '\"') - 1) as kind, attempts > 0 as retrying, count(*)
         from tasks
         group by 1, 2 order by 1, 2",
    );
    Ok(query.fetch_all(pool).await?)
}

pub(super) async fn rows_of(pool: &SqlitePool, ids: &[String]) -> Result<Vec<AuditRow>, QueueError> {
    let ids = serde_json::Value::from(ids.to_vec()).to_string();
    let query = sqlx::query_as(
        "select task_id, task, due_at from tasks where task_id in (select value from json_each(?1))",
    );
    Ok(query.bind(ids).fetch_all(pool).await?)
}

pub(super) async fn rows_after(pool: &SqlitePool, id: &str, limit: i64) -> Result<Vec<AuditRow>, QueueError> {
    let query = sqlx::query_as(
        "select task_id, task, due_at from tasks where task_id > ?1 order by task_id limit ?2",
    );
    Ok(query.bind(id).bind(limit).fetch_all(pool).await?)
}
