//! `POST /orders`

use axum::extract::State;
use chrono::{DateTime, Utc};
use commands::{PlaceOrder, WantedLine};
use domain::id::{Id, LineId, OrderId, ProductId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::shapes::{Address, MoneyShape};
use crate::{
    answer::{Telling, Told},
    extract::{Asking, Buyer, Json},
    input::{Items, OrderIdShape, Price, ProductIdShape, Whole, only_objects},
    problem::{CommandProblems, Problem},
    services::Services,
};

/// The most units of one line.
const QUANTITY_MAX: i64 = 1_000_000;
/// How many units of one line.
pub type Quantity = Whole<1, QUANTITY_MAX>;
/// The most lines of an order.
const LINES_MAX: usize = 100;
type Lines = Items<LineBody, 1, LINES_MAX>;

/// An order to place.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderBody {
    /// What; a product stands in one line only.
    #[schema(inline)]
    lines: Lines,
    /// Where it goes.
    delivery_address: Address,
}

/// One line of an order.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, remote = "Self")]
#[schema(as = OrderLine)]
pub struct LineBody {
    /// What.
    #[schema(inline, value_type = ProductIdShape)]
    product_id: ProductId,
    /// How many.
    #[schema(inline)]
    quantity: Quantity,
    /// The price of one unit as the buyer saw it: if it is another one now, nothing is ordered.
    price: Option<Price>,
}

only_objects!(LineBody);

/// An order that waits for its payment.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderPlaced {
    /// The order.
    #[schema(value_type = OrderIdShape)]
    order_id: OrderId,
    /// What it costs.
    total: MoneyShape,
    /// When the payment window ends.
    pay_by: DateTime<Utc>,
}

/// Places an order and reserves its stock until the payment window ends.
#[utoipa::path(
    post, path = "/orders", tag = "orders", security(("token" = [])),
    request_body = OrderBody,
    responses((status = CREATED, description = "The order waits for its payment", body = Told<OrderPlaced>), CommandProblems),
)]
pub async fn place(
    State(services): State<Services>,
    Buyer(buyer): Buyer,
    asking: Asking,
    body: Json<OrderBody>,
) -> Result<Telling<OrderPlaced>, Problem> {
    let delivery_address = body.value.delivery_address.seal(&services.vault, buyer.customer_id).await?;
    let wanted = |line: LineBody| WantedLine {
        line_id: LineId::from_uuid(ambient::fresh_id()),
        product_id: line.product_id,
        quantity: line.quantity.as_u32(),
        seen_price: line.price.map(Into::into),
    };
    let command = PlaceOrder {
        order_id: OrderId::from_uuid(ambient::fresh_id()),
        buyer_id: buyer.customer_id,
        lines: merged(body.value.lines.0.into_iter().map(wanted)),
        delivery_address,
        policy: services.policy,
    };
    let done = services.commands.dispatch(&asking.context(buyer.customer_id, &body.raw), command).await?;
    let commands::OrderPlaced { order_id, total, pay_by } = done.answer;
    let placed = OrderPlaced { order_id, total: total.into(), pay_by };
    Ok(Telling::created(&done, "the order is placed", placed))
}

/// A product named twice at one price is one line: its reservation has room for one quantity.
fn merged(lines: impl Iterator<Item = WantedLine>) -> Vec<WantedLine> {
    let mut merged: Vec<WantedLine> = vec![];
    for line in lines {
        let same = |known: &&mut WantedLine| {
            known.product_id == line.product_id && known.seen_price == line.seen_price
        };
        match merged.iter_mut().find(same) {
            Some(known) => known.quantity = known.quantity.saturating_add(line.quantity),
            None => merged.push(line),
        }
    }
    merged
}
