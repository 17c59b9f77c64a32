//! Parcels: handed to a carrier, and arrived. With the last unit of a line its confirmation falls due.

use chrono::{DateTime, Utc};

use super::{DeliverySource, Item, Order, OrderEvent, OrderRefusal, Paid, Part};
use crate::{
    holidays::{Holidays, Term},
    id::{LineId, SellerId, ShipmentId},
};

/// Hands a parcel to a carrier.
#[derive(Debug, Clone)]
pub struct Dispatch {
    /// The parcel.
    pub shipment_id: ShipmentId,
    /// Whose.
    pub seller_id: SellerId,
    /// The carrier's code.
    pub carrier: String,
    /// The carrier's number.
    pub invoice_number: String,
    /// What is in it; none named means all that is left.
    pub items: Vec<Item>,
    /// When.
    pub shipped_at: DateTime<Utc>,
}

/// How long a buyer has to confirm, and by which calendar.
#[derive(Debug, Clone, Copy)]
pub struct ConfirmPeriod {
    /// How it is counted.
    pub term: Term,
    /// The holidays it skips.
    pub holidays: &'static Holidays,
}

impl ConfirmPeriod {
    /// When it ends, for what arrived `from` then.
    pub fn end(self, from: DateTime<Utc>) -> Result<DateTime<Utc>, OrderRefusal> {
        self.holidays.deadline(from, self.term).ok_or(OrderRefusal::DateOutOfRange)
    }
}

impl Part {
    fn to_ship(&self, items: Vec<Item>) -> Result<Vec<Item>, OrderRefusal> {
        if self.is_shipped() {
            return Err(OrderRefusal::NothingToShip);
        }
        let items = if items.is_empty() {
            let left = self.lines.iter().filter(|(_, line)| line.unshipped > 0);
            left.map(|(line_id, line)| Item { line_id: *line_id, quantity: line.unshipped }).collect()
        } else {
            items
        };
        let mut after = self.clone();
        for Item { line_id, quantity } in &items {
            let unshipped = after.lines.get_mut(line_id).filter(|line| line.unshipped > 0);
            let line = unshipped.ok_or(OrderRefusal::UnknownLine { line_id: *line_id })?;
            if let Some(contest) = line.contest {
                return Err(OrderRefusal::ContestIsOpen { line_id: *line_id, contest });
            }
            line.unshipped = match line.unshipped.checked_sub(*quantity) {
                Some(rest) if *quantity > 0 => rest,
                Some(_) | None => {
                    return Err(OrderRefusal::QuantityExceedsUnshipped { line_id: *line_id });
                }
            };
        }
        Ok(items)
    }

    /// The dates from which on the clock confirms what `events` have made complete.
    pub(super) fn falling_due(
        &self,
        seller_id: SellerId,
        events: &[OrderEvent],
        period: ConfirmPeriod,
    ) -> Result<Vec<OrderEvent>, OrderRefusal> {
        let mut after = self.clone();
        for event in events {
            after.evolve(event);
        }
        let mut due: Vec<(DateTime<Utc>, Vec<LineId>)> = vec![];
        for (line_id, line) in &after.lines {
            let Some(delivered_at) = line.delivered_at else { continue };
            if line.is_open() && line.confirm_due.is_none() && after.has_arrived(*line_id) {
                let due_at = period.end(delivered_at)?;
                match due.iter_mut().find(|(at, _)| *at == due_at) {
                    Some((_, lines)) => lines.push(*line_id),
                    None => due.push((due_at, vec![*line_id])),
                }
            }
        }
        let event = |(due_at, lines)| OrderEvent::ConfirmationDue { seller_id, due_at, lines };
        Ok(due.into_iter().map(event).collect())
    }
}

impl Order {
    /// Hands a parcel to a carrier; the same parcel again changes nothing.
    pub fn dispatch(&self, command: Dispatch) -> Result<Vec<OrderEvent>, OrderRefusal> {
        let paid = self.paid()?;
        let Dispatch { shipment_id, seller_id, carrier, invoice_number, items, shipped_at } = command;
        let part = paid.parts.get(&seller_id).ok_or(OrderRefusal::NotASellerOfThisOrder)?;
        if let Some((owner, _)) = paid.part_of(shipment_id) {
            return if owner == seller_id { Ok(vec![]) } else { Err(OrderRefusal::ShipmentAlreadyExists) };
        }
        if part.is_over() && part.has_confirmed() {
            return Err(OrderRefusal::AlreadyConfirmed);
        }
        if carrier.trim().is_empty() || invoice_number.trim().is_empty() {
            return Err(OrderRefusal::InvoiceMissing);
        }
        let items = part.to_ship(items)?;
        let dispatched = OrderEvent::ShipmentDispatched {
            shipment_id,
            seller_id,
            carrier,
            invoice_number,
            items,
            shipped_at,
        };
        Ok(vec![dispatched])
    }

    /// Records that a parcel arrived. Lines that are complete with it fall due at the end of `period`.
    pub fn deliver(
        &self,
        shipment_id: ShipmentId,
        source: DeliverySource,
        delivered_at: DateTime<Utc>,
        period: ConfirmPeriod,
    ) -> Result<Vec<OrderEvent>, OrderRefusal> {
        let paid = self.paid()?;
        let (seller_id, part) = paid.part_of(shipment_id).ok_or(OrderRefusal::UnknownShipment)?;
        if part.shipments.get(&shipment_id).is_some_and(|shipment| shipment.delivered) {
            return Ok(vec![]);
        }
        let mut events = vec![OrderEvent::ShipmentDelivered { shipment_id, seller_id, delivered_at, source }];
        events.extend(part.falling_due(seller_id, &events, period)?);
        Ok(events)
    }

    /// A paid order's progress; why there is none otherwise.
    pub fn paid(&self) -> Result<&Paid, OrderRefusal> {
        match self {
            Self::Absent => Err(OrderRefusal::UnknownOrder),
            Self::AwaitingPayment(..) => Err(OrderRefusal::NotPaid),
            Self::Paid(_, paid) => Ok(paid),
            Self::Cancelling(..) | Self::Cancelled(_) => Err(OrderRefusal::OrderIsCancelled),
            Self::Expired(_) => Err(OrderRefusal::OrderHasExpired),
        }
    }
}

impl Paid {
    fn part_of(&self, shipment: ShipmentId) -> Option<(SellerId, &Part)> {
        let mut parts = self.parts.iter();
        parts.find(|(_, part)| part.shipments.contains_key(&shipment)).map(|(seller, part)| (*seller, part))
    }
}
