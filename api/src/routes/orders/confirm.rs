//! `POST /orders/{order_id}/confirm`

use axum::extract::State;
use commands::{ConfirmOrder, ConfirmedPart};
use domain::id::{EscrowId, LineId, OrderId, SellerId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::shapes::MoneyShape;
use crate::{
    answer::{Telling, Told},
    extract::{Asking, Buyer, Json, PathId},
    input::{EscrowIdShape, LineIdShape, OrderIdShape, SellerIdShape},
    problem::{CommandProblems, Problem},
    services::Services,
};

/// Which lines are accepted.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({}))]
pub struct ConfirmBody {
    /// The lines; everything that is shipped where none is named.
    #[schema(value_type = Option<Vec<LineIdShape>>)]
    order_item_ids: Option<Vec<LineId>>,
}

/// An order whose goods are accepted.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderConfirmed {
    /// The order.
    #[schema(value_type = OrderIdShape)]
    order_id: OrderId,
    /// Always `confirmed`, said of the lines.
    status: &'static str,
    /// What was released to whom; nothing where it had been released before.
    released: Vec<Released>,
}

/// One seller's money.
#[derive(Debug, Serialize, ToSchema)]
pub struct Released {
    /// The seller.
    #[schema(value_type = SellerIdShape)]
    seller_id: SellerId,
    /// The hold.
    #[schema(value_type = EscrowIdShape)]
    escrow_id: EscrowId,
    /// For which lines.
    #[schema(value_type = Vec<LineIdShape>)]
    order_item_ids: Vec<LineId>,
    /// What left the hold.
    amount: MoneyShape,
    /// What of it is the seller's, after commission and its tax.
    net: MoneyShape,
}

impl From<ConfirmedPart> for Released {
    fn from(part: ConfirmedPart) -> Self {
        let ConfirmedPart { seller_id, escrow_id, lines, amount, net } = part;
        Self { seller_id, escrow_id, order_item_ids: lines, amount: amount.into(), net: net.into() }
    }
}

/// Confirms that goods have arrived and are accepted: their sellers are paid, the rest stays held.
#[utoipa::path(
    post, path = "/orders/{order_id}/confirm", tag = "orders", security(("token" = [])),
    params(("order_id" = inline(OrderIdShape), Path, description = "The order")),
    request_body(content = Option<ConfirmBody>, description = "Which lines; nothing means all that are shipped"),
    responses((status = OK, description = "Confirmed", body = Told<OrderConfirmed>), CommandProblems),
)]
pub async fn confirm(
    State(services): State<Services>,
    Buyer(buyer): Buyer,
    PathId(order_id): PathId<OrderId>,
    asking: Asking,
    body: Option<Json<ConfirmBody>>,
) -> Result<Telling<OrderConfirmed>, Problem> {
    let (value, raw) = body.map(|body| (body.value, body.raw)).unwrap_or_default();
    let lines = value.order_item_ids.unwrap_or_default();
    let command = ConfirmOrder { order_id, buyer_id: buyer.customer_id, lines };
    let mut done = services.commands.dispatch(&asking.context(buyer.customer_id, &raw), command).await?;
    let released = std::mem::take(&mut done.answer.released).into_iter().map(Into::into).collect();
    let confirmed = OrderConfirmed { order_id, status: "confirmed", released };
    Ok(Telling::done(&done, "the order is confirmed", confirmed))
}
