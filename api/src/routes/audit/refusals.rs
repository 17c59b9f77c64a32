//! `GET /audit/refusals`

use axum::{extract::State, http::StatusCode, response::Response};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use store::{
    history::NoPast,
    refusals::{self, Refused},
};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    answer,
    extract::{Query, Reviewer},
    problem::{Kind, Problem, QueryProblems},
    services::Services,
};

const LIMIT_MAX: i64 = 1000;
const LIMIT_USUAL: i64 = 100;

/// Which refusals.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// After this refusal; from the beginning where nothing is said.
    after: Option<Uuid>,
    /// By this account or process.
    actor: Option<String>,
    /// With this code.
    #[param(example = "out_of_stock")]
    code: Option<String>,
    /// About this aggregate, by its id or the UUID in it.
    about: Option<String>,
    /// How many, 100 where nobody says.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<i64>,
}

/// One no.
#[derive(Debug, Serialize, ToSchema)]
pub struct RefusalShown {
    /// Its id; refusals are ordered by it.
    refusal_id: Uuid,
    /// When.
    recorded_at: DateTime<Utc>,
    /// Who asked: an account, or a process of the server.
    actor: String,
    /// For what.
    command: String,
    /// About which aggregates, as `type:uuid`.
    about: Vec<String>,
    /// Why not: the last part of the problem's type, or the domain's own code.
    code: String,
    /// The command's id.
    command_id: Uuid,
    /// What the command belongs to.
    correlation_id: Uuid,
    /// Where the log ended when it was decided: the state that refused can be looked at there.
    position: i64,
}

/// A page of refusals.
#[derive(Debug, Serialize, ToSchema)]
pub struct RefusalPage {
    /// The refusals.
    items: Vec<RefusalShown>,
    /// `after` of the next page; none: these were the last, for now.
    next: Option<Uuid>,
}

/// What was refused: who asked for what, and why it was not done.
#[utoipa::path(
    get, path = "/audit/refusals", tag = "audit", security(("token" = [])), params(Wanted),
    responses((status = OK, description = "A page of refusals", body = RefusalPage), QueryProblems),
)]
pub async fn refusals(
    State(services): State<Services>,
    _reviewer: Reviewer,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let limit = wanted.limit.unwrap_or(LIMIT_USUAL);
    if !(1..=LIMIT_MAX).contains(&limit) {
        return Err(Problem::new(Kind::InvalidQuery, format!("a page has 1 to {LIMIT_MAX} refusals")));
    }
    let about = wanted.about.as_deref().map(uuid_of).transpose()?;
    let Wanted { after, actor, code, .. } = wanted;
    let asked = refusals::Wanted { after, actor, code, about, limit: limit + 1 };
    let mut found = refusals::refusals(&services.log, &asked).await.map_err(NoPast::from)?;
    let whole = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = found.len() > whole;
    found.truncate(whole);
    let next = found.last().filter(|_| more).map(|last| last.refusal_id);
    let items = found.into_iter().map(RefusalShown::from).collect();
    Ok(answer::json(StatusCode::OK, &RefusalPage { items, next }))
}

fn uuid_of(text: &str) -> Result<Uuid, Problem> {
    let uuid = text.split_once('_').map_or(text, |(_, uuid)| uuid);
    Uuid::try_parse(uuid).map_err(|_| Problem::new(Kind::InvalidQuery, "about: an id is wanted"))
}

impl From<Refused> for RefusalShown {
    fn from(refused: Refused) -> Self {
        Self {
            refusal_id: refused.refusal_id,
            recorded_at: refused.recorded_at,
            actor: refused.actor,
            command: refused.command,
            about: refused.about.split_whitespace().map(ToOwned::to_owned).collect(),
            code: refused.code,
            command_id: refused.command_id,
            correlation_id: refused.correlation_id,
            position: refused.position,
        }
    }
}
