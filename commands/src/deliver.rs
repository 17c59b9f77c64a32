//! Parcels: handed to a carrier, and arrived.

use chrono::{DateTime, Utc};
use domain::{
    id::{OrderId, SellerId, ShipmentId},
    order::{DeliverySource, Dispatch, Item, Order},
    payment::Payment,
};
use serde::{Deserialize, Serialize};
use store::Desk;

use crate::{Caller, Command, Policy, Step, Stop};

/// Hands a parcel of an order to a carrier.
#[derive(Debug, Clone)]
pub struct DispatchShipment {
    /// Of which order.
    pub order_id: OrderId,
    /// By which seller.
    pub seller_id: SellerId,
    /// The parcel.
    pub shipment_id: ShipmentId,
    /// The carrier's code.
    pub carrier: String,
    /// The carrier's number.
    pub invoice_number: String,
    /// What is in it; none named means all that is left.
    pub items: Vec<Item>,
}

/// Records that a parcel arrived.
#[derive(Debug, Clone)]
pub struct RecordDelivery {
    /// Of which order.
    pub order_id: OrderId,
    /// The parcel.
    pub shipment_id: ShipmentId,
    /// Who says so; nobody of ours when the carrier or the gateway's escrow does.
    pub said_by: SaidBy,
    /// When it arrived, now if not known.
    pub delivered_at: Option<DateTime<Utc>>,
    /// How long the buyer has to confirm, among others.
    pub policy: Policy,
}

/// Who says that a parcel arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SaidBy {
    /// Somebody who has a part in the order.
    Caller(Caller),
    /// The carrier's tracking.
    Carrier,
    /// The gateway's escrow.
    Gateway,
}

/// A parcel on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispatched {
    /// Of which order.
    pub order_id: OrderId,
    /// The parcel.
    pub shipment_id: ShipmentId,
}

/// A parcel that arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivered {
    /// Of which order.
    pub order_id: OrderId,
    /// The parcel.
    pub shipment_id: ShipmentId,
}

impl Command for DispatchShipment {
    type Answer = Dispatched;

    fn decide(&self, desk: &Desk<'_>, now: DateTime<Utc>) -> Result<Step<Dispatched>, Stop> {
        let (order, version) = desk.get::<Order>(self.order_id)?;
        Caller::Seller(self.seller_id).may_touch(order.terms()?)?;
        if let Order::Paid(_, paid) = order {
            let (payment, _) = desk.get::<Payment>(paid.payment_id)?;
            payment.captured()?.check_deposit()?;
        }
        let events = order.dispatch(Dispatch {
            shipment_id: self.shipment_id,
            seller_id: self.seller_id,
            carrier: self.carrier.clone(),
            invoice_number: self.invoice_number.clone(),
            items: self.items.clone(),
            shipped_at: now,
        })?;
        let answer = Dispatched { order_id: self.order_id, shipment_id: self.shipment_id };
        Ok(Step::on::<Order>(self.order_id, version, events, answer))
    }
}

impl Command for RecordDelivery {
    type Answer = Delivered;

    fn decide(&self, desk: &Desk<'_>, now: DateTime<Utc>) -> Result<Step<Delivered>, Stop> {
        let (order, version) = desk.get::<Order>(self.order_id)?;
        let terms = order.terms()?;
        let source = match self.said_by {
            SaidBy::Caller(caller) => {
                caller.may_touch(terms)?;
                caller.delivers_as()
            }
            SaidBy::Carrier => DeliverySource::Carrier,
            SaidBy::Gateway => DeliverySource::Gateway,
        };
        let at = self.delivered_at.unwrap_or(now).min(now);
        let events = order.deliver(self.shipment_id, source, at, self.policy.confirm_period())?;
        let answer = Delivered { order_id: self.order_id, shipment_id: self.shipment_id };
        Ok(Step::on::<Order>(self.order_id, version, events, answer))
    }
}
