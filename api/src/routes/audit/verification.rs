//! `GET /audit/verification`

use axum::{extract::State, http::StatusCode, response::Response};
use serde::Serialize;
use store::audit::{self, NotVerified};
use utoipa::ToSchema;

use crate::{
    answer,
    extract::Reviewer,
    hex::hex,
    problem::{Kind, Problem, QueryProblems},
    services::Services,
};

/// A log that is whole.
#[derive(Debug, Serialize, ToSchema)]
pub struct Whole {
    /// Events checked; also the last position.
    events: i64,
    /// Batches checked.
    batches: i64,
    /// The hash that everything before leads to, in hexadecimal. Compare it with one noted earlier, or elsewhere.
    head_hash: String,
}

/// Recomputes every hash of the log. It reads everything, so one runs at a time; `escrow verify` does the same.
#[utoipa::path(
    get, path = "/audit/verification", tag = "audit", security(("token" = [])),
    responses((status = OK, description = "The log is whole", body = Whole), QueryProblems),
)]
pub async fn verification(
    State(services): State<Services>,
    _reviewer: Reviewer,
) -> Result<Response, Problem> {
    let _turn = services.verifying.try_acquire().map_err(|_| {
        Problem::new(Kind::Overloaded, "the log is being verified already; ask again when that is done")
    })?;
    let verified = audit::verify(&services.log, |_| {}).await?;
    let head_hash = hex(&verified.head_hash);
    let whole = Whole { events: verified.events, batches: verified.batches, head_hash };
    Ok(answer::json(StatusCode::OK, &whole))
}

impl From<NotVerified> for Problem {
    fn from(error: NotVerified) -> Self {
        tracing::error!(why = %error, "the log could not be verified");
        match error {
            NotVerified::Broken(broken) => {
                Self::new(Kind::LogBroken, broken.to_string()).with("position", broken.position)
            }
            NotVerified::Unavailable(_) => Self::plain(Kind::Unavailable),
        }
    }
}
