//! What a decided claim does with the goods' money: once, from the hold, or out of what was released.

use chrono::{DateTime, Utc};
use domain::{
    Money,
    claim::{Case, Claim, CloseReason},
    contest::Contest,
    escrow::{Escrow, EscrowRefusal, Reversal},
    id::RefundId,
    order::{Order, OrderRefusal, RefundCause, RefundLines, Shares},
    payment::Payment,
    seller::{Seller, SellerRefusal},
};
use store::Desk;

use super::contest;
use crate::{Step, Stop, draft::Draft};

/// What a decision moves.
pub(super) struct Settlement {
    /// By which refund.
    pub(super) refund_id: RefundId,
    /// What goes back to the buyer.
    pub(super) refund: Money,
    /// What the seller keeps without commission.
    pub(super) deduction: Money,
    /// Because the goods came back, or because others cost less.
    pub(super) cause: RefundCause,
    /// Whether the goods return to the stock.
    pub(super) restock: bool,
}

/// Moves the money and ends the contest: of a return, whose goods are gone from the order.
pub(super) fn settle<T>(
    step: &mut Step<T>,
    desk: &Desk<'_>,
    case: &Case,
    settlement: &Settlement,
    now: DateTime<Utc>,
) -> Result<(), Stop> {
    let mut order = Draft::<Order>::of(desk, case.order_id)?;
    refund_lines(&mut order, case, settlement)?;
    if settlement.cause == RefundCause::Returned {
        order.then(|order| order.end_contest(contest(case.claim_id), now, None))?;
    }
    order.into_step(step);
    if case.released {
        reverse(step, desk, case, settlement)?;
    } else {
        from_hold(step, desk, case, settlement)?;
    }
    if settlement.refund.is_positive() {
        let mut payment = Draft::<Payment>::of(desk, case.payment_id)?;
        let reason = case.claim_id.to_string();
        payment.then(|payment| payment.request_refund(settlement.refund_id, settlement.refund, reason))?;
        payment.into_step(step);
    }
    Ok(())
}

/// A return takes the goods' whole worth out of their lines; a cheaper exchange the difference only.
fn refund_lines(order: &mut Draft<Order>, case: &Case, settlement: &Settlement) -> Result<(), Stop> {
    let Settlement { refund_id, refund, deduction, cause, restock } = *settlement;
    let worth: Shares = order.state.paid()?.worth(&case.items)?;
    let parts = if cause == RefundCause::Returned {
        worth
    } else {
        let weights: Vec<i64> = worth.iter().map(|share| share.amount.amount).collect();
        let shares = refund.allocate(&weights).map_err(OrderRefusal::from)?;
        let share = |(mut part, amount): (domain::order::RefundedLine, Money)| {
            (part.quantity, part.amount) = (0, amount);
            part
        };
        worth.into_iter().zip(shares).map(share).collect()
    };
    let nothing_moves = !refund.is_positive() && !deduction.is_positive() && cause != RefundCause::Returned;
    if nothing_moves {
        return Ok(());
    }
    let command = RefundLines {
        seller_id: case.seller_id,
        refund_id,
        cause,
        reason: case.claim_id.to_string(),
        parts,
        restock,
        contest: Some(contest(case.claim_id)),
    };
    order.then(|order| order.refund_lines(command))?;
    if !refund.is_positive() {
        order.then(|order| Ok::<_, OrderRefusal>(order.lines_refunded(refund_id)))?;
    }
    Ok(())
}

fn from_hold<T>(step: &mut Step<T>, desk: &Desk<'_>, case: &Case, by: &Settlement) -> Result<(), Stop> {
    let lock = contest(case.claim_id);
    let mut escrow = Draft::<Escrow>::of(desk, case.escrow_id)?;
    let locked = escrow.state.hold()?.locks.get(&lock).copied();
    escrow.then(|escrow| escrow.unlock_for(lock))?;
    if by.refund.is_positive() {
        escrow.then(|escrow| escrow.refund(by.refund_id, by.refund))?;
    }
    if by.deduction.is_positive() {
        escrow.then(|escrow| escrow.compensate(by.deduction))?;
        let mut seller = Draft::<Seller>::of(desk, case.seller_id)?;
        seller.then(|seller| seller.credit(case.escrow_id, case.order_id, by.deduction))?;
        seller.into_step(step);
    }
    // An exchange stays locked until its goods have arrived.
    if by.cause == RefundCause::Exchanged
        && let Some(locked) = locked
    {
        let left = locked.minus(by.refund).map_err(EscrowRefusal::from)?;
        escrow.then(|escrow| escrow.lock_for(lock, left))?;
    }
    escrow.into_step(step);
    Ok(())
}

/// What was released comes out of what the seller is owed as far as that goes; the rest the seller owes.
fn reverse<T>(step: &mut Step<T>, desk: &Desk<'_>, case: &Case, by: &Settlement) -> Result<(), Stop> {
    if !by.refund.is_positive() {
        return Ok(());
    }
    let mut escrow = Draft::<Escrow>::of(desk, case.escrow_id)?;
    let mut seller = Draft::<Seller>::of(desk, case.seller_id)?;
    let contract = seller.state.account().ok_or(SellerRefusal::UnknownSeller)?.commission;
    let before = escrow.state.hold()?.split;
    let split = contract.split_back(before, by.refund).map_err(SellerRefusal::from)?;
    let (refund_id, amount, receivable) = (by.refund_id, by.refund, seller.state.short_of(split.net));
    escrow.then(|escrow| escrow.reverse_release(Reversal { refund_id, amount, split, receivable }))?;
    seller.then(|seller| seller.debit(case.escrow_id, (case.order_id, refund_id), split.net))?;
    escrow.into_step(step);
    seller.into_step(step);
    Ok(())
}

/// Ends a claim whose goods stay with the buyer: the lines can be confirmed again, the money moves again.
pub(super) fn let_go<T>(
    step: &mut Step<T>,
    desk: &Desk<'_>,
    case: &Case,
    (now, redelivered): (DateTime<Utc>, Option<domain::order::ConfirmPeriod>),
) -> Result<(), Stop> {
    let lock: Contest = contest(case.claim_id);
    let mut order = Draft::<Order>::of(desk, case.order_id)?;
    order.then(|order| order.end_contest(lock, now, redelivered))?;
    order.into_step(step);
    let mut escrow = Draft::<Escrow>::of(desk, case.escrow_id)?;
    escrow.then(|escrow| escrow.unlock_for(lock))?;
    escrow.into_step(step);
    Ok(())
}

/// Closes the claims among `contests`: the money they are about is lost.
pub(crate) fn close_for_lost_money<T>(
    step: &mut Step<T>,
    desk: &Desk<'_>,
    contests: impl IntoIterator<Item = Contest>,
) -> Result<(), Stop> {
    for contest in contests {
        let Contest::Claim { claim_id } = contest else { continue };
        let mut claim = Draft::<Claim>::of(desk, claim_id)?;
        claim.then(|claim| claim.close(CloseReason::MoneyLost, None))?;
        claim.into_step(step);
    }
    Ok(())
}
