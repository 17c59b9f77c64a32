//! The rows in PostgreSQL.

use std::str::FromStr;

use sqlx::{
    Connection, PgConnection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use super::{AuditRow, CountRow, QueueError, Row, WaitingRow, written};
use crate::Scheduled;

/// Workers and follower share these.
const CONNECTIONS: u32 = 4;
/// The space of our advisory locks: everybody's number is a key in it.
const HOLDERS: i32 = 0x0e5c_7a5c;
/// Nothing here has to reach the disk before it is believed: tasks follow from the log, and are lost together with
/// the checkpoint that says they were written; a task that is begun twice finds nothing left to do. Rows are looked
/// up by key, and the table is mostly empty: no plan shall be made for that.
const SETTINGS: [(&str, &str); 2] = [("synchronous_commit", "off"), ("enable_seqscan", "off")];

pub(super) async fn open(url: &str) -> Result<PgPool, QueueError> {
    let options = PgConnectOptions::from_str(url)?.application_name("escrow tasks").options(SETTINGS);
    let pool = PgPoolOptions::new().max_connections(CONNECTIONS).connect_with(options).await?;
    let mut migrator = sqlx::migrate!("../migrations/postgres/processes");
    // The log's own tables live in the same database, under other numbers.
    migrator.set_ignore_missing(true);
    migrator.run(&pool).await?;
    sqlx::query(
        "insert into process_checkpoints (name, position) values ('tasks', 0) on conflict do nothing",
    )
    .execute(&pool)
    .await?;
    Ok(pool)
}

pub(super) async fn checkpoint(pool: &PgPool) -> Result<i64, QueueError> {
    let query = sqlx::query_scalar("select position from process_checkpoints where name = 'tasks'");
    Ok(query.fetch_one(pool).await?)
}

pub(super) async fn schedule(
    pool: &PgPool,
    from: i64,
    to: i64,
    tasks: &[Scheduled],
) -> Result<bool, QueueError> {
    let mut transaction = pool.begin().await?;
    let moved =
        sqlx::query("update process_checkpoints set position = $1 where name = 'tasks' and position = $2")
            .bind(to)
            .bind(from)
            .execute(&mut *transaction)
            .await?;
    if moved.rows_affected() == 0 {
        return Ok(false);
    }
    if !tasks.is_empty() {
        let ids: Vec<&str> = tasks.iter().map(|task| task.id.as_str()).collect();
        let bodies: Vec<String> = tasks.iter().map(|task| written(&task.task)).collect();
        let dues: Vec<i64> = tasks.iter().map(|task| task.due_at.timestamp_micros()).collect();
        sqlx::query(
            "insert into tasks (task_id, task, due_at) select * from unnest($1::text[], $2::text[], $3::bigint[])",
        )
        .bind(ids)
        .bind(bodies)
        .bind(dues)
        .execute(&mut *transaction)
        .await?;
    }
    transaction.commit().await?;
    Ok(true)
}

pub(super) async fn claim(
    pool: &PgPool,
    (now, until): (i64, i64),
    holder: i32,
    limit: i64,
) -> Result<Vec<Row>, QueueError> {
    let query = sqlx::query_as(
        "update tasks set due_at = $2, taken_by = $4, attempts = attempts + 1 where task_id in (
           select task_id from tasks where due_at <= $1 order by due_at limit $3 for update skip locked)
         returning task_id, task, attempts",
    );
    Ok(query.bind(now).bind(until).bind(limit).bind(holder).fetch_all(pool).await?)
}

pub(super) async fn renew(pool: &PgPool, holder: i32, ids: &[String], until: i64) -> Result<(), QueueError> {
    let query = sqlx::query("update tasks set due_at = $3 where task_id = any($1) and taken_by = $2");
    query.bind(ids).bind(holder).bind(until).execute(pool).await?;
    Ok(())
}

pub(super) async fn finish(pool: &PgPool, holder: i32, ids: &[String]) -> Result<(), QueueError> {
    let query = sqlx::query("delete from tasks where task_id = any($1) and taken_by = $2");
    query.bind(ids).bind(holder).execute(pool).await?;
    Ok(())
}

pub(super) async fn put_off(
    pool: &PgPool,
    holder: i32,
    id: &str,
    (due_at, why): (i64, &str),
) -> Result<(), QueueError> {
    let query = sqlx::query(
        "update tasks set due_at = $3, taken_by = null, last_error = $4 where task_id = $1 and taken_by = $2",
    );
    query.bind(id).bind(holder).bind(due_at).bind(why).execute(pool).await?;
    Ok(())
}

/// A connection that holds the lock of this number. None where another still does.
pub(super) async fn lock(pool: &PgPool, holder: i32) -> Result<Option<PgConnection>, QueueError> {
    let mut connection = PgConnection::connect_with(&pool.connect_options()).await?;
    let locking = sqlx::query_scalar("select pg_try_advisory_lock($1, $2)").bind(HOLDERS).bind(holder);
    let is_ours: bool = locking.fetch_one(&mut connection).await?;
    Ok(is_ours.then_some(connection))
}

/// Who has taken tasks and holds no lock any more.
pub(super) async fn gone(connection: &mut PgConnection) -> Result<Vec<i32>, QueueError> {
    let query = sqlx::query_scalar(
        "select distinct taken_by from tasks where taken_by is not null and not exists (
           select from pg_locks where locktype = 'advisory' and granted and classid::bigint = $1
             and objid::bigint = taken_by
             and database = (select oid from pg_database where datname = current_database()))",
    );
    Ok(query.bind(i64::from(HOLDERS)).fetch_all(connection).await?)
}

pub(super) async fn free(
    connection: &mut PgConnection,
    holders: &[i32],
    now: i64,
) -> Result<u64, QueueError> {
    let query = sqlx::query("update tasks set due_at = $2, taken_by = null where taken_by = any($1)");
    Ok(query.bind(holders).bind(now).execute(connection).await?.rows_affected())
}

pub(super) async fn next_due(pool: &PgPool) -> Result<Option<i64>, QueueError> {
    Ok(sqlx::query_scalar("select min(due_at) from tasks").fetch_one(pool).await?)
}

pub(super) async fn waiting(pool: &PgPool, limit: i64) -> Result<Vec<WaitingRow>, QueueError> {
    let query = sqlx::query_as(
        "select task_id, task, due_at, attempts, last_error from tasks
         where last_error is not null order by attempts desc, task_id limit $1",
    );
    Ok(query.bind(limit).fetch_all(pool).await?)
}

/// A task's text begins with its kind, in quotes.
pub(super) async fn counts(pool: &PgPool) -> Result<Vec<CountRow>, QueueError> {
    let query = sqlx::query_as(
        "select split_part(task, '\"', 2) as kind, attempts > 0 as retrying, count(*)
         from tasks
         group by 1, 2 order by 1, 2",
    );
    Ok(query.fetch_all(pool).await?)
}

pub(super) async fn rows_of(pool: &PgPool, ids: &[String]) -> Result<Vec<AuditRow>, QueueError> {
    let query = sqlx::query_as("select task_id, task, due_at from tasks where task_id = any($1)");
    Ok(query.bind(ids).fetch_all(pool).await?)
}

pub(super) async fn rows_after(pool: &PgPool, id: &str, limit: i64) -> Result<Vec<AuditRow>, QueueError> {
    let query = sqlx::query_as(
        "select task_id, task, due_at from tasks where task_id > $1 order by task_id limit $2",
    );
    Ok(query.bind(id).bind(limit).fetch_all(pool).await?)
}
