//! Money that went back at the gateway although nobody here asked for it: at its console, by its bank, or by a call of
//! ours whose refund somebody had carried out by hand meanwhile.

use chrono::{DateTime, Utc};
use domain::{
    Aggregate,
    id::{Id, PaymentId, RefundId},
    order::{CancelledBy, Order, OrderRefusal, RefundCause},
    payment::{Payment, PaymentRefusal, RefundState},
};
use store::Desk;
use uuid::Uuid;

use crate::{Step, Stop, draft::Draft, holds, lost, seen::ForeignCancellation};

/// The refund that stands for a cancellation nobody here asked for: the same cancellation is the same refund.
pub(crate) fn refund_of(cancellation_id: &str) -> RefundId {
    const CANCELLATIONS: Uuid = Uuid::from_u128(0x0c8e_54c4_4ad7_4b83_a1a0_3d64_12f7_9b11);
    RefundId::from_uuid(Uuid::new_v5(&CANCELLATIONS, cancellation_id.as_bytes()))
}

/// The cancellation made for a refund that another cancellation has settled: the money went back twice.
pub(crate) fn second(
    payment: &Payment,
    refund_id: RefundId,
    (cancellation_id, cancelled_at): (&str, DateTime<Utc>),
) -> Result<Option<ForeignCancellation>, PaymentRefusal> {
    let refund = payment.refund(refund_id)?;
    let is_known = payment.captured()?.cancellations.contains(cancellation_id);
    let is_second = refund.state == RefundState::Done && !is_known;
    let (cancellation_id, amount) = (cancellation_id.to_owned(), refund.amount);
    Ok(is_second.then_some(ForeignCancellation { cancellation_id, amount, cancelled_at }))
}

/// A cancellation nobody here asked for is a refund that is done already. What the holds no longer have is the
/// platform's loss, until somebody makes up for it.
pub(crate) fn taken_back<T>(
    desk: &Desk<'_>,
    (payment_id, payment, version): (PaymentId, &Payment, i64),
    seen: &ForeignCancellation,
    answer: T,
) -> Result<Step<T>, Stop> {
    let refund_id = refund_of(&seen.cancellation_id);
    let order_id = payment.attempt()?.order_id;
    let mut order = Draft::<Order>::of(desk, order_id)?;
    let terms = order.state.terms()?;
    let parts = match payment {
        Payment::Authorized(..) => holds::spread(seen.amount, &holds::movable(desk, terms)?).ok(),
        // Nothing of it was ever in a hold.
        Payment::Absent | Payment::Open(..) | Payment::Quarantined(..) | Payment::Ended(..) => None,
    };
    let Some(parts) = parts else {
        let events = payment.charged_back(seen.cancellation_id.clone(), seen.amount, seen.cancelled_at)?;
        return Ok(Step::on::<Payment>(payment_id, version, events, answer));
    };
    let reason = format!("cancelled at the gateway: {}", seen.cancellation_id);
    let mut after = payment.clone();
    let mut events = payment.request_refund(refund_id, seen.amount, reason.clone())?;
    for event in &events {
        Aggregate::evolve(&mut after, event);
    }
    events.extend(after.refund_done(refund_id, seen.cancellation_id.clone(), seen.cancelled_at)?);
    let mut step = Step::on::<Payment>(payment_id, version, events, answer);

    holds::commit_refund(&mut step, desk, refund_id, &parts)?;
    let is_all = payment.captured()?.refundable().map_err(PaymentRefusal::from)? == seen.amount;
    if is_all && let Order::Paid(terms, _) = order.state.clone() {
        order.then(|order| order.refund_in_full(CancelledBy::Operator, reason, refund_id))?;
        lost::end(&mut step, desk, (&mut order, &terms), refund_id)?;
    } else {
        holds::reduce_lines(&mut order, (refund_id, RefundCause::AtGateway), &reason, &parts)?;
        order.then(|order| Ok::<_, OrderRefusal>(order.lines_refunded(refund_id)))?;
    }
    order.into_step(&mut step);
    Ok(step)
}
