//! The storage format of holds.

use serde::{Deserialize, Serialize};

use crate::{
    Money,
    aggregate::Event,
    contest::Contest,
    id::{EscrowId, OrderId, PaymentId, RefundId, SellerId, ShipmentId},
    payment::{Custody, Gateway},
};

/// How far the gateway's own escrow is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GatewayEscrow {
    /// The delivery is registered.
    Registered,
    /// The goods arrived.
    Delivered,
    /// The purchase is confirmed.
    Confirmed,
    /// The buyer refused the purchase.
    Rejected,
    /// The refusal was accepted.
    RejectionAccepted,
    /// The deal was called off.
    Cancelled,
}

/// What happened to the money held of one order for one seller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum EscrowEvent {
    /// A verified payment put money into the hold.
    EscrowFunded {
        /// The hold.
        escrow_id: EscrowId,
        /// Of which order.
        order_id: OrderId,
        /// For which seller.
        seller_id: SellerId,
        /// By which payment.
        payment_id: PaymentId,
        /// How much.
        amount: Money,
        /// Through which gateway.
        gateway: Gateway,
        /// Who keeps it.
        custody: Custody,
    },
    /// Part of the held money may not move.
    EscrowLocked {
        /// How much.
        amount: Money,
        /// Why.
        reason: String,
        /// For which claim or dispute, if it is for one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        contest: Option<Contest>,
    },
    /// Locked money may move again.
    EscrowUnlocked {
        /// How much.
        amount: Money,
        /// Whose lock it was, if a claim's or a dispute's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        contest: Option<Contest>,
    },
    /// Held money became the seller's, less the platform's commission.
    EscrowReleased {
        /// To whom.
        seller_id: SellerId,
        /// What left the hold.
        amount: Money,
        /// What the platform keeps of it.
        commission: Money,
        /// Value-added tax on the commission.
        commission_vat: Money,
        /// What the seller gets.
        net: Money,
        /// Whether no commission is taken: what makes up for a cost is no sale.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        fee_free: bool,
    },
    /// Held money is to go back to the buyer.
    EscrowRefundCommitted {
        /// By which refund.
        refund_id: RefundId,
        /// How much.
        amount: Money,
    },
    /// Money that was released goes back to the buyer after all: out of what the seller is owed, the rest is owed by
    /// the seller; the platform gives its commission back.
    ReleaseReversed {
        /// From whom.
        seller_id: SellerId,
        /// By which refund.
        refund_id: RefundId,
        /// What goes back to the buyer.
        amount: Money,
        /// What of it the platform had kept.
        commission: Money,
        /// The value-added tax on that.
        commission_vat: Money,
        /// What of it the seller had got.
        net: Money,
        /// What of the net the seller owes, because it is with them already.
        receivable: Money,
    },
    /// The gateway's escrow knows of a parcel.
    LogisticsRegistered {
        /// Which.
        shipment_id: ShipmentId,
    },
    /// The gateway's escrow could not be told of a parcel.
    LogisticsRegistrationFailed {
        /// Which.
        shipment_id: ShipmentId,
        /// The gateway's reason code.
        reason: String,
    },
    /// The gateway's escrow is to be told of a parcel once more.
    LogisticsRegistrationRequested {
        /// Of which order.
        order_id: OrderId,
        /// Whose.
        seller_id: SellerId,
        /// Which.
        shipment_id: ShipmentId,
    },
    /// The gateway's escrow went on, as a look-up shows.
    GatewayEscrowChanged {
        /// How far it is now.
        status: GatewayEscrow,
    },
    /// Nothing is held any more.
    EscrowClosed {},
}

impl Event for EscrowEvent {
    fn name(&self) -> &'static str {
        match self {
            Self::EscrowFunded { .. } => "EscrowFunded",
            Self::EscrowLocked { .. } => "EscrowLocked",
            Self::EscrowUnlocked { .. } => "EscrowUnlocked",
            Self::EscrowReleased { .. } => "EscrowReleased",
            Self::EscrowRefundCommitted { .. } => "EscrowRefundCommitted",
            Self::ReleaseReversed { .. } => "ReleaseReversed",
            Self::LogisticsRegistered { .. } => "LogisticsRegistered",
            Self::LogisticsRegistrationFailed { .. } => "LogisticsRegistrationFailed",
            Self::LogisticsRegistrationRequested { .. } => "LogisticsRegistrationRequested",
            Self::GatewayEscrowChanged { .. } => "GatewayEscrowChanged",
            Self::EscrowClosed {} => "EscrowClosed",
        }
    }
}
