//! `GET /payments/{payment_id}/status`

use axum::extract::State;
use domain::id::PaymentId;
use projections::{
    Projection,
    payments::{self, PaymentDetail},
};

use super::owned::owned;
use crate::{
    answer::Shown,
    extract::{AnyOne, AtLeast, MinPosition, PathId},
    input::PaymentIdShape,
    problem::{Kind, Problem, QueryProblems},
    services::Services,
};

/// Where a payment and its escrow stand.
#[utoipa::path(
    get, path = "/payments/{payment_id}/status", tag = "payments", security(("token" = [])),
    params(("payment_id" = inline(PaymentIdShape), Path, description = "The payment"), MinPosition),
    responses((status = OK, description = "Payment and escrow", body = PaymentDetail), QueryProblems),
)]
pub async fn status(
    State(services): State<Services>,
    AnyOne(identity): AnyOne,
    PathId(payment_id): PathId<PaymentId>,
    at_least: AtLeast,
) -> Result<Shown<PaymentDetail>, Problem> {
    owned(&services, &identity, payment_id, true).await?;
    let views = services.views_at(Projection::Payments, at_least).await?;
    let payment = payments::show(views, payment_id).await?;
    let payment = payment.ok_or_else(|| Problem::plain(Kind::UnknownPayment))?;
    Ok(Shown { version: payment.payment.version, body: payment })
}
