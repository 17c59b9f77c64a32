//! How far has each seller's part of an order come? The order's own status follows from its parts.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::{
    id::{EscrowId, Id, OrderId},
    order::{ConfirmedBy, Line, OrderEvent, RefundCause, RefundedLine},
};
use store::Occurrence;
use uuid::Uuid;

use crate::row::row;

row! {
    /// One seller's part of an order.
    pub struct OrderSeller in "order_sellers" keyed by [order_id, seller_id] {
        /// The order, `ord_…`.
        pub order_id: String,
        /// The seller, `sel_…`.
        pub seller_id: String,
        /// The hold of the part's money, `esc_…`.
        pub escrow_id: String,
        /// `open`, `in_delivery`, `delivered`, `confirmed` or `over`.
        pub status: String,
        /// Sum of the seller's lines, in minor units.
        pub amount: i64,
        /// The currency, ISO 4217.
        pub currency: String,
        /// Units ordered, less those given up or returned.
        pub units: i64,
        /// Units handed to carriers.
        pub units_shipped: i64,
        /// Parcels sent.
        pub parcels: i64,
        /// Parcels that arrived.
        pub parcels_delivered: i64,
        /// The last date that was set for the clock to confirm; each line has its own.
        pub confirm_due_at: Option<DateTime<Utc>>,
        /// When the last of it was confirmed.
        pub confirmed_at: Option<DateTime<Utc>>,
        /// By whom: `buyer` or `clock`.
        pub confirmed_by: Option<String>,
        /// Where the order was placed; the order of lists.
        #[serde(skip)]
        pub created_position: i64,
        /// Sequence of the order's last event about this part.
        pub version: i64,
        /// Position of the last event in this row.
        pub position: i64,
    }
}

impl OrderSeller {
    pub(super) fn all_of(order: OrderId, lines: &[Line], event: &Occurrence) -> BTreeMap<Uuid, Self> {
        let mut parts: BTreeMap<Uuid, Self> = BTreeMap::new();
        for line in lines {
            let part = parts.entry(line.seller_id.uuid()).or_insert_with(|| Self {
                order_id: order.to_string(),
                seller_id: line.seller_id.to_string(),
                escrow_id: EscrowId::of(order, line.seller_id).to_string(),
                status: "open".to_owned(),
                amount: 0,
                currency: line.amount.currency.code().to_owned(),
                units: 0,
                units_shipped: 0,
                parcels: 0,
                parcels_delivered: 0,
                confirm_due_at: None,
                confirmed_at: None,
                confirmed_by: None,
                created_position: event.position,
                version: event.sequence,
                position: event.position,
            });
            // The order's total was checked when it was placed; a part is not more than the whole.
            part.amount = part.amount.saturating_add(line.amount.amount);
            part.units += i64::from(line.quantity);
        }
        parts
    }

    pub(super) fn evolve(&mut self, change: &OrderEvent, event: &Occurrence) {
        if let OrderEvent::ShipmentDispatched { items, .. } = change {
            self.parcels += 1;
            self.units_shipped += items.iter().map(|item| i64::from(item.quantity)).sum::<i64>();
        } else if let OrderEvent::ShipmentDelivered { .. } = change {
            self.parcels_delivered += 1;
        } else if let OrderEvent::ConfirmationDue { due_at, .. } = change {
            self.confirm_due_at = Some(*due_at);
        } else if let OrderEvent::ConfirmationHeld { due_at, .. } = change {
            self.confirm_due_at = Some(*due_at);
        } else if let OrderEvent::LinesRefundCommitted { cause, parts, over, .. } = change {
            self.given_up(*cause, parts);
            if *over && self.units > 0 && self.confirmed_at.is_none() {
                self.confirmed_at = Some(event.recorded_at);
            }
        } else if let OrderEvent::EscrowConfirmed { by, others_open: false, .. } = change {
            self.confirmed_at = Some(event.recorded_at);
            let by = match by {
                ConfirmedBy::Buyer => "buyer",
                ConfirmedBy::Clock => "clock",
                ConfirmedBy::BuyerAtGateway => "buyer_at_gateway",
            };
            self.confirmed_by = Some(by.to_owned());
        }
        self.progress().name().clone_into(&mut self.status);
        (self.version, self.position) = (event.sequence, event.position);
    }

    /// Units that were given up were never shipped; those that came back had been.
    fn given_up(&mut self, cause: RefundCause, parts: &[RefundedLine]) {
        let units: i64 = parts.iter().map(|part| i64::from(part.quantity)).sum();
        self.units -= units;
        match cause {
            RefundCause::Returned | RefundCause::Awarded => {
                self.units_shipped = (self.units_shipped - units).max(0);
            }
            RefundCause::Cancelled
            | RefundCause::OutOfStock
            | RefundCause::Reduced
            | RefundCause::AtGateway
            | RefundCause::Exchanged => {}
        }
    }

    /// Whether anything had been shipped of a part of which nothing is left.
    pub(super) const fn is_returned(&self) -> bool {
        self.units == 0 && self.parcels > 0
    }

    pub(super) fn progress(&self) -> Progress {
        if self.units == 0 {
            Progress::Over
        } else if self.confirmed_at.is_some() {
            Progress::Confirmed
        } else if self.units_shipped >= self.units && self.parcels_delivered >= self.parcels {
            Progress::Delivered
        } else if self.parcels > 0 {
            Progress::InDelivery
        } else {
            Progress::Open
        }
    }
}

/// How far a part has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Progress {
    /// Nothing is shipped.
    Open,
    /// Something is shipped.
    InDelivery,
    /// Everything has arrived.
    Delivered,
    /// Received and accepted.
    Confirmed,
    /// Nothing of it is left: all units were given up or returned.
    Over,
}

impl Progress {
    const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::InDelivery => "in_delivery",
            Self::Delivered => "delivered",
            Self::Confirmed => "confirmed",
            Self::Over => "over",
        }
    }
}
