//! `POST /shipments/{shipment_id}/registration`

use axum::extract::State;
use commands::{Caller, RegisterAnew};
use domain::id::ShipmentId;

use super::{super::orders::ship::ShipmentTold, delivered::order_of};
use crate::{
    answer::{Telling, Told},
    extract::{Asking, Operator, PathId},
    input::ShipmentIdShape,
    problem::{CommandProblems, Problem},
    services::Services,
};

/// Has the gateway's escrow told once more of a parcel that it could not be told of. Told already, or being told,
/// changes nothing.
#[utoipa::path(
    post, path = "/shipments/{shipment_id}/registration", tag = "shipments", security(("token" = [])),
    params(("shipment_id" = inline(ShipmentIdShape), Path, description = "The parcel")),
    responses((status = OK, description = "The gateway is told of the parcel", body = Told<ShipmentTold>), CommandProblems),
)]
pub async fn register(
    State(services): State<Services>,
    Operator(identity): Operator,
    PathId(shipment_id): PathId<ShipmentId>,
    asking: Asking,
) -> Result<Telling<ShipmentTold>, Problem> {
    let order_id = order_of(&services, shipment_id).await?;
    let caller = Caller::Operator(identity.customer_id);
    let command = RegisterAnew { order_id, shipment_id, caller };
    let done = services.commands.dispatch(&asking.context(identity.customer_id, &[]), command).await?;
    let told = ShipmentTold { order_id: done.answer.order_id, shipment_id: done.answer.shipment_id };
    Ok(Telling::done(&done, "the gateway is told of the parcel", told))
}
