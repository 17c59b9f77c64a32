//! How far has each seller's part of an order come? The order's own status follows from its parts.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::{
    id::{EscrowId, Id, OrderId},
    order::{ConfirmedBy, Line, OrderEvent},
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
        /// `open`, `in_delivery`, `delivered` or `confirmed`.
        pub status: String,
        /// Sum of the seller's lines, in minor units.
        pub amount: i64,
        /// The currency, ISO 4217.
        pub currency: String,
        /// Units ordered.
        pub units: i64,
        /// Units handed to carriers.
        pub units_shipped: i64,
        /// Parcels sent.
        pub parcels: i64,
        /// Parcels that arrived.
        pub parcels_delivered: i64,
        /// When the clock confirms.
        pub confirm_due_at: Option<DateTime<Utc>>,
        /// When it was confirmed.
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
        } else if let OrderEvent::EscrowConfirmed { by, .. } = change {
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

    pub(super) fn progress(&self) -> Progress {
        if self.confirmed_at.is_some() {
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
}

impl Progress {
    const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::InDelivery => "in_delivery",
            Self::Delivered => "delivered",
            Self::Confirmed => "confirmed",
        }
    }
}
