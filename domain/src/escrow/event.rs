//! The storage format of holds.

use serde::{Deserialize, Serialize};

use crate::{
    Money,
    aggregate::Event,
    id::{EscrowId, OrderId, PaymentId, RefundId, SellerId},
    payment::{Custody, Gateway},
};

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
    },
    /// Locked money may move again.
    EscrowUnlocked {
        /// How much.
        amount: Money,
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
    },
    /// Held money is to go back to the buyer.
    EscrowRefundCommitted {
        /// By which refund.
        refund_id: RefundId,
        /// How much.
        amount: Money,
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
            Self::EscrowClosed {} => "EscrowClosed",
        }
    }
}
