//! The storage format of sellers.

use serde::{Deserialize, Serialize};

use crate::{
    Money,
    aggregate::Event,
    id::{EscrowId, OrderId, RefundId, SellerId},
};

/// The platform's commission: `rate` hundred-thousandths of the gross amount, rounded down in the seller's favour,
/// and 10 % value-added tax on the commission, rounded half up. 10 % is `10_000`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commission {
    /// Hundred-thousandths (the unit of PortOne's platform contracts).
    pub rate: u32,
}

/// What happened to a seller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum SellerEvent {
    /// A customer became a seller under a contract.
    SellerRegistered {
        /// Who.
        seller_id: SellerId,
        /// On which terms.
        commission: Commission,
    },
    /// The seller may sell.
    SellerActivated {},
    /// The seller may not take new orders.
    SellerSuspended {
        /// Why.
        reason: String,
    },
    /// A released escrow increased what the seller is to be paid.
    SellerCredited {
        /// By which hold.
        escrow_id: EscrowId,
        /// Of which order.
        order_id: OrderId,
        /// The net amount.
        amount: Money,
    },
    /// A release was reversed: what the seller is to be paid is less, and what is with them already they owe.
    SellerDebited {
        /// Of which hold.
        escrow_id: EscrowId,
        /// Of which order.
        order_id: OrderId,
        /// By which refund.
        refund_id: RefundId,
        /// The net amount.
        amount: Money,
        /// What of it the seller owes.
        receivable: Money,
    },
}

impl Event for SellerEvent {
    fn name(&self) -> &'static str {
        match self {
            Self::SellerRegistered { .. } => "SellerRegistered",
            Self::SellerActivated {} => "SellerActivated",
            Self::SellerSuspended { .. } => "SellerSuspended",
            Self::SellerCredited { .. } => "SellerCredited",
            Self::SellerDebited { .. } => "SellerDebited",
        }
    }
}
