//! `POST /shipments/{shipment_id}/delivered`

use axum::extract::State;
use commands::{RecordDelivery, SaidBy};
use domain::id::{OrderId, ShipmentId};
use projections::{Projection, orders};

use super::super::orders::{party, ship::ShipmentTold};
use crate::{
    answer::{Telling, Told},
    extract::{Asking, AtLeast, PathId, Trader},
    input::ShipmentIdShape,
    problem::{CommandProblems, Kind, Problem},
    services::Services,
};

/// Records that a parcel has arrived. With a seller's last one the confirmation period begins.
#[utoipa::path(
    post, path = "/shipments/{shipment_id}/delivered", tag = "shipments", security(("token" = [])),
    params(("shipment_id" = inline(ShipmentIdShape), Path, description = "The parcel")),
    responses((status = OK, description = "The parcel has arrived", body = Told<ShipmentTold>), CommandProblems),
)]
pub async fn delivered(
    State(services): State<Services>,
    Trader(identity): Trader,
    PathId(shipment_id): PathId<ShipmentId>,
    asking: Asking,
) -> Result<Telling<ShipmentTold>, Problem> {
    let order_id = order_of(&services, shipment_id).await?;
    let said_by = SaidBy::Caller(party(&services, &identity, order_id).await?);
    let policy = services.policy;
    let command = RecordDelivery { order_id, shipment_id, said_by, delivered_at: None, policy };
    let done = services.commands.dispatch(&asking.context(identity.customer_id, &[]), command).await?;
    let told = ShipmentTold { order_id: done.answer.order_id, shipment_id: done.answer.shipment_id };
    Ok(Telling::done(&done, "the parcel has arrived", told))
}

/// A parcel's stream is its order's, which only the view knows. A parcel that is not there yet may be on its way
/// into the view, so it is looked for again when the view has caught up.
pub(super) async fn order_of(services: &Services, shipment_id: ShipmentId) -> Result<OrderId, Problem> {
    if let Some(order_id) = services.parcels.order_of(shipment_id) {
        return Ok(order_id);
    }
    let mut found = orders::find_shipment(&services.views, shipment_id).await?;
    if found.is_none() {
        let views = services.views_at(Projection::Orders, AtLeast(services.feed.head())).await?;
        found = orders::find_shipment(views, shipment_id).await?;
    }
    let found = found.and_then(|shipment| shipment.order_id.parse().ok());
    let order_id = found.ok_or_else(|| Problem::plain(Kind::UnknownShipment))?;
    services.parcels.learn(shipment_id, order_id);
    Ok(order_id)
}
