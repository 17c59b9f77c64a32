//! `POST /payments/{payment_id}/cancel`

use axum::extract::State;
use commands::CancelOrder;
use domain::{
    id::{Id, PaymentId, RefundId},
    payment::{End, Payment},
};

use serde::Deserialize;
use utoipa::ToSchema;

use super::super::{
    orders::{cancel::OrderCancelled, party},
    refund_account::RefundAccount,
};
use crate::{
    answer::{Telling, Told},
    extract::{Asking, Json, PathId, Trader},
    input::PaymentIdShape,
    problem::{CommandProblems, Kind, Problem},
    services::Services,
};

const REASON: &str = "the payment was cancelled";

/// What a payment is cancelled with.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelPaymentBody {
    /// Where a deposit goes back to. Wanted where it was paid by virtual account through PortOne V1, NicePay or Toss
    /// Payments; the buyer or an operator names it.
    refund_account: Option<RefundAccount>,
}

/// Cancels a payment and the order it is for: an open one is over at once, the money of a captured one goes back.
#[utoipa::path(
    post, path = "/payments/{payment_id}/cancel", tag = "payments", security(("token" = [])),
    params(("payment_id" = inline(PaymentIdShape), Path, description = "The payment")),
    request_body = Option<CancelPaymentBody>,
    responses((status = OK, description = "Cancelled, or being cancelled", body = Told<OrderCancelled>), CommandProblems),
)]
pub async fn cancel(
    State(services): State<Services>,
    Trader(identity): Trader,
    PathId(payment_id): PathId<PaymentId>,
    asking: Asking,
    body: Option<Json<CancelPaymentBody>>,
) -> Result<Telling<OrderCancelled>, Problem> {
    let (payment, _) = services.commands.load::<Payment>(payment_id).await?;
    let order_id = match &payment {
        // Cancelled already: the order answers that nothing is left to do.
        Payment::Absent | Payment::Open(..) | Payment::Authorized(..) | Payment::Ended(_, End::Cancelled) => {
            payment.attempt()?.order_id
        }
        Payment::Ended(_, End::NotPrepared | End::Failed | End::Expired | End::Reversed) => {
            return Err(Problem::plain(Kind::PaymentIsOver));
        }
        Payment::Quarantined(..) => return Err(Problem::plain(Kind::PaymentQuarantined)),
    };
    let caller = party(&services, &identity, order_id).await?;
    let refund_id = RefundId::from_uuid(ambient::fresh_id());
    let named = body.as_ref().and_then(|body| body.value.refund_account.as_ref());
    let buyer = payment.attempt()?.buyer_id;
    let refund_account = RefundAccount::seal(named, &services.vault, buyer).await?;
    let command = CancelOrder { order_id, caller, reason: REASON.to_owned(), refund_id, refund_account };
    let context = asking.context(identity.customer_id, body.as_ref().map_or(&[], |body| &body.raw));
    let done = services.commands.dispatch(&context, command).await?;
    let (message, cancelled) = OrderCancelled::telling(done.answer.order_id, done.answer.state);
    Ok(Telling::done(&done, message, cancelled))
}
