//! A refund that the gateway refused is owed still. Whoever carries it out at the gateway's console has paid it: the
//! same amount, cancelled there by nobody known here, is that refund.

use domain::{
    id::{PaymentId, RefundId},
    payment::{Payment, Refund, RefundState},
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
    let owed = |seen: &ForeignCancellation| {
        let is_it = |refund: &Refund| refund.state == RefundState::Failed && refund.amount == seen.amount;
        let mut refunds = payment.captured().into_iter().flat_map(|captured| &captured.refunds);
        refunds.find(|(_, refund)| is_it(refund)).map(|(refund_id, _)| *refund_id)
    };
    let found: Option<(RefundId, &ForeignCancellation)> =
        unseen.into_iter().find_map(|seen| owed(seen).map(|refund_id| (refund_id, seen)));
    let Some((refund_id, seen)) = found else { return Ok(None) };
    let events = payment.refund_done(refund_id, seen.cancellation_id.clone(), seen.cancelled_at)?;
    let mut step = Step::on::<Payment>(payment_id, version, events, state);
    money_is_back(&mut step, desk, payment.attempt()?.order_id, refund_id)?;
    Ok(Some(step))
}
