//! What was ordered, and how far has it come?
//!
//! An order, its sellers' parts, its items and its parcels are one stream, hence one projection: they are loaded,
//! folded and written together, and the order's status is derived from its parts (`status`), never set by hand.

mod item;
mod part;
mod query;
mod shipment;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    mem::take,
};

use chrono::{DateTime, Utc};
use domain::{
    Fact,
    id::{Id, OrderId, SellerId, ShipmentId},
    order::OrderEvent,
};
pub use item::OrderItem;
pub use part::OrderSeller;
use part::Progress;
pub use query::{OrderDetail, OrderFilter, find, list, show};
pub use shipment::{Shipment, ShippedItem, find as find_shipment};
use store::Occurrence;
use uuid::Uuid;

use crate::{
    bulk::Known,
    error::ViewsError,
    projection::{Out, Target, begun_before, no_row, uuid_of},
    row::row,
};

row! {
    /// An order.
    pub struct Order in "orders" keyed by [order_id] {
        /// The order, `ord_…`.
        pub order_id: String,
        /// Whose, `cus_…`.
        pub user_id: String,
        /// `awaiting_payment`, `paid`, `in_delivery`, `delivered`, `confirmed`, `returned`,
        /// `cancelling`, `cancelled` or `expired`.
        pub status: String,
        /// Sum of the lines, in minor units.
        pub total_amount: i64,
        /// Its currency, ISO 4217.
        pub currency: String,
        /// Where it goes: sealed, and opened only for who may see it.
        #[serde(skip)]
        pub delivery_address: String,
        /// The attempt that paid it, or the last one, `pay_…`.
        pub payment_id: Option<String>,
        /// When the payment window ends.
        pub pay_by: DateTime<Utc>,
        /// When it was paid, by the gateway's clock.
        pub paid_at: Option<DateTime<Utc>>,
        /// When the clock confirms the next part that has arrived.
        pub confirm_due_at: Option<DateTime<Utc>>,
        /// Why it was cancelled.
        pub cancel_reason: Option<String>,
        /// When it was placed.
        pub created_at: DateTime<Utc>,
        /// When something last changed.
        pub updated_at: DateTime<Utc>,
        /// Where it was placed; the order of lists.
        #[serde(skip)]
        pub created_position: i64,
        /// Sequence of the order's last event.
        pub version: i64,
        /// Position of the last event in this row.
        pub position: i64,
    }
}

/// The touched orders.
#[derive(Debug, Default)]
pub struct Model {
    orders: BTreeMap<Uuid, Whole>,
    items: Vec<OrderItem>,
}

/// An order with the rows that follow from it.
#[derive(Debug)]
struct Whole {
    order: Order,
    parts: BTreeMap<Uuid, OrderSeller>,
    parcels: BTreeMap<Uuid, Shipment>,
}

