//! `GET /orders/{order_id}/timeline`

use axum::{extract::State, http::StatusCode, response::Response};
use domain::id::OrderId;
use projections::{
    Page, Projection,
    timeline::{self, Moment},
};

use super::{super::shapes::Paging, access};
use crate::{
    answer,
    extract::{AnyOne, AtLeast, MinPosition, PathId, Query},
    input::OrderIdShape,
    problem::{Problem, QueryProblems},
    services::Services,
};

/// What happened to an order, oldest first.
#[utoipa::path(
    get, path = "/orders/{order_id}/timeline", tag = "orders", security(("token" = [])),
    params(("order_id" = inline(OrderIdShape), Path, description = "The order"), Paging, MinPosition),
    responses((status = OK, description = "A page of moments", body = Page<Moment>), QueryProblems),
)]
pub async fn timeline(
    State(services): State<Services>,
    AnyOne(identity): AnyOne,
    PathId(order_id): PathId<OrderId>,
    Query(paging): Query<Paging>,
    at_least: AtLeast,
) -> Result<Response, Problem> {
    let page = paging.request()?;
    access::part(&services, &identity, order_id).await?;
    let views = services.views_at(Projection::Timeline, at_least).await?;
    Ok(answer::json(StatusCode::OK, &timeline::of_order(views, order_id, page).await?))
}
