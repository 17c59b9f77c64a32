//! `POST /verifyIamport/{imp_uid}`

use axum::extract::State;
use domain::id::PaymentId;
use processes::Source;
use projections::{
    Projection,
    payments::{self, PaymentDetail},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{owned::owned, sync::paid};
use crate::{
    answer::{Telling, Told},
    extract::{AtLeast, PathText, Trader},
    problem::{CommandProblems, Kind, Problem},
    services::Services,
};

const UID_MAX: usize = 100;

/// A payment that the gateway vouches for.
#[derive(Debug, Serialize, ToSchema)]
pub struct PaymentVerified {
    /// Always true.
    verified: bool,
    /// The payment.
    payment: PaymentDetail,
}

/// Asks the gateway for a payment by the name it has there, or by the gateway's own transaction.
#[utoipa::path(
    post, path = "/verifyIamport/{imp_uid}", tag = "payments", security(("token" = [])),
    params(("imp_uid" = String, Path, description = "The payment's name at the gateway, or the gateway's transaction",
        min_length = 1, max_length = 100, pattern = "^[A-Za-z0-9_-]+$")),
    responses((status = OK, description = "The verified payment", body = Told<PaymentVerified>), CommandProblems),
)]
pub async fn verify(
    State(services): State<Services>,
    Trader(identity): Trader,
    PathText(imp_uid): PathText,
) -> Result<Telling<PaymentVerified>, Problem> {
    let payment_id = find(&services, &imp_uid).await?;
    owned(&services, &identity, payment_id, false).await?;
    let outcome = paid(&services, payment_id, Source::Operator).await?;
    let views = services.views_at(Projection::Payments, AtLeast(outcome.position)).await?;
    let payment = payments::show(views, payment_id).await?;
    let payment = payment.ok_or_else(|| Problem::plain(Kind::UnknownPayment))?;
    let version = payment.payment.version;
    let verified = PaymentVerified { verified: true, payment };
    Ok(Telling::at(version, outcome.position, "the payment is verified", verified))
}

async fn find(services: &Services, imp_uid: &str) -> Result<PaymentId, Problem> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    if imp_uid.is_empty() || imp_uid.len() > UID_MAX || !imp_uid.bytes().all(plain) {
        return Err(Problem::new(Kind::InvalidPath, "letters, digits, _ and - are taken here"));
    }
    if let Some(payment_id) = PaymentId::from_gateway(imp_uid).or_else(|| imp_uid.parse().ok()) {
        return Ok(payment_id);
    }
    let found = payments::by_gateway_id(&services.views, imp_uid).await?;
    let mut found = found.and_then(|payment| payment.payment_id.parse().ok());
    if found.is_none() {
        // A transaction nobody has told us of yet: the gateways know whose it is.
        found = services.processes.find_by_transaction(imp_uid).await;
    }
    found.ok_or_else(|| Problem::plain(Kind::UnknownPayment))
}
