//! Refunds: asked for by people, carried out by the gateway, recorded here.

use chrono::{DateTime, Utc};
use domain::{
    Money, Sealed,
    claim::Claim,
    contest::Contest,
    id::{ClaimId, OrderId, PaymentId, RefundId},
    order::{Item, Order, OrderRefusal, RefundCause},
    payment::{Payment, PaymentRefusal, RefundState},
};
use serde::{Deserialize, Serialize};
use store::Desk;

use crate::{
    Caller, Command, Step, Stop, cancel, draft::Draft, foreign, holds, refund_account, refusal::CallerRefusal,
};

/// Why a refund is asked for anew, where nobody says.
const ASKED_ANEW: &str = "asked for anew";

/// Refunds a payment in full, which gives its order up, or in part, which does not.
#[derive(Debug, Clone)]
pub struct RefundPayment {
    /// Which payment.
    pub payment_id: PaymentId,
    /// Who asks. In part only an operator or the order's one seller; in full after shipment likewise.
    pub caller: Caller,
    /// How much; everything if not named.
    pub amount: Option<Money>,
    /// Why.
    pub reason: String,
    /// The refund's id.
    pub refund_id: RefundId,
    /// Where a deposit goes back to, sealed under the buyer's key.
    pub refund_account: Option<Sealed>,
}

/// Has the gateway asked anew for a refund that it refused.
#[derive(Debug, Clone)]
pub struct RetryRefund {
    /// Of which payment.
    pub payment_id: PaymentId,
    /// Which.
    pub refund_id: RefundId,
    /// Who asks: the buyer or an operator.
    pub caller: Caller,
    /// Where a deposit goes back to, if that is to be another account than before, or there was none.
    pub refund_account: Option<Sealed>,
}

/// A refund that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundAnswer {
    /// Of which payment.
    pub payment_id: PaymentId,
    /// Of which order.
    pub order_id: OrderId,
    /// The refund; none where nothing was paid.
    pub refund_id: Option<RefundId>,
    /// How much.
    pub amount: Money,
}

impl Command for RefundPayment {
    type Answer = RefundAnswer;

    fn decide(&self, desk: &Desk<'_>, now: DateTime<Utc>) -> Result<Step<RefundAnswer>, Stop> {
        let (payment, payment_version) = desk.get::<Payment>(self.payment_id)?;
        let attempt = payment.attempt()?;
        let (order, order_version) = desk.get::<Order>(attempt.order_id)?;
        let terms = order.terms()?;
        self.caller.may_cancel(terms)?;
        refund_account::check(self.caller, payment, self.refund_account.as_ref())?;
        if let Some((refund_id, failed)) = payment.captured()?.failed_refund() {
            let asked = (refund_id, failed.amount, self.reason.clone());
            return ask_anew(payment, payment_version, asked, self.refund_account.clone());
        }
        let refundable = payment.captured()?.refundable().map_err(PaymentRefusal::from)?;
        let amount = self.amount.unwrap_or(refundable);
        let account = self.refund_account.clone();
        let events = payment.request_refund_to(self.refund_id, amount, self.reason.clone(), account)?;
        let refund_id = Some(self.refund_id);
        let answer =
            RefundAnswer { payment_id: self.payment_id, order_id: attempt.order_id, refund_id, amount };

        if let Payment::Quarantined(..) = payment {
            return Ok(Step::on::<Payment>(self.payment_id, payment_version, events, answer));
        }
        if amount == refundable {
            let by = self.caller.cancels_as();
            let given_up = match self.caller {
                Caller::Buyer(_) => order.cancel(by, self.reason.clone(), self.refund_id, now)?,
                Caller::Seller(_) | Caller::Operator(_) => {
                    order.refund_in_full(by, self.reason.clone(), self.refund_id)?
                }
            };
            let asked = (self.reason.as_str(), self.refund_account.as_ref());
            let step = cancel::finish(desk, order, order_version, given_up, asked)?;
            return Ok(Step { unit: step.unit, version: step.version, answer });
        }
        if let Caller::Buyer(_) = self.caller {
            return Err(CallerRefusal::NotYours.into());
        }
        let parts =
            if events.is_empty() { vec![] } else { holds::spread(amount, &holds::movable(desk, terms)?)? };
        let mut step = Step::on::<Payment>(self.payment_id, payment_version, events, answer);
        holds::commit_refund(&mut step, desk, self.refund_id, &parts)?;
        let mut order = Draft::<Order>::of(desk, attempt.order_id)?;
        holds::reduce_lines(&mut order, (self.refund_id, RefundCause::Reduced), &self.reason, &parts)?;
        order.into_step(&mut step);
        Ok(step)
    }
}

impl Command for RetryRefund {
    type Answer = RefundAnswer;

    fn decide(&self, desk: &Desk<'_>, _now: DateTime<Utc>) -> Result<Step<RefundAnswer>, Stop> {
        let (payment, version) = desk.get::<Payment>(self.payment_id)?;
        let (order, _) = desk.get::<Order>(payment.attempt()?.order_id)?;
        if let Caller::Seller(_) = self.caller {
            return Err(CallerRefusal::NotYours.into());
        }
        self.caller.may_cancel(order.terms()?)?;
        let refund = payment.refund(self.refund_id)?;
        if refund.state == RefundState::Failed {
            refund_account::check(self.caller, payment, self.refund_account.as_ref())?;
        }
        let asked = (self.refund_id, refund.amount, ASKED_ANEW.to_owned());
        ask_anew(payment, version, asked, self.refund_account.clone())
    }
}

