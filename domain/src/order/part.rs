//! A seller's part of a paid order, line by line: what is shipped, what has arrived, what is confirmed, what is given
//! back, what is contested.
//!
//! `left` is the money of a line that was not refunded. Of the lines that are not confirmed it sums to what the
//! seller's hold has, so that lines can be released one after the other and the last takes what is there.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{Item, OrderEvent, RefundedLine, Terms};
use crate::{
    Money,
    contest::Contest,
    id::{LineId, SellerId, ShipmentId},
};

/// A seller's part of a paid order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Part {
    /// The seller's lines.
    pub lines: BTreeMap<LineId, PartLine>,
    /// The parcels so far.
    pub shipments: BTreeMap<ShipmentId, Shipment>,
}

/// One line of a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartLine {
    /// Units that are the buyer's to have: ordered, and neither given up nor returned.
    pub units: u32,
    /// Those of them that no carrier has.
    pub unshipped: u32,
    /// The money of the line that was not refunded.
    pub left: Money,
    /// When its last unit arrived.
    pub delivered_at: Option<DateTime<Utc>>,
    /// When the clock confirms, once everything of it has arrived.
    pub confirm_due: Option<DateTime<Utc>>,
    /// Whether the buyer asked for more time already.
    pub held_back: bool,
    /// Whether the goods are received and accepted.
    pub confirmed: bool,
    /// The claim or dispute that is open on it.
    pub contest: Option<Contest>,
}

/// One parcel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shipment {
    /// The carrier's code.
    pub carrier: String,
    /// The carrier's number.
    pub invoice_number: String,
    /// When it was handed over.
    pub shipped_at: DateTime<Utc>,
    /// Whether it arrived.
    pub delivered: bool,
    /// What is in it.
    pub items: Vec<Item>,
}

impl PartLine {
    /// Whether there is still something to confirm.
    pub const fn is_open(&self) -> bool {
        !self.confirmed && self.units > 0
    }

    /// Whether every unit is with a carrier or has arrived, and there is one.
    pub const fn is_shipped(&self) -> bool {
        self.units > 0 && self.unshipped == 0
    }

    /// What of the line's money `quantity` of its units are worth: rounded down, so that the last unit takes the rest.
    pub fn worth(&self, quantity: u32) -> Result<Money, crate::money::MoneyError> {
        if quantity >= self.units { Ok(self.left) } else { self.left.share_down(quantity, self.units) }
    }
}

impl Part {
    /// The parts of an order that was just paid.
    pub(super) fn all_of(terms: &Terms) -> BTreeMap<SellerId, Self> {
        let mut parts: BTreeMap<SellerId, Self> = BTreeMap::new();
        for line in &terms.lines {
            let part = parts
                .entry(line.seller_id)
                .or_insert_with(|| Self { lines: BTreeMap::new(), shipments: BTreeMap::new() });
            let fresh = PartLine {
                units: line.quantity,
                unshipped: line.quantity,
                left: line.amount,
                delivered_at: None,
                confirm_due: None,
                held_back: false,
                confirmed: false,
                contest: None,
            };
            part.lines.insert(line.line_id, fresh);
        }
        parts
    }

    /// Whether every unit is with a carrier.
    pub fn is_shipped(&self) -> bool {
        self.lines.values().all(|line| line.unshipped == 0)
    }

    /// Whether nothing is left to confirm.
    pub fn is_over(&self) -> bool {
        self.lines.values().all(|line| !line.is_open())
    }

    /// Whether some line is confirmed.
    pub fn has_confirmed(&self) -> bool {
        self.lines.values().any(|line| line.confirmed)
    }

    /// Whether every unit of the line is with the buyer.
    pub fn has_arrived(&self, line_id: LineId) -> bool {
        let holds_it = |shipment: &&Shipment| shipment.items.iter().any(|item| item.line_id == line_id);
        self.lines.get(&line_id).is_some_and(PartLine::is_shipped)
            && self.shipments.values().filter(holds_it).all(|shipment| shipment.delivered)
    }

    /// The first line that is contested, if one is.
    pub fn contested(&self) -> Option<(LineId, Contest)> {
        self.lines.iter().find_map(|(line_id, line)| line.contest.map(|contest| (*line_id, contest)))
    }

    pub(super) fn evolve(&mut self, event: &OrderEvent) {
        if let OrderEvent::ShipmentDispatched {
            shipment_id,
            carrier,
            invoice_number,
            items,
            shipped_at,
            ..
        } = event
        {
            for item in items {
                self.change(item.line_id, |line| {
                    line.unshipped = line.unshipped.saturating_sub(item.quantity);
                });
            }
            let (carrier, invoice_number) = (carrier.clone(), invoice_number.clone());
            let (shipped_at, items) = (*shipped_at, items.clone());
            let parcel = Shipment { carrier, invoice_number, shipped_at, delivered: false, items };
            self.shipments.insert(*shipment_id, parcel);
        } else if let OrderEvent::ShipmentDelivered { shipment_id, delivered_at, .. } = event {
            let Some(shipment) = self.shipments.get_mut(shipment_id) else { return };
            shipment.delivered = true;
            for item in shipment.items.clone() {
                self.change(item.line_id, |line| {
                    line.delivered_at = line.delivered_at.max(Some(*delivered_at));
                });
            }
        } else if let OrderEvent::ConfirmationDue { due_at, lines, .. } = event {
            for line_id in self.named(lines, Self::has_arrived) {
                self.change(line_id, |line| line.confirm_due = Some(*due_at));
            }
        } else if let OrderEvent::ConfirmationHeld { due_at, lines, .. } = event {
            for line_id in lines {
                self.change(*line_id, |line| {
                    (line.confirm_due, line.held_back) = (Some(*due_at), true);
                });
            }
        } else if let OrderEvent::EscrowConfirmed { lines, .. } = event {
            for line_id in self.named(lines, |_, _| true) {
                self.change(line_id, |line| line.confirmed = true);
            }
        } else if let OrderEvent::LinesRefundCommitted { parts, .. } = event {
            for part in parts {
                self.refund(part);
            }
        } else if let OrderEvent::LinesContested { contest, items, .. } = event {
            for item in items {
                self.change(item.line_id, |line| line.contest = Some(*contest));
            }
        } else if let OrderEvent::ContestEnded { contest, .. } = event {
            for line in self.lines.values_mut().filter(|line| line.contest == Some(*contest)) {
                line.contest = None;
            }
        }
    }

    /// Units given up before they were shipped never will be; those that came back had been.
    fn refund(&mut self, part: &RefundedLine) {
        self.change(part.line_id, |line| {
            line.units = line.units.saturating_sub(part.quantity);
            line.unshipped = line.unshipped.saturating_sub(part.quantity);
            line.left.amount = line.left.amount.saturating_sub(part.amount.amount).max(0);
        });
    }

    fn named(&self, lines: &[LineId], all: impl Fn(&Self, LineId) -> bool) -> Vec<LineId> {
        if lines.is_empty() {
            return self.lines.keys().copied().filter(|line_id| all(self, *line_id)).collect();
        }
        lines.to_vec()
    }

    fn change(&mut self, line_id: LineId, change: impl FnOnce(&mut PartLine)) {
        if let Some(line) = self.lines.get_mut(&line_id) {
            change(line);
        }
    }
}
