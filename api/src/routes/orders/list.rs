//! `GET /orders`

use axum::{extract::State, http::StatusCode, response::Response};
use domain::{customer::Role, id::SellerId};
use projections::{
    Page, Projection,
    orders::{self, Order, OrderFilter},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::super::shapes::Paging;
use crate::{
    answer,
    extract::{AnyOne, AtLeast, Identity, MinPosition, Query},
    problem::{Kind, Problem, QueryProblems},
    services::Services,
};

/// Which orders.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// The caller's own purchases, their sales, or everybody's (operators and auditors).
    #[param(inline)]
    view: Option<View>,
    /// In this state.
    #[param(inline)]
    status: Option<OrderStatus>,
}

/// Whose orders.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// That the caller placed.
    Purchases,
    /// With lines that the caller sells.
    Sales,
    /// Everybody's.
    All,
}

/// A state of an order.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    /// Placed, not paid.
    AwaitingPayment,
    /// Paid, the money is held.
    Paid,
    /// Something is with a carrier.
    InDelivery,
    /// Everything has arrived.
    Delivered,
    /// Received and accepted.
    Confirmed,
    /// Everything came back.
    Returned,
    /// Given up; the money is on its way back.
    Cancelling,
    /// Given up.
    Cancelled,
    /// Never paid.
    Expired,
}

impl OrderStatus {
    const fn name(self) -> &'static str {
        match self {
            Self::AwaitingPayment => "awaiting_payment",
            Self::Paid => "paid",
            Self::InDelivery => "in_delivery",
            Self::Delivered => "delivered",
            Self::Confirmed => "confirmed",
            Self::Returned => "returned",
            Self::Cancelling => "cancelling",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }
}

/// Orders, newest first: of a buyer their purchases, of a seller their sales, of operators and auditors all.
#[utoipa::path(
    get, path = "/orders", tag = "orders", security(("token" = [])),
    params(Wanted, Paging, MinPosition),
    responses((status = OK, description = "A page of orders", body = Page<Order>), QueryProblems),
)]
pub async fn list(
    State(services): State<Services>,
    AnyOne(identity): AnyOne,
    Query(wanted): Query<Wanted>,
    Query(paging): Query<Paging>,
    at_least: AtLeast,
) -> Result<Response, Problem> {
    let page = paging.request()?;
    let mut filter = whose(&identity, wanted.view)?;
    filter.status = wanted.status.map(|status| status.name().to_owned());
    let views = services.views_at(Projection::Orders, at_least).await?;
    Ok(answer::json(StatusCode::OK, &orders::list(views, &filter, page).await?))
}

fn whose(identity: &Identity, view: Option<View>) -> Result<OrderFilter, Problem> {
    let usual = if identity.sees_all() {
        View::All
    } else if identity.is(Role::Buyer) {
        View::Purchases
    } else {
        View::Sales
    };
    match view.unwrap_or(usual) {
        View::Purchases => Ok(OrderFilter { buyer: Some(identity.customer_id), ..OrderFilter::default() }),
        View::Sales => {
            Ok(OrderFilter { seller: Some(SellerId::of(identity.customer_id)), ..OrderFilter::default() })
        }
        View::All if identity.sees_all() => Ok(OrderFilter::default()),
        View::All => {
            Err(Problem::new(Kind::RoleMissing, "everybody's orders are for operators and auditors"))
        }
    }
}
