//! A refund of ours that is not done yet is owed. Whoever carries it out at the gateway's console has paid it: the same
//! amount, cancelled there by nobody known here, is that refund. Should our own call turn out to have been carried out
//! as well, that is the second movement, and booked as one ([`crate::foreign`]).

use domain::{
    id::{PaymentId, RefundId},
    payment::{Payment, RefundState},
};
use store::Desk;

use crate::{PaymentState, Step, Stop, refund::money_is_back, seen::ForeignCancellation};

/// The owed refund that one of `unseen` is, recorded; nothing where there is none.
pub(crate) fn settled<'a>(
    desk: &Desk<'_>,
    (payment_id, payment, version): (PaymentId, &Payment, i64),
    unseen: impl Iterator<Item = &'a ForeignCancellation>,
    state: PaymentState,
) -> Result<Option<Step<PaymentState>>, Stop> {
    let found = unseen.into_iter().find_map(|seen| owed(payment, seen).map(|refund_id| (refund_id, seen)));
    let Some((refund_id, seen)) = found else { return Ok(None) };
    let events = payment.refund_done(refund_id, seen.cancellation_id.clone(), seen.cancelled_at)?;
    let mut step = Step::on::<Payment>(payment_id, version, events, state);
    money_is_back(&mut step, desk, payment.attempt()?.order_id, refund_id)?;
    Ok(Some(step))
}

/// Of several refunds of the amount, that which is least likely to be carried out by itself.
fn owed(payment: &Payment, seen: &ForeignCancellation) -> Option<RefundId> {
    let refunds = payment.captured().into_iter().flat_map(|captured| &captured.refunds);
    let owed = refunds.filter(|(_, refund)| refund.amount == seen.amount);
    let ranked = owed.filter_map(|(refund_id, refund)| rank(refund.state).map(|rank| (rank, *refund_id)));
    ranked.min().map(|(_, refund_id)| refund_id)
}

const fn rank(state: RefundState) -> Option<u8> {
    match state {
        RefundState::Failed => Some(0),
        RefundState::InDoubt => Some(1),
        RefundState::Requested => Some(2),
        RefundState::Pending => Some(3),
        RefundState::Done => None,
    }
}
