//! `POST /orders/{order_id}/lines/cancel`

use axum::extract::State;
use commands::{GiveUpLines, LinesGivenUp};
use domain::{
    id::{Id, OrderId, RefundId},
    order::Order,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    super::{refund_account::RefundAccount, shapes::MoneyShape},
    access::party,
    ship::ShipmentItems,
};
use crate::{
    answer::{Telling, Told},
    extract::{Asking, Json, PathId, Trader},
    input::{OrderIdShape, RefundIdShape, Text},
    problem::{CommandProblems, Problem},
    services::Services,
};

/// What of an order is given up.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GiveUpBody {
    /// How many units of which lines.
    #[schema(inline)]
    items: ShipmentItems,
    /// Why, as told to the other side and to the gateway.
    #[schema(inline)]
    reason: Text<1, 200>,
    /// Where a deposit goes back to. Wanted where the order was paid by virtual account through PortOne V1, NicePay or
    /// Toss Payments; the buyer or an operator names it.
    refund_account: Option<RefundAccount>,
}

/// Lines whose money goes back.
#[derive(Debug, Serialize, ToSchema)]
pub struct LinesCancelled {
    /// The order.
    #[schema(value_type = OrderIdShape)]
    order_id: OrderId,
    /// The refund; none where nothing was left to give back.
    #[schema(value_type = Option<RefundIdShape>)]
    refund_id: Option<RefundId>,
    /// What goes back.
    amount: MoneyShape,
    /// Whether nothing of the order is left.
    whole_order: bool,
}

/// Gives up units of lines that are not shipped yet: a buyer those they do not want any more, a seller those they have
/// none of. Their money goes back, the rest of the order goes on.
#[utoipa::path(
    post, path = "/orders/{order_id}/lines/cancel", tag = "orders", security(("token" = [])),
    params(("order_id" = inline(OrderIdShape), Path, description = "The order")),
    request_body = GiveUpBody,
    responses((status = OK, description = "The money is going back", body = Told<LinesCancelled>), CommandProblems),
)]
pub async fn give_up(
    State(services): State<Services>,
    Trader(identity): Trader,
    PathId(order_id): PathId<OrderId>,
    asking: Asking,
    body: Json<GiveUpBody>,
) -> Result<Telling<LinesCancelled>, Problem> {
    let caller = party(&services, &identity, order_id).await?;
    let refund_account = match &body.value.refund_account {
        None => None,
        named @ Some(_) => {
            let buyer = services.commands.load::<Order>(order_id).await?.0.terms()?.buyer_id;
            RefundAccount::seal(named.as_ref(), &services.vault, buyer).await?
        }
    };
    let command = GiveUpLines {
        order_id,
        caller,
        items: body.value.items.0.into_iter().map(Into::into).collect(),
        reason: body.value.reason.0,
        refund_id: RefundId::from_uuid(ambient::fresh_id()),
        refund_account,
        policy: services.policy,
    };
    let done = services.commands.dispatch(&asking.context(identity.customer_id, &body.raw), command).await?;
    let LinesGivenUp { order_id, refund_id, amount, whole_order } = done.answer;
    let told = LinesCancelled { order_id, refund_id, amount: amount.into(), whole_order };
    Ok(Telling::done(&done, "the lines are given up; their money is on its way back", told))
}
