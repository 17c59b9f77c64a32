//! Money of single lines that goes back while the rest of the order goes on: units given up before they were shipped,
//! a price that is reduced afterwards, goods that came back.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{
    ConfirmPeriod, Item, Order, OrderEvent, OrderRefusal, Paid, Part, PartLine, RefundCause, RefundedLine,
};
use crate::{
    Money,
    contest::Contest,
    id::{LineId, RefundId, SellerId},
};

/// What of which lines.
pub type Shares = Vec<RefundedLine>;

/// Lines whose money is on its way back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PendingRefund {
    /// Whose lines.
    pub seller_id: SellerId,
    /// By which refund.
    pub refund_id: RefundId,
    /// The units that return to the stock with it.
    pub restock: Vec<Item>,
    /// The claim or dispute that waits for it.
    pub contest: Option<Contest>,
}

/// Refunds single lines of one seller.
#[derive(Debug, Clone)]
pub struct RefundLines {
    /// Whose lines.
    pub seller_id: SellerId,
    /// By which refund.
    pub refund_id: RefundId,
    /// Why.
    pub cause: RefundCause,
    /// Why, as told.
    pub reason: String,
    /// What of which lines.
    pub parts: Shares,
    /// Whether the units return to the stock.
    pub restock: bool,
    /// Because of which claim or dispute.
    pub contest: Option<Contest>,
}

impl Order {
    /// Gives units up that no carrier has: whose they are, and what of the lines' money goes back. Several sellers'
    /// lines are several events of one refund.
    pub fn give_up_lines(
        &self,
        items: &[Item],
        (cause, refund_id): (RefundCause, RefundId),
        reason: &str,
        period: ConfirmPeriod,
    ) -> Result<Vec<OrderEvent>, OrderRefusal> {
        let paid = self.paid()?;
        if paid.refunds.iter().any(|pending| pending.refund_id == refund_id) {
            return Ok(vec![]);
        }
        let mut by_seller: BTreeMap<SellerId, Vec<RefundedLine>> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        for Item { line_id, quantity } in items.iter().copied() {
            if !seen.insert(line_id) {
                return Err(OrderRefusal::LineRepeated { line_id });
            }
            let (seller_id, line) = paid.open_line(line_id)?;
            if line.is_shipped() {
                return Err(OrderRefusal::AlreadyShipped);
            }
            if quantity == 0 || quantity > line.unshipped {
                let (wanted, available) = (quantity, line.unshipped);
                return Err(OrderRefusal::QuantityExceedsLine { line_id, wanted, available });
            }
            let amount = line.worth(quantity)?;
            by_seller.entry(seller_id).or_default().push(RefundedLine { line_id, quantity, amount });
        }
        let restock = cause == RefundCause::Cancelled;
        let mut events = vec![];
        for (seller_id, parts) in by_seller {
            let reason = reason.to_owned();
            let command = RefundLines { seller_id, refund_id, cause, reason, parts, restock, contest: None };
            let part = paid.parts.get(&seller_id).ok_or(OrderRefusal::NotASellerOfThisOrder)?;
            let committed = command.event(part);
            let due = part.falling_due(seller_id, std::slice::from_ref(&committed), period)?;
            events.push(committed);
            events.extend(due);
        }
        Ok(events)
    }

    /// Commits money of lines to a refund whose amounts were decided elsewhere; the same refund again changes nothing.
    pub fn refund_lines(&self, command: RefundLines) -> Result<Vec<OrderEvent>, OrderRefusal> {
        let paid = self.paid()?;
        let is_it = |pending: &PendingRefund| {
            pending.refund_id == command.refund_id && pending.seller_id == command.seller_id
        };
        if paid.refunds.iter().any(is_it) {
            return Ok(vec![]);
        }
        for share in &command.parts {
            paid.line(share.line_id)?;
        }
        let part = paid.parts.get(&command.seller_id).ok_or(OrderRefusal::NotASellerOfThisOrder)?;
        Ok(vec![command.event(part)])
    }

