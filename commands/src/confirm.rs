//! Confirmation: the order, the holds it releases and the sellers it credits are one unit.

use chrono::{DateTime, Utc};
use domain::{
    Money,
    id::{CustomerId, EscrowId, LineId, OrderId, SellerId},
    order::{ConfirmedBy, Order, OrderEvent},
};
use serde::{Deserialize, Serialize};
use store::Desk;

use crate::{Caller, Command, Step, Stop, holds};

/// Confirms receipt of lines of an order, or of everything of it that is shipped.
#[derive(Debug, Clone)]
pub struct ConfirmOrder {
    /// Which.
    pub order_id: OrderId,
    /// Who asks.
    pub buyer_id: CustomerId,
    /// Which lines; all that are shipped where none is named.
    pub lines: Vec<LineId>,
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
        released(desk, order, version, order.confirm(ConfirmedBy::BuyerAtGateway, &[])?)
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
    /// For which lines.
    #[serde(default)]
    pub lines: Vec<LineId>,
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
        released(desk, order, version, order.confirm(ConfirmedBy::Buyer, &self.lines)?)
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
    let confirmed: Vec<(SellerId, Vec<LineId>)> = events
        .iter()
        .filter_map(|event| {
            let OrderEvent::EscrowConfirmed { seller_id, lines, .. } = event else { return None };
            Some((*seller_id, lines.clone()))
        })
        .collect();
    let answer = Confirmed { order_id: terms.order_id, released: vec![] };
    let mut step = Step::on::<Order>(terms.order_id, version, events, answer);
    let Order::Paid(_, paid) = order else { return Ok(step) };
    for (seller_id, lines) in confirmed {
        let at = (terms.order_id, paid);
        if let Some((amount, net)) = holds::release(&mut step, desk, at, (seller_id, &lines))? {
            let escrow_id = EscrowId::of(terms.order_id, seller_id);
            step.answer.released.push(ConfirmedPart { seller_id, escrow_id, lines, amount, net });
        }
    }
    Ok(step)
}
