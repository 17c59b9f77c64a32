//! `POST /payments/{payment_id}/bank-refund`

use axum::extract::State;
use chrono::{DateTime, Utc};
use commands::BookBankRefund;
use domain::id::{PaymentId, RefundId};
use serde::Deserialize;
use utoipa::ToSchema;

use super::refund::RefundTold;
use crate::{
    answer::{Telling, Told},
    extract::{Asking, Json, Operator, PathId},
    input::{PaymentIdShape, RefundIdShape, Text},
    problem::{CommandProblems, Problem},
    services::Services,
};

/// A transfer that the bank has made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BankRefundBody {
    /// The refund that the gateway refused.
    #[schema(inline, value_type = RefundIdShape)]
    refund_id: RefundId,
    /// The bank's reference of the transfer.
    #[schema(inline)]
    bank_reference: Text<1, 100>,
    /// When, by the bank's statement; now where nothing is said.
    refunded_at: Option<DateTime<Utc>>,
}

/// Books that the bank sent the buyer a refund which the gateway would not carry out.
#[utoipa::path(
    post, path = "/payments/{payment_id}/bank-refund", tag = "payments", security(("token" = [])),
    params(("payment_id" = inline(PaymentIdShape), Path, description = "The payment")),
    request_body = BankRefundBody,
    responses((status = OK, description = "The refund is done", body = Told<RefundTold>), CommandProblems),
)]
pub async fn by_bank(
    State(services): State<Services>,
    Operator(operator): Operator,
    PathId(payment_id): PathId<PaymentId>,
    asking: Asking,
    body: Json<BankRefundBody>,
) -> Result<Telling<RefundTold>, Problem> {
    let BankRefundBody { refund_id, bank_reference, refunded_at } = body.value;
    let command = BookBankRefund { payment_id, refund_id, bank_reference: bank_reference.0, refunded_at };
    let done = services.commands.dispatch(&asking.context(operator.customer_id, &body.raw), command).await?;
    let told = RefundTold::of(&done.answer);
    Ok(Telling::done(&done, "the refund is done by bank", told))
}
