//! The rows in SQLite: a file of their own, so that tasks never queue behind appends.

use std::str::FromStr;

use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{AuditRow, QueueError, Row, WaitingRow, written};
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
    now: i64,
    until: i64,
    limit: i64,
) -> Result<Vec<Row>, QueueError> {
    let query = sqlx::query_as(
        "update tasks set due_at = ?2, attempts = attempts + 1 where task_id in (
           select task_id from tasks where due_at <= ?1 order by due_at limit ?3)
         returning task_id, task, attempts",
    );
    Ok(query.bind(now).bind(until).bind(limit).fetch_all(pool).await?)
}

pub(super) async fn finish(pool: &SqlitePool, ids: &[String]) -> Result<(), QueueError> {
    let ids = serde_json::Value::from(ids.to_vec()).to_string();
    let query = sqlx::query("delete from tasks where task_id in (select value from json_each(?1))");
    query.bind(ids).execute(pool).await?;
    Ok(())
}

pub(super) async fn put_off(pool: &SqlitePool, id: &str, due_at: i64, why: &str) -> Result<(), QueueError> {
    let query = sqlx::query("update tasks set due_at = ?2, last_error = ?3 where task_id = ?1");
    query.bind(id).bind(due_at).bind(why).execute(pool).await?;
    Ok(())
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
