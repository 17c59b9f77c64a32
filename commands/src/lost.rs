//! Captured money that the gateway has no more although nobody here asked for it back: a deposit that the bank reversed.

use std::collections::BTreeSet;

use chrono::{DateTime, Duration, Utc};
use domain::{
    Money,
    contest::Contest,
    escrow::{Escrow, EscrowRefusal},
    id::{EscrowId, PaymentId, RefundId},
    order::{CancelledBy, Order, Paid, Terms},
    payment::{Payment, PaymentRefusal},
};
use store::Desk;

use crate::{PaymentState, Standing, Step, Stop, claims, draft::Draft, holds};

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
            give_up(desk, (payment_id, payment, version), refund_id, now)
        }
        Standing::Failed { .. } if captured.reversed => {
            give_up(desk, (payment_id, payment, version), refund_id, now)
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
    now: DateTime<Utc>,
) -> Result<Step<PaymentState>, Stop> {
    let attempt = payment.attempt()?;
    let amount = payment.captured()?.refundable().map_err(PaymentRefusal::from)?;
    let (order, _) = desk.get::<Order>(attempt.order_id)?;
    let terms = order.terms()?;
    let events = payment.deposit_lost(refund_id)?;
    let mut step = Step::on::<Payment>(payment_id, version, events, PaymentState::Ended);
    let terms = terms.clone();
    let mut order = Draft::<Order>::of(desk, attempt.order_id)?;
    let contests = open_contests(&order.state);
    claims::close_for_lost_money(&mut step, desk, contests.iter().copied())?;
    for contest in contests {
        order.then(|order| order.end_contest(contest, now, None))?;
    }
    let mut all = vec![];
    for seller in terms.sums_by_seller().into_keys() {
        let escrow_id = EscrowId::of(terms.order_id, seller);
        let mut escrow = Draft::<Escrow>::of(desk, escrow_id)?;
        let Ok(hold) = escrow.state.open().cloned() else { continue };
        for contest in hold.locks.keys().copied() {
            escrow.then(|escrow| escrow.unlock_for(contest))?;
        }
        let otherwise = hold.locked_otherwise().map_err(EscrowRefusal::from)?;
        if otherwise.is_positive() {
            escrow.then(|escrow| escrow.unlock(otherwise))?;
        }
        all.push((escrow_id, escrow, hold.locked));
    }
    let held: Vec<(EscrowId, Money)> = all.iter().map(|(id, _, locked)| (*id, *locked)).collect();
    for ((_, mut escrow, _), (_, part)) in all.into_iter().zip(holds::spread(amount, &held)?) {
        if part.is_positive() {
            escrow.then(|escrow| escrow.refund(refund_id, part))?;
        }
        escrow.into_step(&mut step);
    }
    if let Order::Paid(..) = order.state {
        order.then(|order| order.refund_in_full(CancelledBy::Operator, REVERSED.to_owned(), refund_id))?;
        end(&mut step, desk, (&mut order, &terms), refund_id)?;
    }
    order.into_step(&mut step);
    Ok(step)
}

fn open_contests(order: &Order) -> BTreeSet<Contest> {
    let lines = order.progress().into_iter().flat_map(Paid::lines);
    lines.filter_map(|(_, _, line)| line.contest).collect()
}

/// Ends an order that is given up because its money is gone already: what is still on the shelf returns.
pub(crate) fn end<T>(
    step: &mut Step<T>,
    desk: &Desk<'_>,
    (order, terms): (&mut Draft<Order>, &Terms),
    refund_id: RefundId,
) -> Result<(), Stop> {
    let Order::Cancelling(_, cancelling) = order.state.clone() else { return Ok(()) };
    order.then(|order| order.refunded(refund_id))?;
    holds::restock(step, desk, terms, &cancelling.to_restock())
}

/// What is locked in each hold of the order because of the deposit.
fn locked(desk: &Desk<'_>, terms: &Terms) -> Result<Vec<(EscrowId, Money)>, Stop> {
    let mut found = vec![];
    for seller in terms.sums_by_seller().into_keys() {
        let escrow_id = EscrowId::of(terms.order_id, seller);
        if let Ok(hold) = desk.get::<Escrow>(escrow_id)?.0.open() {
            let locked = hold.locked_otherwise().map_err(EscrowRefusal::from)?;
            found.extend(locked.is_positive().then_some((escrow_id, locked)));
        }
    }
    Ok(found)
}
