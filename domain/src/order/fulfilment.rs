//! A seller's part of a paid order: what is shipped, what has arrived, whether it is confirmed.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use serde::Serialize;

use super::{DeliverySource, Item, Order, OrderEvent, OrderRefusal, Paid, Terms};
use crate::{
    Money, calendar,
    id::{LineId, SellerId, ShipmentId},
};

/// A seller's part of a paid order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Part {
    /// The sum of the seller's lines.
    pub amount: Money,
    /// Units not shipped yet, per line.
    pub unshipped: BTreeMap<LineId, u32>,
    /// The parcels so far.
    pub shipments: BTreeMap<ShipmentId, Shipment>,
    /// When the clock confirms, once everything has arrived.
    pub confirm_due: Option<DateTime<Utc>>,
    /// Whether the goods are received and accepted.
    pub confirmed: bool,
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
}

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

impl Part {
    /// The parts of an order that was just paid.
    pub(super) fn all_of(terms: &Terms) -> BTreeMap<SellerId, Self> {
        let part = |(seller, amount): (SellerId, Money)| {
            let lines = terms.lines.iter().filter(|line| line.seller_id == seller);
            let unshipped = lines.map(|line| (line.line_id, line.quantity)).collect();
            let shipments = BTreeMap::new();
            (seller, Self { amount, unshipped, shipments, confirm_due: None, confirmed: false })
        };
        terms.sums_by_seller().into_iter().map(part).collect()
    }

    /// Whether every unit is with a carrier.
    pub fn is_shipped(&self) -> bool {
        self.unshipped.is_empty()
    }

    /// Whether every unit has arrived.
    pub fn is_delivered(&self) -> bool {
        self.is_shipped() && self.shipments.values().all(|shipment| shipment.delivered)
    }

    pub(super) fn evolve(&mut self, event: &OrderEvent) {
        if let OrderEvent::ShipmentDispatched {
            shipment_id,
            carrier,
            invoice_number,
            items,
            shipped_at,
            seller_id: _,
        } = event
        {
            for item in items {
                if let Some(left) = self.unshipped.get_mut(&item.line_id) {
                    *left = left.saturating_sub(item.quantity);
                }
            }
            self.unshipped.retain(|_, left| *left > 0);
            let (carrier, invoice_number) = (carrier.clone(), invoice_number.clone());
            self.shipments.insert(
                *shipment_id,
                Shipment { carrier, invoice_number, shipped_at: *shipped_at, delivered: false },
            );
        } else if let OrderEvent::ShipmentDelivered { shipment_id, .. } = event {
            if let Some(shipment) = self.shipments.get_mut(shipment_id) {
                shipment.delivered = true;
            }
        } else if let OrderEvent::ConfirmationDue { due_at, .. } = event {
            self.confirm_due = Some(*due_at);
        } else if let OrderEvent::EscrowConfirmed { .. } = event {
            self.confirmed = true;
        }
    }

    fn to_ship(&self, items: Vec<Item>) -> Result<Vec<Item>, OrderRefusal> {
        if self.is_shipped() {
            return Err(OrderRefusal::NothingToShip);
        }
        if items.is_empty() {
            let all = self.unshipped.iter();
            return Ok(all
                .map(|(line_id, quantity)| Item { line_id: *line_id, quantity: *quantity })
                .collect());
        }
        let mut left = self.unshipped.clone();
        for item in &items {
            let unshipped =
                left.get_mut(&item.line_id).ok_or(OrderRefusal::UnknownLine { line_id: item.line_id })?;
            *unshipped = match unshipped.checked_sub(item.quantity) {
                Some(rest) if item.quantity > 0 => rest,
                Some(_) | None => {
                    return Err(OrderRefusal::QuantityExceedsUnshipped { line_id: item.line_id });
                }
            };
        }
        Ok(items)
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
        if part.confirmed {
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

    /// Records that a parcel arrived. With the seller's last parcel the confirmation falls due at the end of the
    /// Seoul day `confirm_days` full days later.
    pub fn deliver(
        &self,
        shipment_id: ShipmentId,
        source: DeliverySource,
        delivered_at: DateTime<Utc>,
        confirm_days: u32,
    ) -> Result<Vec<OrderEvent>, OrderRefusal> {
        let paid = self.paid()?;
        let (seller_id, part) = paid.part_of(shipment_id).ok_or(OrderRefusal::UnknownShipment)?;
        if part.shipments.get(&shipment_id).is_some_and(|shipment| shipment.delivered) {
            return Ok(vec![]);
        }
        let mut events = vec![OrderEvent::ShipmentDelivered { shipment_id, seller_id, delivered_at, source }];
        let others_arrived =
            part.shipments.iter().all(|(id, shipment)| *id == shipment_id || shipment.delivered);
        if part.is_shipped() && others_arrived && !part.confirmed {
            let due_at = calendar::end_of_seoul_day_after(delivered_at, confirm_days)
                .ok_or(OrderRefusal::DateOutOfRange)?;
            events.push(OrderEvent::ConfirmationDue { seller_id, due_at });
        }
        Ok(events)
    }

    pub(super) fn paid(&self) -> Result<&Paid, OrderRefusal> {
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
