//! `POST /payments/{payment_id}/confirm`

use axum::extract::State;
use domain::{id::PaymentId, payment::Payment};
use processes::Source;
use serde::Serialize;
use store::Fault;
use utoipa::ToSchema;

use super::{owned::owned, sync::paid};
use crate::{
    answer::{Telling, Told},
    extract::{PathId, Trader},
    input::PaymentIdShape,
    problem::{CommandProblems, Problem},
    services::Services,
};

/// A payment that is paid.
#[derive(Debug, Serialize, ToSchema)]
pub struct PaymentConfirmed {
    /// The payment.
    #[schema(value_type = PaymentIdShape)]
    payment_id: PaymentId,
    /// Always `authorized`.
    status: &'static str,
}

/// The buyer is back from the pay window: the gateway is asked whether it is paid, unless that is known.
#[utoipa::path(
    post, path = "/payments/{payment_id}/confirm", tag = "payments", security(("token" = [])),
    params(("payment_id" = inline(PaymentIdShape), Path, description = "The payment")),
    responses((status = OK, description = "It is paid and the money is held", body = Told<PaymentConfirmed>), CommandProblems),
)]
pub async fn confirm(
    State(services): State<Services>,
    Trader(identity): Trader,
    PathId(payment_id): PathId<PaymentId>,
) -> Result<Telling<PaymentConfirmed>, Problem> {
    let (payment, mut version) = owned(&services, &identity, payment_id, false).await?;
    // A webhook was faster: it was verified then, and is in the log.
    let position = if matches!(payment, Payment::Authorized(..)) {
        services.log.head().await.map_err(|error| Fault::Unavailable(error.to_string()))?.position
    } else {
        let outcome = paid(&services, payment_id, Source::Browser).await?;
        (_, version) = services.commands.load::<Payment>(payment_id).await?;
        outcome.position
    };
    let confirmed = PaymentConfirmed { payment_id, status: "authorized" };
    Ok(Telling::at(version, position, "the payment is verified and the money is held", confirmed))
}
