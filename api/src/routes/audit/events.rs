//! `GET /audit/events`

use axum::{extract::State, http::StatusCode, response::Response};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use store::log::RawEvent;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    answer,
    extract::{Query, Reviewer},
    hex::hex,
    problem::{Kind, Problem, QueryProblems},
    services::Services,
};

const LIMIT_MAX: usize = 1000;
const LIMIT_USUAL: usize = 100;

/// Which part of the log.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// After this position; from the beginning where nothing is said.
    #[param(minimum = 0)]
    after: Option<i64>,
    /// How many events, 100 where nobody says.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
}

/// One event of the log, as stored.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditEvent {
    /// Its place in the log.
    position: i64,
    /// The stream's type.
    aggregate_type: String,
    /// The stream's id.
    aggregate_id: String,
    /// Its place in the stream.
    sequence: i64,
    /// Its name.
    event_type: String,
    /// The version of the payload's shape.
    event_version: String,
    /// What happened; personal data are sealed.
    #[schema(value_type = Object)]
    payload: Box<RawValue>,
    /// Who asked, and why.
    #[schema(value_type = Object)]
    metadata: Box<RawValue>,
    /// Its id.
    event_id: Uuid,
    /// The command that caused it.
    command_id: Uuid,
    /// When it was decided.
    recorded_at: DateTime<Utc>,
    /// The hash of all the above, in hexadecimal.
    leaf: String,
}

/// A page of the log.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditPage {
    /// The events.
    items: Vec<AuditEvent>,
    /// `after` of the next page; none: the log ends here, for now.
    next: Option<i64>,
}

/// The log itself, by position.
#[utoipa::path(
    get, path = "/audit/events", tag = "audit", security(("token" = [])),
    params(Wanted),
    responses((status = OK, description = "A page of events", body = AuditPage), QueryProblems),
)]
pub async fn events(
    State(services): State<Services>,
    _reviewer: Reviewer,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let limit = wanted.limit.unwrap_or(LIMIT_USUAL);
    if !(1..=LIMIT_MAX).contains(&limit) {
        return Err(Problem::new(Kind::InvalidQuery, format!("a page has 1 to {LIMIT_MAX} events")));
    }
    let after = wanted.after.unwrap_or(0);
    if after < 0 {
        return Err(Problem::new(Kind::InvalidQuery, "a position is never negative"));
    }
    let mut events = services.feed.raw_after(after, limit + 1).await?;
    let more = events.len() > limit;
    events.truncate(limit);
    let next = events.last().filter(|_| more).map(|event| event.position);
    let items = events.into_iter().map(AuditEvent::try_from).collect::<Result<_, _>>()?;
    Ok(answer::json(StatusCode::OK, &AuditPage { items, next }))
}

impl TryFrom<RawEvent> for AuditEvent {
    type Error = Problem;

    fn try_from(raw: RawEvent) -> Result<Self, Problem> {
        let json = |text: String| {
            RawValue::from_string(text).map_err(|why| {
                tracing::error!(%why, position = raw.position, "an event is not JSON");
                Problem::plain(Kind::Fault)
            })
        };
        Ok(Self {
            position: raw.position,
            aggregate_type: raw.aggregate_type,
            aggregate_id: raw.aggregate_id,
            sequence: raw.sequence,
            event_type: raw.event_type,
            event_version: raw.event_version,
            payload: json(raw.payload)?,
            metadata: json(raw.metadata)?,
            event_id: raw.event_id,
            command_id: raw.command_id,
            recorded_at: raw.recorded_at,
            leaf: hex(&raw.leaf),
        })
    }
}
