//! The gateway's own escrow: what it was told, and how far it says it is.

use chrono::{DateTime, Utc};
use domain::{
    escrow::{Escrow, EscrowRefusal, GatewayEscrow},
    id::{EscrowId, OrderId, ShipmentId},
    order::{Order, OrderRefusal},
};
use serde::{Deserialize, Serialize};
use store::Desk;

use crate::{Caller, Command, Step, Stop, refusal::CallerRefusal};

/// What is known of the gateway's escrow anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GatewayEscrowNews {
    /// It knows a parcel.
    Registered(ShipmentId),
    /// It could not be told of a parcel, with its reason code.
    NotRegistered(ShipmentId, String),
    /// It went on.
    WentOn(GatewayEscrow),
}

/// Records what is known of the gateway's escrow anew, at the hold it stands behind.
#[derive(Debug, Clone)]
pub struct RecordGatewayEscrow {
    /// Which hold.
    pub escrow_id: EscrowId,
    /// What is known.
    pub news: GatewayEscrowNews,
}

impl Command for RecordGatewayEscrow {
    type Answer = ();

    fn decide(&self, desk: &Desk<'_>, _now: DateTime<Utc>) -> Result<Step<()>, Stop> {
        let (escrow, version) = desk.get::<Escrow>(self.escrow_id)?;
        let events = match &self.news {
            GatewayEscrowNews::Registered(shipment) => escrow.logistics_registered(*shipment)?,
            GatewayEscrowNews::NotRegistered(shipment, reason) => {
                escrow.logistics_failed(*shipment, reason.clone())?
            }
            GatewayEscrowNews::WentOn(status) => escrow.gateway_went_on(*status)?,
        };
        Ok(Step::on::<Escrow>(self.escrow_id, version, events, ()))
    }
}

/// Has the gateway's escrow told once more of a parcel that it could not be told of.
#[derive(Debug, Clone, Copy)]
pub struct RegisterAnew {
    /// Of which order.
    pub order_id: OrderId,
    /// Which.
    pub shipment_id: ShipmentId,
    /// Who asks: an operator.
    pub caller: Caller,
}

/// A parcel that the gateway's escrow is told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisteredAnew {
    /// Of which order.
    pub order_id: OrderId,
    /// Which.
    pub shipment_id: ShipmentId,
}

impl Command for RegisterAnew {
    type Answer = RegisteredAnew;

    fn decide(&self, desk: &Desk<'_>, _now: DateTime<Utc>) -> Result<Step<RegisteredAnew>, Stop> {
        let (order_id, shipment_id) = (self.order_id, self.shipment_id);
        let (Caller::Operator(_), (order, _)) = (self.caller, desk.get::<Order>(order_id)?) else {
            return Err(CallerRefusal::NotYours.into());
        };
        let answer = RegisteredAnew { order_id, shipment_id };
        let Order::Paid(_, paid) = order else { return Err(EscrowRefusal::NothingToRegister.into()) };
        let mut parts = paid.parts.iter();
        let owner = parts.find(|(_, part)| part.shipments.contains_key(&shipment_id));
        let (seller_id, _) = owner.ok_or(OrderRefusal::UnknownShipment)?;
        let escrow_id = EscrowId::of(order_id, *seller_id);
        let (escrow, version) = desk.get::<Escrow>(escrow_id)?;
        let events = escrow.register_logistics_anew(shipment_id)?;
        Ok(Step::on::<Escrow>(escrow_id, version, events, answer))
    }
}
