//! Captured money that the gateway has no more although nobody here asked for it back: a deposit that the bank reversed.

use chrono::{DateTime, Duration, Utc};
use domain::{
    Money,
    escrow::Escrow,
    id::{EscrowId, PaymentId, RefundId},
    order::{CancelledBy, Order, Terms},
    payment::{Payment, PaymentRefusal},
};
use store::Desk;

use crate::{PaymentState, Standing, Step, Stop, holds};

/// Why a hold is locked.
const REVERSED: &str = "the bank took the deposit back";
/// How long after its due time a deposit may still come again.
const GRACE: Duration = Duration::hours(1);

/// What a look-up at a captured payment says of its deposit: taken back, there again, or lost for good.
pub(crate) fn deposit(
    desk: &Desk<'_>,
    (payment_id, payment, version): (PaymentId, &Payment, i64),
    (standing, refund_id): (&Standing, RefundId),
    now: DateTime<Utc>,
) -> Result<Step<PaymentState>, Stop> {
    let (attempt, captured) = (payment.attempt()?, payment.captured()?);
    let nothing = || Step::on::<Payment>(payment_id, version, vec![], PaymentState::Authorized);
    let (order, _) = desk.get::<Order>(attempt.order_id)?;
    let terms = order.terms()?;
    match standing {
        Standing::AwaitingDeposit { due_at } if captured.reversed && now >= *due_at + GRACE => {
            give_up(desk, (payment_id, payment, version), refund_id)
        }
        Standing::Failed { .. } if captured.reversed => {
            give_up(desk, (payment_id, payment, version), refund_id)
        }
        Standing::AwaitingDeposit { .. } if !captured.reversed => {
            let events = payment.deposit_reversed()?;
            let mut step = Step::on::<Payment>(payment_id, version, events, PaymentState::Authorized);
            for (escrow_id, movable) in holds::movable(desk, terms)? {
                if movable.is_positive() {
                    let (escrow, version) = desk.get::<Escrow>(escrow_id)?;
                    step.with::<Escrow>(escrow_id, version, escrow.lock(movable, REVERSED.to_owned())?);
                }
            }
            Ok(step)
        }
        Standing::Paid(_) if captured.reversed => {
            let events = payment.deposit_restored()?;
            let mut step = Step::on::<Payment>(payment_id, version, events, PaymentState::Authorized);
            for (escrow_id, locked) in locked(desk, terms)? {
                let (escrow, version) = desk.get::<Escrow>(escrow_id)?;
                step.with::<Escrow>(escrow_id, version, escrow.unlock(locked)?);
            }
            Ok(step)
        }
        Standing::AwaitingDeposit { .. }
        | Standing::Paid(_)
        | Standing::Failed { .. }
        | Standing::Unknown
        | Standing::Waiting
        | Standing::PaidWrong(..) => Ok(nothing()),
    }
}

/// The deposit does not come again: the holds give it up, and the order is over.
fn give_up(
    desk: &Desk<'_>,
    (payment_id, payment, version): (PaymentId, &Payment, i64),
    refund_id: RefundId,
) -> Result<Step<PaymentState>, Stop> {
    let attempt = payment.attempt()?;
    let amount = payment.captured()?.refundable().map_err(PaymentRefusal::from)?;
    let (order, order_version) = desk.get::<Order>(attempt.order_id)?;
    let terms = order.terms()?;
    let events = payment.deposit_lost(refund_id)?;
    let mut step = Step::on::<Payment>(payment_id, version, events, PaymentState::Ended);
    let held = locked(desk, terms)?;
    for (escrow_id, part) in holds::spread(amount, &held)? {
        let (escrow, version) = desk.get::<Escrow>(escrow_id)?;
        let mut after = escrow.clone();
        let was_locked = escrow.open()?.locked;
        let mut events = if was_locked.is_positive() { escrow.unlock(was_locked)? } else { vec![] };
        for event in &events {
            domain::Aggregate::evolve(&mut after, event);
        }
        if part.is_positive() {
            events.extend(after.refund(refund_id, part)?);
        }
        step.with::<Escrow>(escrow_id, version, events);
    }
    if let Order::Paid(..) = order {
        let mut given_up = order.refund_in_full(CancelledBy::Operator, REVERSED.to_owned(), refund_id)?;
        let mut after = order.clone();
        for event in &given_up {
            domain::Aggregate::evolve(&mut after, event);
        }
        given_up.extend(after.refunded(refund_id)?);
        if let Order::Cancelling(_, cancelling) = &after
            && cancelling.restock
        {
            holds::restock(&mut step, desk, terms)?;
        }
        step.with::<Order>(attempt.order_id, order_version, given_up);
    }
    Ok(step)
}

/// What is locked in each hold of the order.
fn locked(desk: &Desk<'_>, terms: &Terms) -> Result<Vec<(EscrowId, Money)>, Stop> {
    let mut found = vec![];
    for seller in terms.sums_by_seller().into_keys() {
        let escrow_id = EscrowId::of(terms.order_id, seller);
        if let Ok(hold) = desk.get::<Escrow>(escrow_id)?.0.open()
            && hold.locked.is_positive()
        {
            found.push((escrow_id, hold.locked));
        }
    }
    Ok(found)
}
