//! What an order can be asked, from its beginning to its end.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::{CancelledBy, Line, Order, OrderEvent, OrderRefusal, Paid, Part};
use crate::{
    Money, Sealed,
    id::{CustomerId, OrderId, RefundId, SellerId},
};

/// Places an order.
#[derive(Debug, Clone)]
pub struct CreateOrder {
    /// The order.
    pub order_id: OrderId,
    /// Whose.
    pub buyer_id: CustomerId,
    /// What, at the products' own prices.
    pub lines: Vec<Line>,
    /// Where it goes.
    pub delivery_address: Sealed,
    /// When the payment window ends.
    pub pay_by: DateTime<Utc>,
}

impl Order {
    /// Places the order.
    pub fn create(&self, command: CreateOrder) -> Result<Vec<OrderEvent>, OrderRefusal> {
        if *self != Self::Absent {
            return Err(OrderRefusal::OrderAlreadyExists);
        }
        let CreateOrder { order_id, buyer_id, lines, delivery_address, pay_by } = command;
        let first = lines.first().ok_or(OrderRefusal::NoLines)?;
        if lines.iter().any(|line| line.quantity == 0) {
            return Err(OrderRefusal::QuantityNotPositive);
        }
        if lines.iter().any(|line| line.seller_id.customer() == buyer_id) {
            return Err(OrderRefusal::BuyerIsSeller);
        }
        let mut products = BTreeSet::new();
        for line in &lines {
            if !products.insert(line.product_id) {
                return Err(OrderRefusal::ProductRepeated { product_id: line.product_id });
            }
            let actual = line.unit_price.times(line.quantity)?;
            if line.amount != actual {
                return Err(OrderRefusal::PriceChanged { named: line.amount, actual });
            }
        }
        let total = Money::sum(first.amount.currency, lines.iter().map(|line| line.amount))?;
        Ok(vec![OrderEvent::OrderCreated { order_id, buyer_id, lines, total, delivery_address, pay_by }])
    }

    /// Gives the order up before anything is shipped. An unpaid order is over at once; a paid one waits for its
    /// refund. Given up already changes nothing.
    pub fn cancel(
        &self,
        by: CancelledBy,
        reason: String,
        refund_id: RefundId,
        now: DateTime<Utc>,
    ) -> Result<Vec<OrderEvent>, OrderRefusal> {
        self.no_approval_at(now)?;
        match self {
            Self::Absent => Err(OrderRefusal::UnknownOrder),
            Self::AwaitingPayment(..) => Ok(vec![OrderEvent::OrderCancelled { by, reason }]),
            Self::Paid(_, paid) if paid.any(Part::has_confirmed) => Err(OrderRefusal::AlreadyConfirmed),
            Self::Paid(_, paid) if paid.any(|part| !part.shipments.is_empty()) => {
                Err(OrderRefusal::AlreadyShipped)
            }
            Self::Paid(_, paid) => {
                paid.uncontested()?;
                Ok(vec![OrderEvent::CancelAccepted { by, reason, refund_id, restock: true }])
            }
            Self::Cancelling(..) | Self::Cancelled(_) => Ok(vec![]),
            Self::Expired(_) => Err(OrderRefusal::OrderHasExpired),
        }
    }

    /// Gives a paid order up although goods may be on their way: the whole amount is refunded and goods that left
    /// do not return to the stock. Given up already changes nothing.
    pub fn refund_in_full(
        &self,
        by: CancelledBy,
        reason: String,
        refund_id: RefundId,
    ) -> Result<Vec<OrderEvent>, OrderRefusal> {
        if let Self::Cancelling(..) | Self::Cancelled(_) = self {
            return Ok(vec![]);
        }
        let paid = self.paid()?;
        if paid.any(Part::has_confirmed) {
            return Err(OrderRefusal::AlreadyConfirmed);
        }
        paid.uncontested()?;
        let restock = !paid.any(|part| !part.shipments.is_empty());
        Ok(vec![OrderEvent::CancelAccepted { by, reason, refund_id, restock }])
    }

    /// Ends a cancellation whose refund was carried out; ended already changes nothing.
    pub fn refunded(&self, refund_id: RefundId) -> Result<Vec<OrderEvent>, OrderRefusal> {
        match self {
            Self::Cancelling(_, cancelling) if cancelling.refund_id == refund_id => {
                let (by, reason) = (cancelling.by, cancelling.reason.clone());
                Ok(vec![OrderEvent::OrderCancelled { by, reason }])
            }
            Self::Cancelled(_) => Ok(vec![]),
            Self::Absent => Err(OrderRefusal::UnknownOrder),
            Self::Cancelling(..) | Self::AwaitingPayment(..) | Self::Paid(..) | Self::Expired(_) => {
                Err(OrderRefusal::NotCancelling)
            }
        }
    }
}

impl Paid {
    fn any(&self, test: impl FnMut(&Part) -> bool) -> bool {
        self.parts.values().any(test)
    }

    fn uncontested(&self) -> Result<(), OrderRefusal> {
        match self.parts.values().find_map(Part::contested) {
            Some((line_id, contest)) => Err(OrderRefusal::ContestIsOpen { line_id, contest }),
            None => Ok(()),
        }
    }
}

/// The sellers named in `lines`, each once.
pub fn sellers_of(lines: &[Line]) -> BTreeSet<SellerId> {
    lines.iter().map(|line| line.seller_id).collect()
}