impl crate::projection::Model for Model {
    async fn load(&mut self, target: &mut Target<'_>, events: &[Occurrence]) -> Result<(), ViewsError> {
        let mut known = begun_before(of_orders(events).map(|(id, _, event)| (id, event.sequence)));
        known.retain(|order| !self.orders.contains_key(&uuid_of(order)));
        let generation = target.generation;
        for order in target.tx.load::<Order>(generation, "order_id", &known).await? {
            let whole = Whole { order, parts: BTreeMap::new(), parcels: BTreeMap::new() };
            self.orders.insert(uuid_of(&whole.order.order_id), whole);
        }
        for part in target.tx.load::<OrderSeller>(generation, "order_id", &known).await? {
            if let Some(whole) = self.orders.get_mut(&uuid_of(&part.order_id)) {
                whole.parts.insert(uuid_of(&part.seller_id), part);
            }
        }
        // A parcel is changed by its arrival only. Found by its key, because a rebuild has no other index yet.
        let is_held = |order: OrderId, parcel: ShipmentId| {
            self.orders.get(&order.uuid()).is_some_and(|whole| whole.parcels.contains_key(&parcel.uuid()))
        };
        let arrived: BTreeSet<String> = of_orders(events)
            .filter_map(|(order, change, _)| match change {
                OrderEvent::ShipmentDelivered { shipment_id, .. } => {
                    (!is_held(order, *shipment_id)).then(|| shipment_id.to_string())
                }
                OrderEvent::OrderCreated { .. }
                | OrderEvent::PaymentStarted { .. }
                | OrderEvent::PaymentAttemptFailed { .. }
                | OrderEvent::ApprovalBegun { .. }
                | OrderEvent::ApprovalEnded { .. }
                | OrderEvent::PaymentWindowExtended { .. }
                | OrderEvent::OrderPaid { .. }
                | OrderEvent::OrderExpired {}
                | OrderEvent::ShipmentDispatched { .. }
                | OrderEvent::ConfirmationDue { .. }
                | OrderEvent::EscrowConfirmed { .. }
                | OrderEvent::ConfirmationHeld { .. }
                | OrderEvent::LinesContested { .. }
                | OrderEvent::ContestEnded { .. }
                | OrderEvent::LinesRefundCommitted { .. }
                | OrderEvent::LinesRefunded { .. }
                | OrderEvent::CancelAccepted { .. }
                | OrderEvent::OrderCancelled { .. } => None,
            })
            .collect();
        let arrived: Vec<String> = arrived.into_iter().collect();
        for parcel in target.tx.load::<Shipment>(generation, "shipment_id", &arrived).await? {
            if let Some(whole) = self.orders.get_mut(&uuid_of(&parcel.order_id)) {
                whole.parcels.insert(uuid_of(&parcel.shipment_id), parcel);
            }
        }
        Ok(())
    }

    fn apply(&mut self, event: &Occurrence) -> Result<(), String> {
        let Fact::Order(id, change) = &event.fact else { return Ok(()) };
        if let OrderEvent::OrderCreated { order_id, lines, .. } = change {
            if let Some(order) = Order::placed(change, event) {
                self.items.extend(OrderItem::all_of(&order.order_id, lines, event));
                let parts = OrderSeller::all_of(*order_id, lines, event);
                self.orders.insert(id.uuid(), Whole { order, parts, parcels: BTreeMap::new() });
            }
            return Ok(());
        }
        self.orders.get_mut(&id.uuid()).ok_or_else(|| no_row(event))?.evolve(change, event)
    }

    fn held(&self) -> usize {
        self.orders.values().map(|whole| 1 + whole.parts.len() + whole.parcels.len()).sum()
    }

    async fn save_finished(&mut self, out: &mut Out<'_>) -> Result<(), ViewsError> {
        out.write(take(&mut self.items), Known::Refuse).await
    }

    async fn save(mut self, out: &mut Out<'_>) -> Result<(), ViewsError> {
        self.save_finished(out).await?;
        let (mut orders, mut parts, mut parcels) = (vec![], vec![], vec![]);
        for whole in self.orders.into_values() {
            orders.push(whole.order);
            parts.extend(whole.parts.into_values());
            parcels.extend(whole.parcels.into_values());
        }
        out.write(orders, Known::Replace).await?;
        out.write(parts, Known::Replace).await?;
        out.write(parcels, Known::Replace).await
    }
}

fn of_orders(events: &[Occurrence]) -> impl Iterator<Item = (OrderId, &OrderEvent, &Occurrence)> {
    events.iter().filter_map(|event| match &event.fact {
        Fact::Order(id, change) => Some((*id, change, event)),
        Fact::Customer(..)
        | Fact::Seller(..)
        | Fact::Product(..)
        | Fact::Payment(..)
        | Fact::Escrow(..)
        | Fact::Claim(..) => None,
    })
}

