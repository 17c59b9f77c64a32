//! `GET /ledger/journal`

use axum::{extract::State, http::StatusCode, response::Response};
use domain::id::OrderId;
use projections::{
    Page, Projection,
    journal::{self, JournalFilter, Posting},
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{super::shapes::Paging, account::AccountName};
use crate::{
    answer,
    extract::{AtLeast, MinPosition, Query, Reviewer},
    input::OrderIdShape,
    problem::{Problem, QueryProblems},
    services::Services,
};

/// Which postings.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// That touch this account, `2100/esc_…`, or all accounts of a number, `2100`.
    #[param(inline)]
    account: Option<AccountName>,
    /// That concern this order.
    #[param(inline, value_type = Option<OrderIdShape>)]
    order_id: Option<OrderId>,
}

/// The journal, oldest first: one posting per event that moves money.
#[utoipa::path(
    get, path = "/ledger/journal", tag = "ledger", security(("token" = [])),
    params(Wanted, Paging, MinPosition),
    responses((status = OK, description = "A page of postings", body = Page<Posting>), QueryProblems),
)]
pub async fn journal(
    State(services): State<Services>,
    _reviewer: Reviewer,
    Query(wanted): Query<Wanted>,
    Query(paging): Query<Paging>,
    at_least: AtLeast,
) -> Result<Response, Problem> {
    let page = paging.request()?;
    let filter = JournalFilter { account: wanted.account.map(|account| account.0), order: wanted.order_id };
    let views = services.views_at(Projection::Journal, at_least).await?;
    Ok(answer::json(StatusCode::OK, &journal::list(views, &filter, page).await?))
}