/// A refund the gateway refused is owed still; nothing else is refunded before it.
fn ask_anew(
    payment: &Payment,
    version: i64,
    (refund_id, amount, reason): (RefundId, Money, String),
    account: Option<Sealed>,
) -> Result<Step<RefundAnswer>, Stop> {
    let (order_id, payment_id) = (payment.attempt()?.order_id, payment.attempt()?.payment_id);
    let events = payment.request_refund_to(refund_id, amount, reason, account)?;
    let answer = RefundAnswer { payment_id, order_id, refund_id: Some(refund_id), amount };
    Ok(Step::on::<Payment>(payment_id, version, events, answer))
}

/// What the gateway said of a refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundResult {
    /// It is carried out.
    Done {
        /// The gateway's cancellation.
        cancellation_id: String,
        /// When, by the gateway's clock.
        refunded_at: DateTime<Utc>,
    },
    /// It will be carried out.
    Pending {
        /// The gateway's cancellation.
        cancellation_id: String,
    },
    /// It was refused.
    Failed {
        /// The gateway's reason code.
        reason: String,
    },
    /// Nothing was heard.
    InDoubt,
    /// A look-up after a doubt shows no trace of it.
    NotFound,
}

/// Records what the gateway said of a refund.
#[derive(Debug, Clone)]
pub struct RecordRefund {
    /// Of which payment.
    pub payment_id: PaymentId,
    /// Which.
    pub refund_id: RefundId,
    /// What was said.
    pub result: RefundResult,
}

impl Command for RecordRefund {
    type Answer = ();

    fn decide(&self, desk: &Desk<'_>, _now: DateTime<Utc>) -> Result<Step<()>, Stop> {
        let (payment, version) = desk.get::<Payment>(self.payment_id)?;
        let refund = self.refund_id;
        if let RefundResult::Done { cancellation_id, refunded_at } = &self.result
            && let Some(seen) = foreign::second(payment, refund, (cancellation_id, *refunded_at))?
        {
            return foreign::taken_back(desk, (self.payment_id, payment, version), &seen, ());
        }
        let events = match &self.result {
            RefundResult::Done { cancellation_id, refunded_at } => {
                payment.refund_done(refund, cancellation_id.clone(), *refunded_at)?
            }
            RefundResult::Pending { cancellation_id } => {
                payment.refund_pending(refund, cancellation_id.clone())?
            }
            RefundResult::Failed { reason } => payment.refund_failed(refund, reason.clone())?,
            RefundResult::InDoubt => payment.refund_in_doubt(refund)?,
            RefundResult::NotFound => payment.refund_not_found(refund)?,
        };
        let is_done = matches!(self.result, RefundResult::Done { .. }) && !events.is_empty();
        let order_id = payment.attempt()?.order_id;
        let mut step = Step::on::<Payment>(self.payment_id, version, events, ());
        if is_done {
            money_is_back(&mut step, desk, order_id, refund)?;
        }
        Ok(step)
    }
}

/// Books that the bank sent the buyer a refund which the gateway would not carry out.
#[derive(Debug, Clone)]
pub struct BookBankRefund {
    /// Of which payment.
    pub payment_id: PaymentId,
    /// Which.
    pub refund_id: RefundId,
    /// The bank's reference of the transfer.
    pub bank_reference: String,
    /// When, by the bank's statement; now if not known.
    pub refunded_at: Option<DateTime<Utc>>,
}

impl Command for BookBankRefund {
    type Answer = RefundAnswer;

    fn decide(&self, desk: &Desk<'_>, now: DateTime<Utc>) -> Result<Step<RefundAnswer>, Stop> {
        let (payment, version) = desk.get::<Payment>(self.payment_id)?;
        let at = self.refunded_at.unwrap_or(now).min(now);
        let events = payment.refunded_by_bank(self.refund_id, self.bank_reference.clone(), at)?;
        let is_done = !events.is_empty();
        let (order_id, amount) = (payment.attempt()?.order_id, payment.refund(self.refund_id)?.amount);
        let refund_id = Some(self.refund_id);
        let answer = RefundAnswer { payment_id: self.payment_id, order_id, refund_id, amount };
        let mut step = Step::on::<Payment>(self.payment_id, version, events, answer);
        if is_done {
            money_is_back(&mut step, desk, order_id, self.refund_id)?;
        }
        Ok(step)
    }
}

/// What waited for a refund goes on: the order's cancellation ends, or single lines' refund does. Stock returns last.
pub(crate) fn money_is_back<T>(
    step: &mut Step<T>,
    desk: &Desk<'_>,
    order_id: OrderId,
    refund_id: RefundId,
) -> Result<(), Stop> {
    let mut order = Draft::<Order>::of(desk, order_id)?;
    let before = order.state.clone();
    let (mut back, mut claims): (Vec<Item>, Vec<ClaimId>) = (vec![], vec![]);
    if let Some(paid) = before.progress() {
        let of_it = paid.refunds.iter().filter(|pending| pending.refund_id == refund_id);
        for pending in of_it {
            back.extend(pending.restock.iter().copied());
            if let Some(Contest::Claim { claim_id }) = pending.contest {
                claims.push(claim_id);
            }
        }
    }
    order.then(|order| Ok::<_, OrderRefusal>(order.lines_refunded(refund_id)))?;
    if let Order::Cancelling(_, cancelling) = &before
        && cancelling.refund_id == refund_id
    {
        order.then(|order| order.refunded(refund_id))?;
        back.extend(cancelling.to_restock());
    }
    if order.is_changed() {
        order.into_step(step);
        holds::restock(step, desk, before.terms()?, &back)?;
    }
    for claim_id in claims {
        let mut claim = Draft::<Claim>::of(desk, claim_id)?;
        claim.then(|claim| claim.refunded(refund_id))?;
        claim.into_step(step);
    }
    Ok(())
}
