//! `DELETE /orders/{order_id}/cancel`

use axum::extract::State;
use commands::{CancelOrder, CancelState};
use domain::{
    id::{Id, OrderId, RefundId},
    order::Order,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{super::refund_account::RefundAccount, access::party};
use crate::{
    answer::{Telling, Told},
    extract::{Asking, Json, PathId, Trader},
    input::{OrderIdShape, Text},
    problem::{CommandProblems, Problem},
    services::Services,
};

/// Why an order is given up.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "changed my mind"}))]
pub struct CancelBody {
    /// Why, as told to the other side and to the gateway.
    #[schema(inline)]
    reason: Text<1, 200>,
    /// Where a deposit goes back to. Wanted where the order was paid by virtual account through PortOne V1, NicePay or
    /// Toss Payments; the buyer or an operator names it.
    refund_account: Option<RefundAccount>,
}

/// An order that is given up.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderCancelled {
    /// The order.
    #[schema(value_type = OrderIdShape)]
    pub order_id: OrderId,
    /// `cancelled`, or `cancelling` until the money is back.
    pub status: &'static str,
}

impl OrderCancelled {
    /// The answer, and what it says in words.
    pub fn telling(order_id: OrderId, state: CancelState) -> (&'static str, Self) {
        match state {
            CancelState::Cancelled => ("the order is cancelled", Self { order_id, status: "cancelled" }),
            CancelState::Cancelling => (
                "the order is being cancelled; the money is on its way back",
                Self { order_id, status: "cancelling" },
            ),
        }
    }
}

/// Gives an order up before anything is shipped. Paid money goes back.
#[utoipa::path(
    delete, path = "/orders/{order_id}/cancel", tag = "orders", security(("token" = [])),
    params(("order_id" = inline(OrderIdShape), Path, description = "The order")),
    request_body = CancelBody,
    responses((status = OK, description = "Cancelled, or being cancelled", body = Told<OrderCancelled>), CommandProblems),
)]
pub async fn cancel(
    State(services): State<Services>,
    Trader(identity): Trader,
    PathId(order_id): PathId<OrderId>,
    asking: Asking,
    body: Json<CancelBody>,
) -> Result<Telling<OrderCancelled>, Problem> {
    let caller = party(&services, &identity, order_id).await?;
    let refund_id = RefundId::from_uuid(ambient::fresh_id());
    let refund_account = match &body.value.refund_account {
        None => None,
        named @ Some(_) => {
            let buyer = services.commands.load::<Order>(order_id).await?.0.terms()?.buyer_id;
            RefundAccount::seal(named.as_ref(), &services.vault, buyer).await?
        }
    };
    let reason = body.value.reason.0;
    let command = CancelOrder { order_id, caller, reason, refund_id, refund_account };
    let context = asking.context(identity.customer_id, &body.raw);
    let done = services.commands.dispatch(&context, command).await?;
    let (message, cancelled) = OrderCancelled::telling(done.answer.order_id, done.answer.state);
    Ok(Telling::done(&done, message, cancelled))
}
