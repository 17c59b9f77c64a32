//! `GET /claims`

use axum::{extract::State, http::StatusCode, response::Response};
use domain::{
    customer::Role,
    id::{OrderId, SellerId},
};
use projections::{
    Page, Projection,
    claims::{self, Claim, ClaimFilter},
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::super::shapes::Paging;
use crate::{
    answer,
    extract::{AnyOne, AtLeast, Identity, MinPosition, Query},
    input::OrderIdShape,
    problem::{Kind, Problem, QueryProblems},
    services::Services,
};

/// Which claims.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ClaimsWanted {
    /// The caller's own, those on the caller's sales, or everybody's (operators and auditors).
    #[param(inline)]
    view: Option<ClaimView>,
    /// Of this order.
    #[param(inline, value_type = Option<OrderIdShape>)]
    order_id: Option<OrderId>,
    /// In this state.
    #[param(inline)]
    status: Option<ClaimStatus>,
}

/// Whose claims.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClaimView {
    /// That the caller opened.
    Mine,
    /// On goods that the caller sold.
    Sales,
    /// Everybody's.
    All,
}

/// A state of a claim.
#[derive(Debug, Clone, Copy, Deserialize, serde::Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClaimStatus {
    /// The goods are with the buyer.
    Requested,
    /// The goods are on their way back.
    Collecting,
    /// The goods are with the seller.
    Inspecting,
    /// The seller wants an extra charge first.
    Withheld,
    /// The money is on its way back.
    Refunding,
    /// Other goods are to be sent.
    Exchanging,
    /// Other goods are on their way.
    Redelivering,
    /// The buyer has their money.
    Refunded,
    /// The buyer has other goods.
    Exchanged,
    /// The seller refused.
    Rejected,
    /// The buyer kept the goods.
    Withdrawn,
    /// It ended without a decision.
    Closed,
}

/// Claims, newest first: of a buyer their own, of a seller those on their sales, of operators and auditors all.
#[utoipa::path(
    get, path = "/claims", tag = "claims", security(("token" = [])),
    params(ClaimsWanted, Paging, MinPosition),
    responses((status = OK, description = "A page of claims", body = Page<Claim>), QueryProblems),
)]
pub async fn list(
    State(services): State<Services>,
    AnyOne(identity): AnyOne,
    Query(wanted): Query<ClaimsWanted>,
    Query(paging): Query<Paging>,
    at_least: AtLeast,
) -> Result<Response, Problem> {
    let page = paging.request()?;
    let mut filter = whose(&identity, wanted.view)?;
    filter.order = wanted.order_id;
    let name =
        |status| serde_json::to_value(status).ok().and_then(|name| name.as_str().map(ToOwned::to_owned));
    filter.status = wanted.status.and_then(name);
    let views = services.views_at(Projection::Claims, at_least).await?;
    Ok(answer::json(StatusCode::OK, &claims::list(views, &filter, page).await?))
}

fn whose(identity: &Identity, view: Option<ClaimView>) -> Result<ClaimFilter, Problem> {
    let usual = if identity.sees_all() {
        ClaimView::All
    } else if identity.is(Role::Buyer) {
        ClaimView::Mine
    } else {
        ClaimView::Sales
    };
    let me = identity.customer_id;
    match view.unwrap_or(usual) {
        ClaimView::Mine => Ok(ClaimFilter { buyer: Some(me), ..ClaimFilter::default() }),
        ClaimView::Sales => Ok(ClaimFilter { seller: Some(SellerId::of(me)), ..ClaimFilter::default() }),
        ClaimView::All if identity.sees_all() => Ok(ClaimFilter::default()),
        ClaimView::All => {
            Err(Problem::new(Kind::RoleMissing, "everybody's claims are for operators and auditors"))
        }
    }
}
