//! Confirmation: the order, the holds it releases and the sellers it credits are one unit.

use chrono::{DateTime, Utc};
use domain::{
    Money,
    id::{CustomerId, EscrowId, OrderId, SellerId},
    order::{ConfirmedBy, Order, OrderEvent},
};
use serde::{Deserialize, Serialize};
use store::Desk;

use crate::{Caller, Command, Step, Stop, holds};

/// Confirms receipt of everything of an order that is shipped.
#[derive(Debug, Clone, Copy)]
pub struct ConfirmOrder {
    /// Which.
    pub order_id: OrderId,
    /// Who asks.
    pub buyer_id: CustomerId,
}

/// Confirms one seller's part because its period has ended.
#[derive(Debug, Clone, Copy)]
pub struct AutoConfirm {
    /// Which order.
    pub order_id: OrderId,
    /// Whose part.
    pub seller_id: SellerId,
}

/// Confirms for a buyer who confirmed the purchase on the gateway's page.
#[derive(Debug, Clone, Copy)]
pub struct ConfirmedAtGateway {
    /// Which order.
    pub order_id: OrderId,
}

impl Command for ConfirmedAtGateway {
    type Answer = Confirmed;

    fn decide(&self, desk: &Desk<'_>, _now: DateTime<Utc>) -> Result<Step<Confirmed>, Stop> {
        let (order, version) = desk.get::<Order>(self.order_id)?;
        released(desk, order, version, order.confirm(ConfirmedBy::BuyerAtGateway)?)
    }
}

/// A confirmed order, or the confirmed parts of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmed {
    /// Which order.
    pub order_id: OrderId,
    /// What this confirmation released; nothing where it was confirmed before.
    pub released: Vec<ConfirmedPart>,
}

/// A seller's part that was released.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmedPart {
    /// Whose.
    pub seller_id: SellerId,
    /// From which hold.
    pub escrow_id: EscrowId,
    /// What left the hold.
    pub amount: Money,
    /// What the seller is credited.
    pub net: Money,
}

impl Command for ConfirmOrder {
    type Answer = Confirmed;

    fn decide(&self, desk: &Desk<'_>, _now: DateTime<Utc>) -> Result<Step<Confirmed>, Stop> {
        let (order, version) = desk.get::<Order>(self.order_id)?;
        Caller::Buyer(self.buyer_id).may_touch(order.terms()?)?;
        released(desk, order, version, order.confirm(ConfirmedBy::Buyer)?)
    }
}

impl Command for AutoConfirm {
    type Answer = Confirmed;

    fn decide(&self, desk: &Desk<'_>, now: DateTime<Utc>) -> Result<Step<Confirmed>, Stop> {
        let (order, version) = desk.get::<Order>(self.order_id)?;
        released(desk, order, version, order.confirm_by_clock(self.seller_id, now)?)
    }
}

fn released(
    desk: &Desk<'_>,
    order: &Order,
    version: i64,
    events: Vec<OrderEvent>,
) -> Result<Step<Confirmed>, Stop> {
    let terms = order.terms()?;
    let sellers: Vec<SellerId> = events
        .iter()
        .filter_map(|event| {
            if let OrderEvent::EscrowConfirmed { seller_id, .. } = event { Some(*seller_id) } else { None }
        })
        .collect();
    let answer = Confirmed { order_id: terms.order_id, released: vec![] };
    let mut step = Step::on::<Order>(terms.order_id, version, events, answer);
    for seller_id in sellers {
        if let Some((amount, net)) = holds::release(&mut step, desk, terms, seller_id)? {
            let escrow_id = EscrowId::of(terms.order_id, seller_id);
            step.answer.released.push(ConfirmedPart { seller_id, escrow_id, amount, net });
        }
    }
    Ok(step)
}
