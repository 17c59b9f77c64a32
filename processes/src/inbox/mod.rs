//! Webhooks, kept before they are acknowledged and processed once afterwards: a sender's word is stored with one small
//! insert, beside the task that looks the payment up. Nothing of the body is kept but what it is about.
//!
//! The same delivery of a gateway that signs is the same row, and tells nothing twice. Where nothing is signed, anyone
//! could use a delivery's id up before the gateway does: there the same delivery only waits for no second look while
//! the first is still to come.

mod postgres;
mod sqlite;

use chrono::{DateTime, Utc};
use domain::{id::PaymentId, payment::Gateway};
use uuid::Uuid;

use crate::{Queue, QueueError, queue::Engine};

/// What a webhook is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// From which gateway.
    pub gateway: Gateway,
    /// The delivery's id, the same when it is sent again.
    pub delivery_id: String,
    /// What happened, in the gateway's word.
    pub kind: String,
    /// To which payment.
    pub payment_id: PaymentId,
    /// Whether the gateway signed it.
    pub signed: bool,
    /// The digest of the secret it carries, which only the payment's own document can confirm.
    pub secret_digest: Option<String>,
}

/// A webhook that came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Its place in the inbox.
    pub inbox_id: Uuid,
    /// What it is about.
    pub delivery: Delivery,
    /// When it came in.
    pub received_at: DateTime<Utc>,
    /// When the payment was looked up because of it.
    pub processed_at: Option<DateTime<Utc>>,
    /// What came of that.
    pub outcome: Option<String>,
}

/// A row as it is stored.
type Row = (String, String, String, String, String, bool, Option<String>, i64, Option<i64>, Option<String>);

impl Queue {
    /// Keeps a webhook and the task that it leads to. `false` where it is kept already.
    pub async fn receive(&self, delivery: &Delivery, now: DateTime<Utc>) -> Result<bool, QueueError> {
        let (inbox_id, now) = (ambient::fresh_id().to_string(), now.timestamp_micros());
        let is_new = match &self.engine {
            Engine::Postgres(pool) => postgres::receive(pool, (&inbox_id, delivery, now)).await?,
            Engine::Sqlite(pool) => sqlite::receive(pool, (&inbox_id, delivery, now)).await?,
        };
        if is_new {
            self.ring();
        }
        Ok(is_new)
    }

    /// Lets a webhook be processed again. `false` where there is none.
    pub async fn replay(&self, inbox_id: Uuid, now: DateTime<Utc>) -> Result<bool, QueueError> {
        let (id, now) = (inbox_id.to_string(), now.timestamp_micros());
        let found = match &self.engine {
            Engine::Postgres(pool) => postgres::replay(pool, &id, now).await?,
            Engine::Sqlite(pool) => sqlite::replay(pool, &id, now).await?,
        };
        if found {
            self.ring();
        }
        Ok(found)
    }

    /// The webhooks that came in last, the newest first, before `before` where that is given.
    pub async fn received(&self, before: Option<Uuid>, limit: i64) -> Result<Vec<Received>, QueueError> {
        let before = before.map_or_else(|| "~".to_owned(), |id| id.to_string());
        let rows = match &self.engine {
            Engine::Postgres(pool) => postgres::list(pool, &before, limit).await?,
            Engine::Sqlite(pool) => sqlite::list(pool, &before, limit).await?,
        };
        rows.into_iter().map(received).collect()
    }

    /// How many webhooks are not processed.
    pub async fn unprocessed(&self) -> Result<i64, QueueError> {
        match &self.engine {
            Engine::Postgres(pool) => postgres::unprocessed(pool).await,
            Engine::Sqlite(pool) => sqlite::unprocessed(pool).await,
        }
    }

    /// One webhook.
    pub(crate) async fn one_received(&self, inbox_id: Uuid) -> Result<Option<Received>, QueueError> {
        let id = inbox_id.to_string();
        let row = match &self.engine {
            Engine::Postgres(pool) => postgres::one(pool, &id).await?,
            Engine::Sqlite(pool) => sqlite::one(pool, &id).await?,
        };
        row.map(received).transpose()
    }

    /// Notes what came of a webhook.
    pub(crate) async fn processed(
        &self,
        inbox_id: Uuid,
        now: DateTime<Utc>,
        outcome: &str,
    ) -> Result<(), QueueError> {
        let (id, now) = (inbox_id.to_string(), now.timestamp_micros());
        match &self.engine {
            Engine::Postgres(pool) => postgres::processed(pool, &id, now, outcome).await,
            Engine::Sqlite(pool) => sqlite::processed(pool, &id, now, outcome).await,
        }
    }
}

fn received(row: Row) -> Result<Received, QueueError> {
    let (id, gateway, delivery_id, kind, payment, signed, secret_digest, received_at, processed_at, outcome) =
        row;
    let unreadable = |reason: &str| QueueError::Unreadable { id: id.clone(), reason: reason.to_owned() };
    let gateways = [Gateway::PortoneV1, Gateway::PortoneV2, Gateway::Nicepay, Gateway::Toss];
    let gateway = gateways.into_iter().find(|known| known.name() == gateway);
    Ok(Received {
        inbox_id: id.parse().map_err(|_| unreadable("no uuid"))?,
        delivery: Delivery {
            gateway: gateway.ok_or_else(|| unreadable("no gateway"))?,
            delivery_id,
            kind,
            payment_id: payment.parse().map_err(|_| unreadable("no payment"))?,
            signed,
            secret_digest,
        },
        received_at: DateTime::from_timestamp_micros(received_at).unwrap_or_default(),
        processed_at: processed_at.and_then(DateTime::from_timestamp_micros),
        outcome,
    })
}
