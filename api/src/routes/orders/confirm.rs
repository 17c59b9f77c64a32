//! `POST /orders/{order_id}/confirm`

use axum::extract::State;
use commands::{ConfirmOrder, ConfirmedPart};
use domain::id::{EscrowId, OrderId, SellerId};
use serde::Serialize;
use utoipa::ToSchema;

use super::super::shapes::MoneyShape;
use crate::{
    answer::{Telling, Told},
    extract::{Asking, Buyer, PathId},
    input::{EscrowIdShape, OrderIdShape, SellerIdShape},
    problem::{CommandProblems, Problem},
    services::Services,
};

/// An order whose goods are accepted.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderConfirmed {
    /// The order.
    #[schema(value_type = OrderIdShape)]
    order_id: OrderId,
    /// Always `confirmed`.
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
    /// What left the hold.
    amount: MoneyShape,
    /// What of it is the seller's, after commission and its tax.
    net: MoneyShape,
}

impl From<ConfirmedPart> for Released {
    fn from(part: ConfirmedPart) -> Self {
        let ConfirmedPart { seller_id, escrow_id, amount, net } = part;
        Self { seller_id, escrow_id, amount: amount.into(), net: net.into() }
    }
}

/// Confirms that the goods have arrived and are accepted: the sellers are paid.
#[utoipa::path(
    post, path = "/orders/{order_id}/confirm", tag = "orders", security(("token" = [])),
    params(("order_id" = inline(OrderIdShape), Path, description = "The order")),
    responses((status = OK, description = "Confirmed", body = Told<OrderConfirmed>), CommandProblems),
)]
pub async fn confirm(
    State(services): State<Services>,
    Buyer(buyer): Buyer,
    PathId(order_id): PathId<OrderId>,
    asking: Asking,
) -> Result<Telling<OrderConfirmed>, Problem> {
    let command = ConfirmOrder { order_id, buyer_id: buyer.customer_id };
    let mut done = services.commands.dispatch(&asking.context(buyer.customer_id, &[]), command).await?;
    let released = std::mem::take(&mut done.answer.released).into_iter().map(Into::into).collect();
    let confirmed = OrderConfirmed { order_id, status: "confirmed", released };
    Ok(Telling::done(&done, "the order is confirmed", confirmed))
}
