//! The inbox in PostgreSQL. Unlike tasks, which follow from the log, a webhook is believed stored once it is
//! acknowledged: its insert reaches the disk first.

use sqlx::PgPool;

use super::{Delivery, Row};
use crate::QueueError;

const COLUMNS: &str = "inbox_id, gateway, delivery_id, kind, payment_id, signed, secret_digest, received_at, \
                       processed_at, outcome";

pub(super) async fn receive(
    pool: &PgPool,
    (inbox_id, delivery, now): (&str, &Delivery, i64),
) -> Result<bool, QueueError> {
    let query = sqlx::query_scalar::<_, i64>(
        "with kept as (
           insert into webhook_inbox (inbox_id, gateway, delivery_id, kind, payment_id, signed, secret_digest, received_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8)
           on conflict (gateway, delivery_id) do update set processed_at = null, outcome = null, received_at = $8
             where not webhook_inbox.signed and webhook_inbox.processed_at is not null
           returning inbox_id),
         told as (
           insert into tasks (task_id, task, due_at)
           select 'inbox:' || inbox_id, '{\"inbox\":{\"inbox_id\":\"' || inbox_id || '\"}}', $8 from kept
           on conflict (task_id) do update set due_at = excluded.due_at
           returning set_config('synchronous_commit', 'on', true))
         select count(*) from told",
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
    Ok(bound.fetch_one(pool).await? > 0)
}

pub(super) async fn replay(pool: &PgPool, inbox_id: &str, now: i64) -> Result<bool, QueueError> {
    let query = sqlx::query_scalar::<_, i64>(
        "with again as (
           update webhook_inbox set processed_at = null, outcome = null where inbox_id = $1 returning inbox_id),
         told as (
           insert into tasks (task_id, task, due_at)
           select 'inbox:' || inbox_id, '{\"inbox\":{\"inbox_id\":\"' || inbox_id || '\"}}', $2 from again
           on conflict (task_id) do update set due_at = excluded.due_at
           returning 1)
         select count(*) from told",
    );
    Ok(query.bind(inbox_id).bind(now).fetch_one(pool).await? > 0)
}

pub(super) async fn list(pool: &PgPool, before: &str, limit: i64) -> Result<Vec<Row>, QueueError> {
    let text = format!(
        "select {COLUMNS} from webhook_inbox where inbox_id collate \"C\" < $1
         order by inbox_id collate \"C\" desc limit $2"
    );
    Ok(sqlx::query_as(&text).bind(before).bind(limit).fetch_all(pool).await?)
}

pub(super) async fn one(pool: &PgPool, inbox_id: &str) -> Result<Option<Row>, QueueError> {
    let text = format!("select {COLUMNS} from webhook_inbox where inbox_id = $1");
    Ok(sqlx::query_as(&text).bind(inbox_id).fetch_optional(pool).await?)
}

pub(super) async fn processed(
    pool: &PgPool,
    inbox_id: &str,
    now: i64,
    outcome: &str,
) -> Result<(), QueueError> {
    let query = sqlx::query("update webhook_inbox set processed_at = $2, outcome = $3 where inbox_id = $1");
    query.bind(inbox_id).bind(now).bind(outcome).execute(pool).await?;
    Ok(())
}

pub(super) async fn unprocessed(pool: &PgPool) -> Result<i64, QueueError> {
    let query = sqlx::query_scalar("select count(*) from webhook_inbox where processed_at is null");
    Ok(query.fetch_one(pool).await?)
}
