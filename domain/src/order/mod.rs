//! An order: what was bought, whether it is paid, and how far each seller's part has come.
//!
//! Only what was agreed (`Terms`) and what the phase needs is kept. The unit of confirmation is a line (`PartLine`);
//! lines stand together in their seller's part of the order (`Part`), because one hold belongs to one seller.

mod approval;
mod confirm;
mod contest;
mod event;
mod fulfilment;
mod part;
mod pay;
mod refund;
mod refusal;
mod verbs;

use std::collections::BTreeMap;

pub use approval::Approving;
use chrono::{DateTime, Utc};
pub use confirm::HOLDBACK_MAX;
pub use contest::Contested;
pub use event::{
    CancelledBy, ConfirmedBy, DeliverySource, Item, Line, OrderEvent, RefundCause, RefundedLine,
};
pub use fulfilment::{ConfirmPeriod, Dispatch};
pub use part::{Part, PartLine, Shipment};
pub use refund::{PendingRefund, RefundLines, Shares};
pub use refusal::OrderRefusal;
pub use verbs::{CreateOrder, sellers_of};

use serde::Serialize;

use crate::{
    Money, Sealed,
    aggregate::Aggregate,
    id::{CustomerId, LineId, OrderId, PaymentId, RefundId, SellerId},
};

/// The fold of an order's events.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub enum Order {
    /// Never placed.
    #[default]
    Absent,
    /// Placed; the buyer has until `pay_by`.
    AwaitingPayment(Terms, Window),
    /// Paid; delivery and confirmation are under way, or done.
    Paid(Terms, Paid),
    /// Given up after payment; the money is on its way back.
    Cancelling(Terms, Cancelling),
    /// Given up, and nothing is held.
    Cancelled(Terms),
    /// Never paid.
    Expired(Terms),
}

/// What was agreed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Terms {
    /// The order.
    pub order_id: OrderId,
    /// Whose.
    pub buyer_id: CustomerId,
    /// What.
    pub lines: Vec<Line>,
    /// The sum of the lines.
    pub total: Money,
    /// Where it goes, sealed under the buyer's key.
    pub delivery_address: Sealed,
    /// All attempts to pay.
    pub attempts: Vec<PaymentId>,
    /// Those of them that came to nothing.
    pub failed_attempts: Vec<PaymentId>,
}

/// An unpaid order's window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Window {
    /// When it ends.
    pub pay_by: DateTime<Utc>,
    /// The attempt that may be captured at any moment, if there is one.
    pub approving: Option<Approving>,
}

/// A paid order's progress.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Paid {
    /// By which attempt.
    pub payment_id: PaymentId,
    /// Each seller's part.
    pub parts: BTreeMap<SellerId, Part>,
    /// Refunds of single lines that are under way.
    pub refunds: Vec<PendingRefund>,
}

/// A paid order that is given up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cancelling {
    /// The payment that is refunded.
    pub payment_id: PaymentId,
    /// By which refund.
    pub refund_id: RefundId,
    /// By whom.
    pub by: CancelledBy,
    /// Why.
    pub reason: String,
    /// Whether the goods are still on the shelf.
    pub restock: bool,
    /// How far the order had come.
    pub paid: Paid,
}

impl Cancelling {
    /// The units that return to the stock with the end of the cancellation.
    pub fn to_restock(&self) -> Vec<Item> {
        let whole = self.paid.lines().filter(|(_, _, line)| self.restock && line.units > 0);
        let whole = whole.map(|(_, line_id, line)| Item { line_id, quantity: line.units });
        let parts = self.paid.refunds.iter().flat_map(|pending| pending.restock.iter().copied());
        let mut all: BTreeMap<LineId, u32> = BTreeMap::new();
        for Item { line_id, quantity } in whole.chain(parts) {
            let sum = all.entry(line_id).or_default();
            *sum = sum.saturating_add(quantity);
        }
        all.into_iter().map(|(line_id, quantity)| Item { line_id, quantity }).collect()
    }
}

impl Terms {
    /// The sellers of the order, each once, with the sum of their lines.
    pub fn sums_by_seller(&self) -> BTreeMap<SellerId, Money> {
        let mut sums: BTreeMap<SellerId, Money> = BTreeMap::new();
        for line in &self.lines {
            let sum = sums.entry(line.seller_id).or_insert(Money::zero(line.amount.currency));
            sum.amount = sum.amount.saturating_add(line.amount.amount);
        }
        sums
    }
}

impl Order {
    /// What was agreed, if anything was.
    pub fn terms(&self) -> Result<&Terms, OrderRefusal> {
        match self {
            Self::Absent => Err(OrderRefusal::UnknownOrder),
            Self::AwaitingPayment(terms, _)
            | Self::Paid(terms, _)
            | Self::Cancelling(terms, _)
            | Self::Cancelled(terms)
            | Self::Expired(terms) => Ok(terms),
        }
    }

