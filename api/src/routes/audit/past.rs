//! `GET /audit/aggregates/{aggregate_type}/{aggregate_id}`, `GET /audit/diff`

use axum::{extract::State, http::StatusCode, response::Response};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::history::{self, Between, Change, Moment, NoPast, Past, Step};
use utoipa::{
    IntoParams, PartialSchema, ToSchema,
    openapi::{KnownFormat, ObjectBuilder, OneOfBuilder, RefOr, Schema, SchemaFormat, schema::Type},
};
use uuid::Uuid;

use crate::{
    answer,
    extract::{PathStream, Query, Reviewer},
    problem::{Kind, Problem, QueryProblems},
    services::Services,
};

/// As of when.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AsOf {
    /// A position of the log, or a moment (RFC 3339); now where nothing is said.
    #[param(value_type = Option<MomentShape>, inline)]
    at: Option<String>,
}

/// Of what, between when.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WantedDiff {
    /// The aggregate's type.
    #[serde(rename = "type")]
    #[param(example = "order")]
    aggregate_type: String,
    /// The aggregate's id.
    id: String,
    /// The earlier position or moment.
    #[param(value_type = MomentShape, inline)]
    from: String,
    /// The later one.
    #[param(value_type = MomentShape, inline)]
    to: String,
}

/// The largest whole number that every JSON reader keeps exact.
const SAFE_INTEGER: i64 = (1 << 53) - 1;

/// A position or a moment, as the OpenAPI document says it.
struct MomentShape;

impl PartialSchema for MomentShape {
    fn schema() -> RefOr<Schema> {
        let position = ObjectBuilder::new().schema_type(Type::Integer);
        let position = position.minimum(Some(1)).maximum(Some(SAFE_INTEGER));
        let time = ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)));
        OneOfBuilder::new().item(position).item(time).into()
    }
}

impl ToSchema for MomentShape {}

/// What an aggregate was.
#[derive(Debug, Serialize, ToSchema)]
pub struct PastShown {
    /// How many events it had.
    version: i64,
    /// The position of the last of them.
    position: i64,
    /// When that was recorded.
    recorded_at: DateTime<Utc>,
    /// The state; personal data are sealed.
    state: Value,
}

/// A member of the state that is not the same.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangeShown {
    /// Where (RFC 6901).
    pointer: String,
    /// What it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<Value>,
    /// What it became.
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<Value>,
}

/// Who did what.
#[derive(Debug, Serialize, ToSchema)]
pub struct StepShown {
    /// The event's place in the log.
    position: i64,
    /// The event's place in its stream.
    sequence: i64,
    /// The event's name.
    event_type: String,
    /// When it was recorded.
    recorded_at: DateTime<Utc>,
    /// Who asked.
    actor: String,
    /// What it belongs to from its first cause on.
    correlation_id: Uuid,
    /// The event that made a process ask.
    causation_id: Option<Uuid>,
}

/// What became of an aggregate between two moments.
#[derive(Debug, Serialize, ToSchema)]
pub struct DiffShown {
    /// What it was; null where it was not there yet.
    from: Option<PastShown>,
    /// What it was then.
    to: PastShown,
    /// Who did what in between, not more than a thousand.
    events: Vec<StepShown>,
    /// The members of the state that differ.
    changes: Vec<ChangeShown>,
}

/// Any aggregate as of any moment, folded from its events.
#[utoipa::path(
    get, path = "/audit/aggregates/{aggregate_type}/{aggregate_id}", tag = "audit", security(("token" = [])),
    params(
        ("aggregate_type" = String, Path, description = "The type", example = "order"),
        ("aggregate_id" = String, Path, description = "The id"),
        AsOf,
    ),
    responses((status = OK, description = "What it was", body = PastShown), QueryProblems),
)]
pub async fn aggregate(
    State(services): State<Services>,
    _reviewer: Reviewer,
    PathStream(kind, id): PathStream,
    Query(wanted): Query<AsOf>,
) -> Result<Response, Problem> {
    let at = wanted.at.as_deref().map(|text| moment("at", text)).transpose()?;
    let past = history::state_at(&services.log, (&kind, &id), at).await?;
    Ok(answer::json(StatusCode::OK, &PastShown::from(past)))
}

/// What became of an aggregate between two moments, and by whom.
#[utoipa::path(
    get, path = "/audit/diff", tag = "audit", security(("token" = [])), params(WantedDiff),
    responses((status = OK, description = "What changed", body = DiffShown), QueryProblems),
)]
pub async fn diff(
    State(services): State<Services>,
    _reviewer: Reviewer,
    Query(wanted): Query<WantedDiff>,
) -> Result<Response, Problem> {
    let moments = (moment("from", &wanted.from)?, moment("to", &wanted.to)?);
    let between = history::between(&services.log, (&wanted.aggregate_type, &wanted.id), moments).await?;
    let Between { from, to, events, changes } = between;
    let shown = DiffShown {
        from: from.map(PastShown::from),
        to: to.into(),
        events: events.into_iter().map(StepShown::from).collect(),
        changes: changes.into_iter().map(ChangeShown::from).collect(),
    };
    Ok(answer::json(StatusCode::OK, &shown))
}

fn moment(name: &str, text: &str) -> Result<Moment, Problem> {
    text.parse().map_err(|why| Problem::new(Kind::InvalidQuery, format!("{name}: {why}")))
}

impl From<Past> for PastShown {
    fn from(past: Past) -> Self {
        let Past { version, position, recorded_at, state } = past;
        Self { version, position, recorded_at, state }
    }
}

impl From<Change> for ChangeShown {
    fn from(change: Change) -> Self {
        Self { pointer: change.pointer, before: change.before, after: change.after }
    }
}

impl From<Step> for StepShown {
    fn from(step: Step) -> Self {
        let Step { position, sequence, event_type, recorded_at, metadata } = step;
        Self {
            position,
            sequence,
            event_type,
            recorded_at,
            actor: metadata.actor,
            correlation_id: metadata.correlation_id,
            causation_id: metadata.causation_id,
        }
    }
}

impl From<NoPast> for Problem {
    fn from(error: NoPast) -> Self {
        let told = error.to_string();
        match error {
            NoPast::UnknownType(_) | NoPast::Unknown(..) => Self::new(Kind::UnknownAggregate, told),
            NoPast::NotYet { position, .. } => {
                Self::new(Kind::UnknownAggregate, told).with("first_position", position)
            }
            NoPast::Beyond { head, .. } => Self::new(Kind::NoSuchMoment, told).with("head", head),
            NoPast::Backwards => Self::new(Kind::NoSuchMoment, told),
            NoPast::Unreadable { .. } => {
                tracing::error!(why = %told, "a history could not be read");
                Self::plain(Kind::Fault)
            }
            NoPast::Unavailable(why) => {
                tracing::error!(%why, "the log does not answer");
                Self::plain(Kind::Unavailable)
            }
        }
    }
}
