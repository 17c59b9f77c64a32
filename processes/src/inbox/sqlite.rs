//! The inbox in SQLite, in the tasks' file. Unlike tasks, which follow from the log, a webhook is believed stored once
//! it is acknowledged: its insert reaches the disk first.

use sqlx::{Connection, Sqlite, SqlitePool, Transaction};

use super::{Delivery, Row};
use crate::QueueError;

const COLUMNS: &str = "inbox_id, gateway, delivery_id, kind, payment_id, signed, secret_digest, received_at, \
                       processed_at, outcome";

pub(super) async fn receive(
    pool: &SqlitePool,
    (inbox_id, delivery, now): (&str, &Delivery, i64),
) -> Result<bool, QueueError> {
    let mut connection = pool.acquire().await?;
    sqlx::query("pragma synchronous = full").execute(&mut *connection).await?;
    let mut transaction = connection.begin_with("begin immediate").await?;
    let query = sqlx::query_scalar::<_, String>(
        "insert into webhook_inbox (inbox_id, gateway, delivery_id, kind, payment_id, signed, secret_digest, received_at)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         on conflict (gateway, delivery_id) do update set processed_at = null, outcome = null, received_at = ?8
           where not webhook_inbox.signed and webhook_inbox.processed_at is not null
         returning inbox_id",
    );
    let bound = query
        .bind(inbox_id)
        .bind(delivery.gateway.name())
        .bind(&delivery.delivery_id)
        .bind(&delivery.kind)
        .bind(delivery.payment_id.to_string())
        .bind(delivery.signed)
        .bind(&delivery.secret_digest)
        .bind(now);
    let kept = bound.fetch_optional(&mut *transaction).await?;
    if let Some(inbox_id) = &kept {
        schedule(&mut transaction, inbox_id, now).await?;
    }
    transaction.commit().await?;
    // Left out by an error, it costs whoever comes next some time and nothing else.
    sqlx::query("pragma synchronous = normal").execute(&mut *connection).await?;
    Ok(kept.is_some())
}

pub(super) async fn replay(pool: &SqlitePool, inbox_id: &str, now: i64) -> Result<bool, QueueError> {
    let mut transaction = pool.begin_with("begin immediate").await?;
    let query =
        sqlx::query("update webhook_inbox set processed_at = null, outcome = null where inbox_id = ?1");
    if query.bind(inbox_id).execute(&mut *transaction).await?.rows_affected() == 0 {
        return Ok(false);
    }
    schedule(&mut transaction, inbox_id, now).await?;
    transaction.commit().await?;
    Ok(true)
}

async fn schedule(
    transaction: &mut Transaction<'_, Sqlite>,
    inbox_id: &str,
    now: i64,
) -> Result<(), QueueError> {
    let query = sqlx::query(
        "insert into tasks (task_id, task, due_at)
         values ('inbox:' || ?1, '{\"inbox\":{\"inbox_id\":\"' || ?1 || '\"}}', ?2)
         on conflict (task_id) do update set due_at = excluded.due_at",
    );
    query.bind(inbox_id).bind(now).execute(&mut **transaction).await?;
    Ok(())
}

pub(super) async fn list(pool: &SqlitePool, before: &str, limit: i64) -> Result<Vec<Row>, QueueError> {
    let text =
        format!("select {COLUMNS} from webhook_inbox where inbox_id < ?1 order by inbox_id desc limit ?2");
    Ok(sqlx::query_as(&text).bind(before).bind(limit).fetch_all(pool).await?)
}

pub(super) async fn one(pool: &SqlitePool, inbox_id: &str) -> Result<Option<Row>, QueueError> {
    let text = format!("select {COLUMNS} from webhook_inbox where inbox_id = ?1");
    Ok(sqlx::query_as(&text).bind(inbox_id).fetch_optional(pool).await?)
}

pub(super) async fn processed(
    pool: &SqlitePool,
    inbox_id: &str,
    now: i64,
    outcome: &str,
) -> Result<(), QueueError> {
    let query = sqlx::query("update webhook_inbox set processed_at = ?2, outcome = ?3 where inbox_id = ?1");
    query.bind(inbox_id).bind(now).bind(outcome).execute(pool).await?;
    Ok(())
}

pub(super) async fn unprocessed(pool: &SqlitePool) -> Result<i64, QueueError> {
    let query = sqlx::query_scalar("select count(*) from webhook_inbox where processed_at is null");
    Ok(query.fetch_one(pool).await?)
}
