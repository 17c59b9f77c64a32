//! The gateway's own escrow beside our hold: what it was told of parcels, and how far it says it is. It moves no money
//! of ours; it only forbids to release what the buyer has refused there.

use serde::Serialize;

use super::{Escrow, EscrowEvent, EscrowRefusal, GatewayEscrow, Hold};
use crate::id::ShipmentId;

/// What became of telling the gateway's escrow of a parcel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Registration {
    /// It knows the parcel.
    Done,
    /// It could not be told; somebody has to look.
    Failed,
    /// It is to be told once more.
    Requested,
}

impl GatewayEscrow {
    /// Whether the buyer refused the purchase there.
    pub const fn is_refused(self) -> bool {
        match self {
            Self::Rejected | Self::RejectionAccepted => true,
            Self::Registered | Self::Delivered | Self::Confirmed | Self::Cancelled => false,
        }
    }
}

impl Hold {
    /// Whether nothing is left to do about telling the gateway's escrow of a parcel.
    pub fn is_told(&self, shipment_id: ShipmentId) -> bool {
        match self.logistics.get(&shipment_id) {
            Some(Registration::Done | Registration::Failed) => true,
            Some(Registration::Requested) | None => false,
        }
    }
}

impl Escrow {
    /// Records that the gateway's escrow knows a parcel; known already changes nothing.
    pub fn logistics_registered(&self, shipment_id: ShipmentId) -> Result<Vec<EscrowEvent>, EscrowRefusal> {
        let known = self.hold()?.logistics.get(&shipment_id) == Some(&Registration::Done);
        Ok(if known { vec![] } else { vec![EscrowEvent::LogisticsRegistered { shipment_id }] })
    }

    /// Records that the gateway's escrow could not be told of a parcel; recorded already changes nothing.
    pub fn logistics_failed(
        &self,
        shipment_id: ShipmentId,
        reason: String,
    ) -> Result<Vec<EscrowEvent>, EscrowRefusal> {
        let known = self.hold()?.is_told(shipment_id);
        let failed = EscrowEvent::LogisticsRegistrationFailed { shipment_id, reason };
        Ok(if known { vec![] } else { vec![failed] })
    }

    /// Has the gateway's escrow told of a parcel once more. Told, or being told, already changes nothing.
    pub fn register_logistics_anew(
        &self,
        shipment_id: ShipmentId,
    ) -> Result<Vec<EscrowEvent>, EscrowRefusal> {
        let hold = self.hold()?;
        let (order_id, seller_id) = (hold.order_id, hold.seller_id);
        match hold.logistics.get(&shipment_id) {
            None => Err(EscrowRefusal::NothingToRegister),
            Some(Registration::Done | Registration::Requested) => Ok(vec![]),
            Some(Registration::Failed) => {
                Ok(vec![EscrowEvent::LogisticsRegistrationRequested { order_id, seller_id, shipment_id }])
            }
        }
    }

    /// Records how far the gateway's escrow is; seen already changes nothing.
    pub fn gateway_went_on(&self, status: GatewayEscrow) -> Result<Vec<EscrowEvent>, EscrowRefusal> {
        let known = self.hold()?.at_gateway == Some(status);
        Ok(if known { vec![] } else { vec![EscrowEvent::GatewayEscrowChanged { status }] })
    }

    /// The hold, whether money can still move or not.
    pub const fn hold(&self) -> Result<&Hold, EscrowRefusal> {
        match self {
            Self::Absent => Err(EscrowRefusal::NotFunded),
            Self::Open(hold) | Self::Closed(hold) => Ok(hold),
        }
    }

    pub(super) fn mirror(&mut self, event: &EscrowEvent) {
        let (Self::Open(hold) | Self::Closed(hold)) = self else { return };
        if let EscrowEvent::LogisticsRegistered { shipment_id } = event {
            hold.logistics.insert(*shipment_id, Registration::Done);
        } else if let EscrowEvent::LogisticsRegistrationFailed { shipment_id, .. } = event {
            hold.logistics.insert(*shipment_id, Registration::Failed);
        } else if let EscrowEvent::LogisticsRegistrationRequested { shipment_id, .. } = event {
            hold.logistics.insert(*shipment_id, Registration::Requested);
        } else if let EscrowEvent::GatewayEscrowChanged { status } = event {
            hold.at_gateway = Some(*status);
        }
    }
}
