//! `POST /payments/{payment_id}/refunds/{refund_id}/retry`

use axum::extract::State;
use commands::RetryRefund;
use domain::{
    id::{PaymentId, RefundId},
    payment::Payment,
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    super::{orders::party, refund_account::RefundAccount},
    refund::RefundTold,
};
use crate::{
    answer::{Telling, Told},
    extract::{Asking, Json, PathIds, Trader},
    input::{PaymentIdShape, RefundIdShape},
    problem::{CommandProblems, Problem},
    services::Services,
};

/// What a refund is asked for anew with.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RetryBody {
    /// Where a deposit goes back to, if that is another account than before, or there was none.
    refund_account: Option<RefundAccount>,
}

/// Has the gateway asked anew for a refund that it refused. One that is under way, or done, is left alone. For the
/// buyer and operators.
#[utoipa::path(
    post, path = "/payments/{payment_id}/refunds/{refund_id}/retry", tag = "payments", security(("token" = [])),
    params(
        ("payment_id" = inline(PaymentIdShape), Path, description = "The payment"),
        ("refund_id" = inline(RefundIdShape), Path, description = "The refund"),
    ),
    request_body = Option<RetryBody>,
    responses((status = OK, description = "The refund is under way", body = Told<RefundTold>), CommandProblems),
)]
pub async fn retry(
    State(services): State<Services>,
    Trader(identity): Trader,
    PathIds(payment_id, refund_id): PathIds<PaymentId, RefundId>,
    asking: Asking,
    body: Option<Json<RetryBody>>,
) -> Result<Telling<RefundTold>, Problem> {
    let (payment, _) = services.commands.load::<Payment>(payment_id).await?;
    let attempt = payment.attempt()?;
    let caller = party(&services, &identity, attempt.order_id).await?;
    let named = body.as_ref().and_then(|body| body.value.refund_account.as_ref());
    let refund_account = RefundAccount::seal(named, &services.vault, attempt.buyer_id).await?;
    let command = RetryRefund { payment_id, refund_id, caller, refund_account };
    let context = asking.context(identity.customer_id, body.as_ref().map_or(&[], |body| &body.raw));
    let done = services.commands.dispatch(&context, command).await?;
    let told = RefundTold::of(&done.answer);
    Ok(Telling::done(&done, "the refund is under way", told))
}
