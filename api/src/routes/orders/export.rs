//! `GET /orders/{order_id}/export`

use ambient::Clock;
use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use chrono::TimeDelta;
use domain::id::OrderId;
use store::audit::{NotExported, export_order};

use crate::{
    answer,
    extract::{PathId, Reviewer},
    input::OrderIdShape,
    problem::{Kind, Problem, QueryProblems},
    services::Services,
};

/// How often one looks whether the order is sealed by now.
const LOOKS: usize = 30;
/// And how long in between.
const LOOK_EVERY: TimeDelta = TimeDelta::milliseconds(100);

/// Everything about an order as one file, with the proof of each event. `escrow verify --export` checks it offline.
#[utoipa::path(
    get, path = "/orders/{order_id}/export", tag = "audit", security(("token" = [])),
    params(("order_id" = inline(OrderIdShape), Path, description = "The order")),
    responses((status = OK, description = "The file", body = Object), QueryProblems),
)]
pub async fn export(
    State(services): State<Services>,
    _reviewer: Reviewer,
    PathId(order_id): PathId<OrderId>,
) -> Result<Response, Problem> {
    let mut export = export_order(&services.log, order_id).await;
    for _ in 0..LOOKS {
        if !matches!(export, Err(NotExported::NotSealedYet { .. })) {
            break;
        }
        Clock::system().sleep(LOOK_EVERY).await;
        export = export_order(&services.log, order_id).await;
    }
    let mut response = answer::json(StatusCode::OK, &export?);
    let name = HeaderValue::try_from(format!("attachment; filename=\"{order_id}.json\""));
    response.headers_mut().extend(name.map(|name| (header::CONTENT_DISPOSITION, name)));
    Ok(response)
}

impl From<NotExported> for Problem {
    fn from(error: NotExported) -> Self {
        match error {
            NotExported::UnknownOrder => Self::plain(Kind::UnknownOrder),
            NotExported::NotSealedYet { sealed, .. } => {
                Self::new(Kind::NotSealed, error.to_string()).with("sealed", sealed)
            }
            NotExported::NoProof(why) => why.into(),
            NotExported::Unreadable { .. } => {
                tracing::error!(why = %error, "an order could not be exported");
                Self::plain(Kind::Fault)
            }
        }
    }
}
