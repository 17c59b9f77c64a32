//! `POST /payments/{payment_id}/refund`

use axum::extract::State;
use commands::{RefundAnswer, RefundPayment};
use domain::{
    id::{Id, OrderId, PaymentId, RefundId},
    payment::Payment,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::{orders::party, refund_account::RefundAccount, shapes::MoneyShape};
use crate::{
    answer::{Telling, Told},
    extract::{Asking, Json, PathId, Trader},
    input::{OrderIdShape, PaymentIdShape, Price, RefundIdShape, Text},
    problem::{CommandProblems, Problem},
    services::Services,
};

/// Money to give back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "damaged on arrival"}))]
pub struct RefundBody {
    /// Why, as told to the buyer and the gateway.
    #[schema(inline)]
    reason: Text<1, 200>,
    /// How much; all that is left where nothing is said.
    amount: Option<Price>,
    /// Where a deposit goes back to. Wanted where it was paid by virtual account through PortOne V1, NicePay or Toss
    /// Payments; the buyer or an operator names it.
    refund_account: Option<RefundAccount>,
}

/// A refund that is under way.
#[derive(Debug, Serialize, ToSchema)]
pub struct RefundTold {
    /// The payment.
    #[schema(value_type = PaymentIdShape)]
    payment_id: PaymentId,
    /// The order it paid.
    #[schema(value_type = OrderIdShape)]
    order_id: OrderId,
    /// The refund.
    #[schema(value_type = Option<RefundIdShape>)]
    refund_id: Option<RefundId>,
    /// How much.
    amount: MoneyShape,
}

impl RefundTold {
    /// What is told of a refund that was asked for.
    pub fn of(answer: &RefundAnswer) -> Self {
        let RefundAnswer { payment_id, order_id, refund_id, amount } = *answer;
        Self { payment_id, order_id, refund_id, amount: amount.into() }
    }
}

/// Gives money back. The gateway is asked next; the payment's status follows it.
#[utoipa::path(
    post, path = "/payments/{payment_id}/refund", tag = "payments", security(("token" = [])),
    params(("payment_id" = inline(PaymentIdShape), Path, description = "The payment")),
    request_body = RefundBody,
    responses((status = OK, description = "The refund is under way", body = Told<RefundTold>), CommandProblems),
)]
pub async fn refund(
    State(services): State<Services>,
    Trader(identity): Trader,
    PathId(payment_id): PathId<PaymentId>,
    asking: Asking,
    body: Json<RefundBody>,
) -> Result<Telling<RefundTold>, Problem> {
    let (payment, _) = services.commands.load::<Payment>(payment_id).await?;
    let attempt = payment.attempt()?;
    let caller = party(&services, &identity, attempt.order_id).await?;
    let named = body.value.refund_account.as_ref();
    let refund_account = RefundAccount::seal(named, &services.vault, attempt.buyer_id).await?;
    let command = RefundPayment {
        payment_id,
        caller,
        amount: body.value.amount.map(Into::into),
        reason: body.value.reason.0,
        refund_id: RefundId::from_uuid(ambient::fresh_id()),
        refund_account,
    };
    let context = asking.context(identity.customer_id, &body.raw);
    let done = services.commands.dispatch(&context, command).await?;
    let told = RefundTold::of(&done.answer);
    Ok(Telling::done(&done, "the refund is under way", told))
}
