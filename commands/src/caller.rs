//! In which part somebody asks.

use domain::{
    id::{CustomerId, SellerId},
    order::{CancelledBy, DeliverySource, Terms},
};

use crate::refusal::CallerRefusal;

/// Who asks, in the role that lets them. The outer edge has checked that they are who they say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// A buyer.
    Buyer(CustomerId),
    /// A seller.
    Seller(SellerId),
    /// An operator.
    Operator(CustomerId),
}

impl Caller {
    /// Whether the caller has a part in the order: its buyer, one of its sellers, or an operator.
    pub fn may_touch(self, terms: &Terms) -> Result<(), CallerRefusal> {
        let allowed = match self {
            Self::Buyer(buyer) => terms.buyer_id == buyer,
            Self::Seller(seller) => terms.lines.iter().any(|line| line.seller_id == seller),
            Self::Operator(_) => true,
        };
        if allowed { Ok(()) } else { Err(CallerRefusal::NotYours) }
    }

    /// Whether every line of the order is the caller's to give up: a seller alone cannot cancel another's sale.
    pub fn may_cancel(self, terms: &Terms) -> Result<(), CallerRefusal> {
        let allowed = match self {
            Self::Buyer(buyer) => terms.buyer_id == buyer,
            Self::Seller(seller) => terms.lines.iter().all(|line| line.seller_id == seller),
            Self::Operator(_) => true,
        };
        if allowed { Ok(()) } else { Err(CallerRefusal::NotYours) }
    }

    /// The caller as who cancels.
    pub const fn cancels_as(self) -> CancelledBy {
        match self {
            Self::Buyer(_) => CancelledBy::Buyer,
            Self::Seller(_) => CancelledBy::Seller,
            Self::Operator(_) => CancelledBy::Operator,
        }
    }

    /// The caller as who says that a parcel arrived.
    pub const fn delivers_as(self) -> DeliverySource {
        match self {
            Self::Buyer(_) => DeliverySource::Buyer,
            Self::Seller(_) => DeliverySource::Seller,
            Self::Operator(_) => DeliverySource::Operator,
        }
    }
}
