//! `GET /webhooks/inbox`, `POST /webhooks/inbox/{id}/replay`

use axum::{extract::State, http::StatusCode, response::Response};
use chrono::{DateTime, Utc};
use processes::Received;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::receive::Acknowledged;
use crate::{
    answer,
    extract::{Operator, PathText, Query},
    input::PaymentIdShape,
    problem::{CommandProblems, Kind, Problem, QueryProblems},
    services::Services,
};

const LIMIT_MAX: i64 = 100;
const LIMIT_USUAL: i64 = 20;

/// Which part of the inbox.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// Before this webhook; from the newest where nothing is said.
    #[param(value_type = Option<String>, format = Uuid)]
    before: Option<Uuid>,
    /// How many, 20 where nobody says.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
}

/// A webhook that came in.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookShown {
    /// Its id here.
    #[schema(value_type = String, format = Uuid)]
    id: Uuid,
    /// From which gateway.
    gateway: &'static str,
    /// The gateway's id of the delivery.
    delivery_id: String,
    /// What happened, in the gateway's word.
    kind: String,
    /// To which payment.
    #[schema(value_type = PaymentIdShape)]
    payment_id: String,
    /// Whether the gateway signed it.
    signed: bool,
    /// When it came in.
    received_at: DateTime<Utc>,
    /// When the payment was looked up because of it.
    processed_at: Option<DateTime<Utc>>,
    /// Where the payment stood then, or what was wrong.
    outcome: Option<String>,
}

/// Some of the webhooks.
#[derive(Debug, Serialize, ToSchema)]
pub struct InboxPage {
    /// The webhooks, the newest first.
    items: Vec<WebhookShown>,
    /// What `before` is for the next page; none: this is the last.
    #[schema(value_type = Option<String>, format = Uuid)]
    next: Option<Uuid>,
}

impl From<Received> for WebhookShown {
    fn from(received: Received) -> Self {
        let Received { inbox_id, delivery, received_at, processed_at, outcome } = received;
        Self {
            id: inbox_id,
            gateway: delivery.gateway.name(),
            delivery_id: delivery.delivery_id,
            kind: delivery.kind,
            payment_id: delivery.payment_id.to_string(),
            signed: delivery.signed,
            received_at,
            processed_at,
            outcome,
        }
    }
}

/// The webhooks that came in, the newest first.
#[utoipa::path(
    get, path = "/webhooks/inbox", tag = "webhooks", security(("token" = [])),
    params(Wanted),
    responses((status = OK, description = "Webhooks", body = InboxPage), QueryProblems),
)]
pub async fn list(
    State(services): State<Services>,
    Operator(_operator): Operator,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let limit = wanted.limit.unwrap_or(LIMIT_USUAL);
    if !(1..=LIMIT_MAX).contains(&limit) {
        return Err(Problem::new(Kind::InvalidQuery, format!("limit has to be 1 to {LIMIT_MAX}")));
    }
    let mut found = services.processes.queue().received(wanted.before, limit.saturating_add(1)).await?;
    let has_more = i64::try_from(found.len()).is_ok_and(|found| found > limit);
    found.truncate(usize::try_from(limit).unwrap_or_default());
    let next = if has_more { found.last().map(|last| last.inbox_id) } else { None };
    let items = found.into_iter().map(Into::into).collect();
    Ok(answer::json(StatusCode::OK, &InboxPage { items, next }))
}

/// Processes a webhook again: its payment is looked up once more.
#[utoipa::path(
    post, path = "/webhooks/inbox/{inbox_id}/replay", tag = "webhooks", security(("token" = [])),
    params(("inbox_id" = String, Path, format = Uuid, description = "The webhook")),
    responses((status = OK, description = "It is processed again", body = Acknowledged), CommandProblems),
)]
pub async fn replay(
    State(services): State<Services>,
    Operator(_operator): Operator,
    PathText(id): PathText,
) -> Result<Response, Problem> {
    let bad = || Problem::new(Kind::InvalidPath, "a webhook's id is a UUID");
    let inbox_id: Uuid = id.parse().map_err(|_| bad())?;
    if !services.processes.queue().replay(inbox_id, services.clock.now()).await? {
        return Err(Problem::plain(Kind::UnknownWebhook));
    }
    Ok(answer::json(StatusCode::OK, &Acknowledged {}))
}
