//! The gateway's own escrow: what it was told, and how far it says it is.

use chrono::{DateTime, Utc};
use domain::{
    escrow::{Escrow, GatewayEscrow},
    id::{EscrowId, ShipmentId},
};
use store::Desk;

use crate::{Command, Step, Stop};

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