impl Whole {
    fn evolve(&mut self, change: &OrderEvent, event: &Occurrence) -> Result<(), String> {
        let order = &mut self.order;
        match change {
            OrderEvent::OrderCreated { .. }
            | OrderEvent::ApprovalBegun { .. }
            | OrderEvent::ApprovalEnded { .. }
            | OrderEvent::LinesContested { .. }
            | OrderEvent::ContestEnded { .. }
            | OrderEvent::LinesRefunded { .. }
            | OrderEvent::PaymentAttemptFailed { .. } => {}
            OrderEvent::PaymentStarted { payment_id } => order.payment_id = Some(payment_id.to_string()),
            OrderEvent::PaymentWindowExtended { pay_by } => order.pay_by = *pay_by,
            OrderEvent::OrderPaid { payment_id, paid_at } => {
                order.payment_id = Some(payment_id.to_string());
                order.paid_at = Some(*paid_at);
                "paid".clone_into(&mut order.status);
            }
            OrderEvent::OrderExpired {} => "expired".clone_into(&mut order.status),
            OrderEvent::CancelAccepted { reason, .. } => {
                "cancelling".clone_into(&mut order.status);
                order.cancel_reason = Some(reason.clone());
            }
            OrderEvent::OrderCancelled { reason, .. } => {
                "cancelled".clone_into(&mut order.status);
                order.cancel_reason = Some(reason.clone());
            }
            OrderEvent::ShipmentDispatched { seller_id, shipment_id, .. } => {
                let parcel = Shipment::dispatched(&order.order_id, change, event);
                self.parcels.extend(parcel.map(|parcel| (shipment_id.uuid(), parcel)));
                self.advance(*seller_id, change, event)?;
            }
            OrderEvent::ShipmentDelivered { seller_id, shipment_id, delivered_at, source } => {
                let parcel = self.parcels.get_mut(&shipment_id.uuid()).ok_or_else(|| no_row(event))?;
                parcel.delivered(*delivered_at, *source, event);
                self.advance(*seller_id, change, event)?;
            }
            OrderEvent::ConfirmationDue { seller_id, .. }
            | OrderEvent::ConfirmationHeld { seller_id, .. }
            | OrderEvent::LinesRefundCommitted { seller_id, .. }
            | OrderEvent::EscrowConfirmed { seller_id, .. } => {
                self.advance(*seller_id, change, event)?;
            }
        }
        let order = &mut self.order;
        (order.updated_at, order.version, order.position) =
            (event.recorded_at, event.sequence, event.position);
        Ok(())
    }

    fn advance(&mut self, seller: SellerId, change: &OrderEvent, event: &Occurrence) -> Result<(), String> {
        self.parts.get_mut(&seller.uuid()).ok_or_else(|| no_row(event))?.evolve(change, event);
        self.derived_status().clone_into(&mut self.order.status);
        let waiting = self.parts.values().filter(|part| part.confirmed_at.is_none());
        self.order.confirm_due_at = waiting.filter_map(|part| part.confirm_due_at).min();
        Ok(())
    }

    /// A paid order is where its slowest part is, except that anything under way makes it `in_delivery`.
    fn derived_status(&self) -> &'static str {
        let all_are = |least: Progress| self.parts.values().all(|part| part.progress() >= least);
        if all_are(Progress::Over) {
            let returned = self.parts.values().any(OrderSeller::is_returned);
            if returned { "returned" } else { "cancelled" }
        } else if all_are(Progress::Confirmed) {
            "confirmed"
        } else if all_are(Progress::Delivered) {
            "delivered"
        } else if self.parts.values().any(|part| part.progress() > Progress::Open) {
            "in_delivery"
        } else {
            "paid"
        }
    }
}

impl Order {
    fn placed(change: &OrderEvent, event: &Occurrence) -> Option<Self> {
        let OrderEvent::OrderCreated { order_id, buyer_id, total, delivery_address, pay_by, lines: _ } =
            change
        else {
            return None;
        };
        Some(Self {
            order_id: order_id.to_string(),
            user_id: buyer_id.to_string(),
            status: "awaiting_payment".to_owned(),
            total_amount: total.amount,
            currency: total.currency.code().to_owned(),
            delivery_address: delivery_address.0.clone(),
            payment_id: None,
            pay_by: *pay_by,
            paid_at: None,
            confirm_due_at: None,
            cancel_reason: None,
            created_at: event.recorded_at,
            updated_at: event.recorded_at,
            created_position: event.position,
            version: event.sequence,
            position: event.position,
        })
    }
}
