//! `GET /ledger/trial-balance`

use axum::{extract::State, http::StatusCode, response::Response};
use projections::{
    Projection,
    balances::{self, TrialBalance},
};

use crate::{
    answer,
    extract::{AtLeast, MinPosition, Reviewer},
    problem::{Problem, QueryProblems},
    services::Services,
};

/// What stands in each account of the chart; it sums to nought per currency.
#[utoipa::path(
    get, path = "/ledger/trial-balance", tag = "ledger", security(("token" = [])),
    params(MinPosition),
    responses((status = OK, description = "The trial balance", body = TrialBalance), QueryProblems),
)]
pub async fn trial_balance(
    State(services): State<Services>,
    _reviewer: Reviewer,
    at_least: AtLeast,
) -> Result<Response, Problem> {
    let views = services.views_at(Projection::Balances, at_least).await?;
    Ok(answer::json(StatusCode::OK, &balances::trial_balance(views).await?))
}
