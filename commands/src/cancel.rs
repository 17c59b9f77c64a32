//! Giving an order up: an unpaid one is over at once, a paid one when its money is back.

use chrono::{DateTime, Utc};
use domain::{
    Sealed,
    id::{OrderId, RefundId},
    order::{Order, OrderEvent, Terms},
    payment::{Payment, PaymentRefusal},
    product::ReleaseReason,
};
use serde::{Deserialize, Serialize};
use store::Desk;

use crate::{Caller, Command, Step, Stop, holds, refund_account};

/// Gives an order up before anything is shipped.
#[derive(Debug, Clone)]
pub struct CancelOrder {
    /// Which.
    pub order_id: OrderId,
    /// Who asks.
    pub caller: Caller,
    /// Why.
    pub reason: String,
    /// The refund's id, should one be needed.
    pub refund_id: RefundId,
    /// Where a deposit goes back to, sealed under the buyer's key.
    pub refund_account: Option<Sealed>,
}

/// How far a cancellation has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelState {
    /// The order is over.
    Cancelled,
    /// The money is on its way back.
    Cancelling,
}

/// A cancellation that was accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CancelAnswer {
    /// Which order.
    pub order_id: OrderId,
    /// How far it has come.
    pub state: CancelState,
}

impl Command for CancelOrder {
    type Answer = CancelAnswer;

    fn decide(&self, desk: &Desk<'_>, now: DateTime<Utc>) -> Result<Step<CancelAnswer>, Stop> {
        let (order, version) = desk.get::<Order>(self.order_id)?;
        let terms = order.terms()?;
        self.caller.may_cancel(terms)?;
        let events = order.cancel(self.caller.cancels_as(), self.reason.clone(), self.refund_id, now)?;
        if let (Order::Paid(_, paid), false) = (order, events.is_empty()) {
            let (payment, _) = desk.get::<Payment>(paid.payment_id)?;
            refund_account::check(self.caller, payment, self.refund_account.as_ref())?;
        }
        finish(desk, order, version, events, (&self.reason, self.refund_account.as_ref()))
    }
}

/// Adds to an order's cancellation what must change with it: the stock and open attempts of an unpaid order, or
/// the holds and the payment of a paid one.
pub(crate) fn finish(
    desk: &Desk<'_>,
    order: &Order,
    version: i64,
    events: Vec<OrderEvent>,
    (reason, account): (&str, Option<&Sealed>),
) -> Result<Step<CancelAnswer>, Stop> {
    let terms = order.terms()?;
    let state = match order {
        Order::Paid(..) | Order::Cancelling(..) => CancelState::Cancelling,
        Order::Absent | Order::AwaitingPayment(..) | Order::Cancelled(_) | Order::Expired(_) => {
            CancelState::Cancelled
        }
    };
    let refund = events.iter().find_map(|event| {
        if let OrderEvent::CancelAccepted { refund_id, .. } = event { Some(*refund_id) } else { None }
    });
    let changed = !events.is_empty();
    let answer = CancelAnswer { order_id: terms.order_id, state };
    let mut step = Step::on::<Order>(terms.order_id, version, events, answer);
    match (refund, order) {
        (Some(refund_id), Order::Paid(_, paid)) => {
            let (payment, version) = desk.get::<Payment>(paid.payment_id)?;
            let amount = payment.captured()?.refundable().map_err(PaymentRefusal::from)?;
            let amounts = holds::spread(amount, &holds::movable(desk, terms)?)?;
            holds::commit_refund(&mut step, desk, refund_id, &amounts)?;
            let requested =
                payment.request_refund_to(refund_id, amount, reason.to_owned(), account.cloned())?;
            step.with::<Payment>(paid.payment_id, version, requested);
        }
        (None, Order::AwaitingPayment(..)) if changed => {
            holds::release_stock(&mut step, desk, terms, ReleaseReason::Cancelled)?;
            end_attempts(&mut step, desk, terms, Payment::cancel)?;
        }
        (
            Some(_) | None,
            Order::Absent
            | Order::AwaitingPayment(..)
            | Order::Paid(..)
            | Order::Cancelling(..)
            | Order::Cancelled(_)
            | Order::Expired(_),
        ) => {}
    }
    Ok(step)
}

/// Ends the attempts of an order that is over; one that was captured has its own way back.
pub(crate) fn end_attempts<T>(
    step: &mut Step<T>,
    desk: &Desk<'_>,
    terms: &Terms,
    end: impl Fn(&Payment) -> Result<Vec<domain::payment::PaymentEvent>, PaymentRefusal>,
) -> Result<(), Stop> {
    for attempt in &terms.attempts {
        let (payment, version) = desk.get::<Payment>(*attempt)?;
        if let Ok(events) = end(payment) {
            step.with::<Payment>(*attempt, version, events);
        }
    }
    Ok(())
}