    fn into_terms(self) -> Option<Terms> {
        match self {
            Self::Absent => None,
            Self::AwaitingPayment(terms, _)
            | Self::Paid(terms, _)
            | Self::Cancelling(terms, _)
            | Self::Cancelled(terms)
            | Self::Expired(terms) => Some(terms),
        }
    }

    fn terms_mut(&mut self) -> Option<&mut Terms> {
        match self {
            Self::Absent => None,
            Self::AwaitingPayment(terms, _)
            | Self::Paid(terms, _)
            | Self::Cancelling(terms, _)
            | Self::Cancelled(terms)
            | Self::Expired(terms) => Some(terms),
        }
    }

    fn become_with(&mut self, next: impl FnOnce(Terms) -> Self) {
        if let Some(terms) = std::mem::take(self).into_terms() {
            *self = next(terms);
        }
    }
}

impl Aggregate for Order {
    const TYPE: &'static str = "order";
    type Id = OrderId;
    type Event = OrderEvent;

    fn evolve(&mut self, event: &OrderEvent) {
        match event {
            OrderEvent::OrderCreated { order_id, buyer_id, lines, total, pay_by, delivery_address } => {
                let terms = Terms {
                    order_id: *order_id,
                    buyer_id: *buyer_id,
                    lines: lines.clone(),
                    total: *total,
                    delivery_address: delivery_address.clone(),
                    attempts: vec![],
                    failed_attempts: vec![],
                };
                *self = Self::AwaitingPayment(terms, Window { pay_by: *pay_by, approving: None });
            }
            OrderEvent::PaymentStarted { payment_id } => {
                if let Some(terms) = self.terms_mut() {
                    terms.attempts.push(*payment_id);
                }
            }
            OrderEvent::PaymentAttemptFailed { payment_id } => {
                if let Some(terms) = self.terms_mut() {
                    terms.failed_attempts.push(*payment_id);
                }
                self.approval_ended(*payment_id);
            }
            OrderEvent::ApprovalBegun { payment_id, until } => self.approval_begun(*payment_id, *until),
            OrderEvent::ApprovalEnded { payment_id } => self.approval_ended(*payment_id),
            OrderEvent::PaymentWindowExtended { pay_by } => {
                if let Self::AwaitingPayment(_, window) = self {
                    window.pay_by = *pay_by;
                }
            }
            OrderEvent::OrderPaid { payment_id, paid_at: _ } => {
                self.become_with(|terms| {
                    let parts = Part::all_of(&terms);
                    Self::Paid(terms, Paid { payment_id: *payment_id, parts, refunds: vec![] })
                });
            }
            OrderEvent::OrderExpired {} => self.become_with(Self::Expired),
            OrderEvent::CancelAccepted { by, reason, refund_id, restock } => {
                self.begin_cancelling(*by, reason, *refund_id, *restock);
            }
            OrderEvent::OrderCancelled { .. } => self.become_with(Self::Cancelled),
            OrderEvent::LinesRefunded { seller_id, refund_id } => {
                if let Some(paid) = self.progress_mut() {
                    paid.refunds.retain(|it| it.refund_id != *refund_id || it.seller_id != *seller_id);
                }
            }
            OrderEvent::ShipmentDispatched { .. }
            | OrderEvent::ShipmentDelivered { .. }
            | OrderEvent::ConfirmationDue { .. }
            | OrderEvent::ConfirmationHeld { .. }
            | OrderEvent::LinesContested { .. }
            | OrderEvent::ContestEnded { .. }
            | OrderEvent::LinesRefundCommitted { .. }
            | OrderEvent::EscrowConfirmed { .. } => self.evolve_part(event),
        }
    }
}

impl Order {
    fn begin_cancelling(&mut self, by: CancelledBy, reason: &str, refund_id: RefundId, restock: bool) {
        if let Self::Paid(terms, paid) = self {
            let reason = reason.to_owned();
            let payment_id = paid.payment_id;
            let cancelling = Cancelling { payment_id, refund_id, by, reason, restock, paid: paid.clone() };
            *self = Self::Cancelling(terms.clone(), cancelling);
        }
    }

    fn evolve_part(&mut self, event: &OrderEvent) {
        let (OrderEvent::ShipmentDispatched { seller_id, .. }
        | OrderEvent::ShipmentDelivered { seller_id, .. }
        | OrderEvent::ConfirmationDue { seller_id, .. }
        | OrderEvent::ConfirmationHeld { seller_id, .. }
        | OrderEvent::LinesContested { seller_id, .. }
        | OrderEvent::ContestEnded { seller_id, .. }
        | OrderEvent::LinesRefundCommitted { seller_id, .. }
        | OrderEvent::EscrowConfirmed { seller_id, .. }) = event
        else {
            return;
        };
        let Some(paid) = self.progress_mut() else { return };
        if let Some(part) = paid.parts.get_mut(seller_id) {
            part.evolve(event);
        }
        paid.committed(event);
    }
}
