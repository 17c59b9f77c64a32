//! The end of an unpaid order's window.

use chrono::{DateTime, Utc};
use domain::{id::OrderId, order::Order, payment::Payment, product::ReleaseReason};
use serde::{Deserialize, Serialize};
use store::Desk;

use crate::{Command, Step, Stop, cancel, holds};

/// Ends an order that nobody paid in time. The process that asks has re-read the gateway just before.
#[derive(Debug, Clone, Copy)]
pub struct ExpireOrder {
    /// Which.
    pub order_id: OrderId,
}

/// An order that is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expired {
    /// Which.
    pub order_id: OrderId,
}

impl Command for ExpireOrder {
    type Answer = Expired;

    fn decide(&self, desk: &Desk<'_>, now: DateTime<Utc>) -> Result<Step<Expired>, Stop> {
        let (order, version) = desk.get::<Order>(self.order_id)?;
        let events = order.expire(now)?;
        let changed = !events.is_empty();
        let mut step = Step::on::<Order>(self.order_id, version, events, Expired { order_id: self.order_id });
        if changed {
            let terms = order.terms()?;
            holds::release_stock(&mut step, desk, terms, ReleaseReason::Expired)?;
            cancel::end_attempts(&mut step, desk, terms, Payment::expire)?;
        }
        Ok(step)
    }
}
