//! `GET /orders/{order_id}/causes`

use axum::{extract::State, http::StatusCode, response::Response};
use chrono::{DateTime, Utc};
use domain::id::OrderId;
use serde::Serialize;
use store::{
    audit::events_of_order,
    history::{NoPast, Step},
};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    answer,
    extract::{PathId, Reviewer},
    input::OrderIdShape,
    problem::{Kind, Problem, QueryProblems},
    services::Services,
};

/// One event, and why it happened.
#[derive(Debug, Serialize, ToSchema)]
pub struct Cause {
    /// Its place in the log.
    position: i64,
    /// Its stream's type.
    aggregate_type: String,
    /// Its stream's id.
    aggregate_id: String,
    /// Its place in its stream.
    sequence: i64,
    /// Its name.
    event_type: String,
    /// Its id.
    event_id: Uuid,
    /// When it was recorded.
    recorded_at: DateTime<Utc>,
    /// Who asked: an account, or a process of the server.
    actor: String,
    /// The command that caused it; events of one command happened together.
    command_id: Uuid,
    /// What it belongs to from its first cause on, for example one request.
    correlation_id: Uuid,
    /// The position of the event that made a process ask; null where somebody asked.
    caused_by: Option<i64>,
}

/// Why an order is what it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Causes {
    /// Every event that belongs to the order, in the order of the log.
    items: Vec<Cause>,
}

/// Who did what to an order, asked by whom, and caused by what.
#[utoipa::path(
    get, path = "/orders/{order_id}/causes", tag = "audit", security(("token" = [])),
    params(("order_id" = inline(OrderIdShape), Path, description = "The order")),
    responses((status = OK, description = "The events and their causes", body = Causes), QueryProblems),
)]
pub async fn causes(
    State(services): State<Services>,
    _reviewer: Reviewer,
    PathId(order_id): PathId<OrderId>,
) -> Result<Response, Problem> {
    let events = events_of_order(&services.log, order_id).await.map_err(NoPast::from)?;
    if events.is_empty() {
        return Err(Problem::plain(Kind::UnknownOrder));
    }
    let positions: std::collections::HashMap<Uuid, i64> =
        events.iter().map(|event| (event.event_id, event.position)).collect();
    let mut items = Vec::with_capacity(events.len());
    for event in events {
        let Step { metadata, .. } = Step::of(&event)?;
        items.push(Cause {
            position: event.position,
            aggregate_type: event.aggregate_type,
            aggregate_id: event.aggregate_id,
            sequence: event.sequence,
            event_type: event.event_type,
            event_id: event.event_id,
            recorded_at: event.recorded_at,
            actor: metadata.actor,
            command_id: event.command_id,
            correlation_id: metadata.correlation_id,
            caused_by: metadata.causation_id.and_then(|id| positions.get(&id).copied()),
        });
    }
    Ok(answer::json(StatusCode::OK, &Causes { items }))
}
