//! `POST /orders/{order_id}/shipments`

use axum::extract::State;
use commands::DispatchShipment;
use domain::{
    id::{Id, LineId, OrderId, SellerId, ShipmentId},
    order::Item,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::place::Quantity;
use crate::{
    answer::{Telling, Told},
    extract::{Asking, Json, PathId, Seller},
    input::{Items, LineIdShape, OrderIdShape, ShipmentIdShape, Text, only_objects},
    problem::{CommandProblems, Problem},
    services::Services,
};

const ITEMS_MAX: usize = 100;
/// Units of lines.
pub type ShipmentItems = Items<ShipmentItem, 1, ITEMS_MAX>;

/// A parcel handed to a carrier.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"carrier": "CJGLS", "invoice_number": "123456789012"}))]
pub struct ShipmentBody {
    /// The carrier's code.
    #[schema(inline)]
    carrier: Text<1, 50>,
    /// The carrier's number for the parcel.
    #[schema(inline)]
    invoice_number: Text<1, 100>,
    /// What is in it; everything of the seller's that is left where nothing is named.
    #[schema(inline)]
    items: Option<ShipmentItems>,
}

/// Part of a parcel's contents.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, remote = "Self")]
pub struct ShipmentItem {
    /// Of which line.
    #[schema(inline, value_type = LineIdShape)]
    order_item_id: LineId,
    /// How many units.
    #[schema(inline)]
    quantity: Quantity,
}

only_objects!(ShipmentItem);

impl From<ShipmentItem> for Item {
    fn from(item: ShipmentItem) -> Self {
        Self { line_id: item.order_item_id, quantity: item.quantity.as_u32() }
    }
}

/// A parcel.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShipmentTold {
    /// The order.
    #[schema(value_type = OrderIdShape)]
    pub order_id: OrderId,
    /// The parcel.
    #[schema(value_type = ShipmentIdShape)]
    pub shipment_id: ShipmentId,
}

/// Records that a seller handed a parcel to a carrier.
#[utoipa::path(
    post, path = "/orders/{order_id}/shipments", tag = "shipments", security(("token" = [])),
    params(("order_id" = inline(OrderIdShape), Path, description = "The order")),
    request_body = ShipmentBody,
    responses((status = CREATED, description = "The parcel is under way", body = Told<ShipmentTold>), CommandProblems),
)]
pub async fn ship(
    State(services): State<Services>,
    Seller(seller): Seller,
    PathId(order_id): PathId<OrderId>,
    asking: Asking,
    body: Json<ShipmentBody>,
) -> Result<Telling<ShipmentTold>, Problem> {
    let command = DispatchShipment {
        order_id,
        seller_id: SellerId::of(seller.customer_id),
        shipment_id: ShipmentId::from_uuid(ambient::fresh_id()),
        carrier: body.value.carrier.0,
        invoice_number: body.value.invoice_number.0,
        items: body
            .value
            .items
            .map(|items| items.0.into_iter().map(Item::from).collect())
            .unwrap_or_default(),
    };
    let done = services.commands.dispatch(&asking.context(seller.customer_id, &body.raw), command).await?;
    let told = ShipmentTold { order_id: done.answer.order_id, shipment_id: done.answer.shipment_id };
    services.parcels.learn(told.shipment_id, told.order_id);
    Ok(Telling::created(&done, "the parcel is under way", told))
}
