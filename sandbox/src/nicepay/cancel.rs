//! Giving back: on the shop's wish, or within an hour because the answer to an approval was lost.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value};

use super::{
    Refusal, document,
    payments::{given, known, number, text},
    sign::check,
};
use crate::{
    app::App,
    call::Call,
    faults::Fault,
    payment::{Cancellation, Cancelling, Destination, No, Outcome, PayMethod, Payment, State},
    protocol::{Dialect, News, Protocol},
};

/// How long an approval can be undone by the order's id alone.
const NET_CANCEL_WITHIN: TimeDelta = TimeDelta::hours(1);
/// How long a card payment can be cancelled.
const CARD_WITHIN: TimeDelta = TimeDelta::days(365);
/// How long a deposit can be given back.
const DEPOSIT_WITHIN: TimeDelta = TimeDelta::days(180);
/// The longest account number, in digits.
const MAX_ACCOUNT: usize = 16;

pub fn cancel(app: &App, call: &Call) -> Result<Value, Refusal> {
    let body = given(call);
    let reason = text(&body, "reason").ok_or(Refusal::MISSING)?;
    let order_id = text(&body, "orderId").ok_or(Refusal::MISSING)?;
    let edi_date = text(&body, "ediDate").unwrap_or_default();
    check(app, text(&body, "signData"), &[&call.id, edi_date])?;
    let amount = number(&body, "cancelAmt")?;
    let asked = Cancelling {
        amount,
        tax_free: number(&body, "taxFreeAmt")?,
        to: destination(&body)?,
        reference: Some(order_id.to_owned()),
        ..Cancelling::whole(reason.to_owned())
    };
    let slot = known(app, &call.id).ok_or(Refusal::NOTHING_TO_CANCEL)?;
    app.change(&slot, |payment| {
        in_time(payment, app.now())?;
        let is_part = amount.is_some_and(|amount| amount != payment.cancellable());
        let used = |made: &Cancellation| made.reference.as_deref() == Some(order_id);
        if is_part && payment.cancellations.iter().any(used) {
            return Err(Refusal::ORDER_ID_USED);
        }
        carry_out(app, payment, asked, call.fault)
    })?
}

/// A deposit goes back to an account; whoever names one names all of it.
fn destination(body: &Map<String, Value>) -> Result<Destination, Refusal> {
    let parts = ["refundAccount", "refundBankCode", "refundHolder"].map(|name| text(body, name));
    match parts {
        [None, None, None] => Ok(Destination::WhereItCameFrom),
        [Some(account), Some(bank), Some(_)] => {
            let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
            let fits = account.len() <= MAX_ACCOUNT && digits(account) && bank.len() == 3 && digits(bank);
            fits.then_some(Destination::Account).ok_or(Refusal::MALFORMED)
        }
        _ => Err(Refusal::MISSING),
    }
}

fn in_time(payment: &Payment, now: DateTime<Utc>) -> Result<(), Refusal> {
    let within = if payment.terms.method == PayMethod::VirtualAccount { DEPOSIT_WITHIN } else { CARD_WITHIN };
    match payment.state {
        State::Paid { at } if now > at + within => Err(Refusal::CANCEL_TOO_LATE),
        State::Paid { .. }
        | State::Ready
        | State::Pending
        | State::Authorised { .. }
        | State::AccountIssued
        | State::Failed { .. }
        | State::Expired { .. } => Ok(()),
    }
}

/// Cancels, and answers the document; what was done and yet not promised is done, and answered as a refusal.
fn carry_out(
    app: &App,
    payment: &mut Payment,
    asked: Cancelling,
    fault: Option<Fault>,
) -> Result<Result<Value, Refusal>, Refusal> {
    let (outcome, refusal) = match fault {
        Some(Fault::CancelRequested) => (Outcome::Requested, Some(Refusal::CANCEL_TAKES_TIME)),
        Some(Fault::CancelFailed) => (Outcome::Failed, Some(Refusal::CANCEL_FAILED)),
        Some(_) | None => (Outcome::Succeeded, None),
    };
    let id = app.ids.id("cancellation", &payment.id, payment.cancellations.len());
    let asked = Cancelling { outcome, part_of_escrow_allowed: allowed(app, payment), ..asked };
    let made = if payment.state == State::AccountIssued {
        if asked.amount.is_some_and(|amount| amount != payment.terms.total) {
            return Err(Refusal::NO_PART_BEFORE_DEPOSIT);
        }
        payment.call_off(id, asked, app.now())?.clone()
    } else if !payment.is_captured() && payment.cancelled() > 0 {
        return Err(No::AlreadyCancelled.into());
    } else {
        payment.cancel(id, asked, app.now())?.clone()
    };
    super::Nicepay.tell(app, payment, &News::Cancellation(made.clone()));
    Ok(refusal.map_or_else(|| Ok(document::payment(app, payment, Some(&made))), Err))
}

fn allowed(app: &App, payment: &Payment) -> bool {
    app.channel(&payment.terms.channel_key).is_some_and(|channel| channel.partial_cancel_of_escrow)
}

/// Undoes the approval of an order, whole. It finds only one payment, and only a young one.
pub fn net_cancel(app: &App, call: &Call) -> Result<Value, Refusal> {
    let body = given(call);
    // The manual's example writes it like this once.
    let order_id = text(&body, "orderId").or(text(&body, "orderID")).ok_or(Refusal::MISSING)?;
    let edi_date = text(&body, "ediDate").unwrap_or_default();
    check(app, text(&body, "signData"), &[order_id, edi_date])?;
    let slot = app.book.of_order(Protocol::Nicepay, order_id).pop().ok_or(Refusal::NOTHING_TO_CANCEL)?;
    let asked = Cancelling {
        to: Destination::WhereItCameFrom,
        reference: Some(order_id.to_owned()),
        ..Cancelling::whole("망취소".into())
    };
    app.change(&slot, |payment| {
        let approved_at = approved_at(payment).ok_or(Refusal::NOTHING_TO_CANCEL)?;
        if app.now() > approved_at + NET_CANCEL_WITHIN {
            return Err(Refusal::NET_CANCEL_TOO_LATE);
        }
        carry_out(app, payment, asked, call.fault)
    })?
}

fn approved_at(payment: &Payment) -> Option<DateTime<Utc>> {
    match (&payment.state, &payment.account) {
        (_, Some(account)) => Some(account.issued_at),
        (State::Paid { at }, None) => Some(*at),
        (
            State::Ready
            | State::Pending
            | State::Authorised { .. }
            | State::AccountIssued
            | State::Failed { .. }
            | State::Expired { .. },
            None,
        ) => None,
    }
}