    /// Records that the money of single lines is back: what that refund was for, once. Lines of an order that was
    /// given up meanwhile are part of its end.
    pub fn lines_refunded(&self, refund_id: RefundId) -> Vec<OrderEvent> {
        let pending = self.progress().map(|paid| paid.refunds.as_slice()).unwrap_or_default();
        let of_it = pending.iter().filter(|pending| pending.refund_id == refund_id);
        of_it.map(|pending| OrderEvent::LinesRefunded { seller_id: pending.seller_id, refund_id }).collect()
    }

    /// A paid order's progress, also while the whole of it is being given up.
    pub const fn progress(&self) -> Option<&Paid> {
        match self {
            Self::Paid(_, paid) => Some(paid),
            Self::Cancelling(_, cancelling) => Some(&cancelling.paid),
            Self::Absent | Self::AwaitingPayment(..) | Self::Cancelled(_) | Self::Expired(_) => None,
        }
    }

    pub(super) fn progress_mut(&mut self) -> Option<&mut Paid> {
        match self {
            Self::Paid(_, paid) => Some(paid),
            Self::Cancelling(_, cancelling) => Some(&mut cancelling.paid),
            Self::Absent | Self::AwaitingPayment(..) | Self::Cancelled(_) | Self::Expired(_) => None,
        }
    }
}

impl RefundLines {
    fn event(self, part: &Part) -> OrderEvent {
        let Self { seller_id, refund_id, cause, reason, parts, restock, contest } = self;
        let stays = |line_id: &LineId, line: &PartLine| {
            let share = parts.iter().find(|share| share.line_id == *line_id);
            line.is_open() && line.units > share.map_or(0, |share| share.quantity)
        };
        let over = !part.lines.iter().any(|(line_id, line)| stays(line_id, line));
        OrderEvent::LinesRefundCommitted {
            seller_id,
            refund_id,
            cause,
            reason,
            parts,
            restock,
            contest,
            over,
        }
    }
}

impl Paid {
    /// Spreads an amount over one seller's open, uncontested lines in proportion to what is left of each.
    pub fn spread(&self, seller_id: SellerId, amount: Money) -> Result<Shares, OrderRefusal> {
        let part = self.parts.get(&seller_id).ok_or(OrderRefusal::NotASellerOfThisOrder)?;
        let open: Vec<(LineId, &PartLine)> = part
            .lines
            .iter()
            .filter(|(_, line)| line.is_open() && line.contest.is_none())
            .map(|(line_id, line)| (*line_id, line))
            .collect();
        let weights: Vec<i64> = open.iter().map(|(_, line)| line.left.amount).collect();
        let shares = amount.allocate(&weights)?;
        let lines = open.iter().zip(shares).filter(|(_, share)| share.is_positive());
        Ok(lines
            .map(|((line_id, _), amount)| RefundedLine { line_id: *line_id, quantity: 0, amount })
            .collect())
    }

    /// Whether giving up `items` leaves nothing of the order that anybody has or will have.
    pub fn is_all(&self, items: &[Item]) -> bool {
        self.lines().all(|(_, line_id, line)| {
            let given_up = items.iter().find(|item| item.line_id == line_id).map_or(0, |item| item.quantity);
            !line.confirmed && line.units == given_up
        })
    }

    pub(super) fn committed(&mut self, event: &super::OrderEvent) {
        let super::OrderEvent::LinesRefundCommitted { seller_id, refund_id, parts, restock, contest, .. } =
            event
        else {
            return;
        };
        let units = parts.iter().filter(|part| *restock && part.quantity > 0);
        let restock = units.map(|part| Item { line_id: part.line_id, quantity: part.quantity }).collect();
        let (seller_id, refund_id, contest) = (*seller_id, *refund_id, *contest);
        self.refunds.push(PendingRefund { seller_id, refund_id, restock, contest });
    }
}
