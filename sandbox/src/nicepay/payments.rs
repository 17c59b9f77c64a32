//! Approving payments, looking them up, comparing an amount.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value, json};

use super::{
    Refusal,
    document::{self, time},
    sign::{check, sign},
};
use crate::{
    app::{App, hold},
    body::fields,
    book::{Entry, Slot},
    buyer::as_asked,
    call::Call,
    payment::{Payment, State},
    protocol::Protocol,
};

/// The fields of a call's body, or of its query where it has no body.
pub fn given(call: &Call) -> Map<String, Value> {
    if call.body.is_empty() {
        return call.query_pairs().into_iter().map(|(name, value)| (name, value.into())).collect();
    }
    fields(&call.headers, &call.body)
}

/// A field as text.
pub fn text<'f>(fields: &'f Map<String, Value>, name: &str) -> Option<&'f str> {
    fields.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// A field as a whole number, written as one or as text.
pub fn number(fields: &Map<String, Value>, name: &str) -> Result<Option<i64>, Refusal> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.is_empty() => Ok(None),
        Some(Value::String(text)) => text.parse().map(Some).map_err(|_| Refusal::MALFORMED),
        Some(value) => value.as_i64().map(Some).ok_or(Refusal::MALFORMED),
    }
}

/// Finds the payment of a key.
pub fn known(app: &App, tid: &str) -> Option<Slot> {
    app.book.find(Protocol::Nicepay, tid).filter(|slot| hold(slot).payment.is_some())
}

/// The payment in its entry, with what was not done in time lost.
pub fn current<'e>(app: &App, entry: &'e mut Entry) -> Option<&'e mut Payment> {
    let payment = entry.payment.as_mut()?;
    payment.pass(app.now());
    Some(payment)
}

/// The shop takes the money, or has the account issued, for which the buyer was authenticated.
pub fn approve(app: &App, call: &Call) -> Result<Value, Refusal> {
    let body = given(call);
    let amount = number(&body, "amount")?.ok_or(Refusal::MISSING)?;
    let edi_date = text(&body, "ediDate").unwrap_or_default();
    check(app, text(&body, "signData"), &[&call.id, &amount.to_string(), edi_date])?;
    let slot = known(app, &call.id).ok_or(Refusal::NO_SUCH_TID)?;
    app.change(&slot, |payment| {
        payment.may_be_approved(None, app.now())?;
        if amount != payment.terms.total {
            return Err(Refusal::OTHER_AMOUNT);
        }
        let hours = payment.terms.extra.get("vbankValidHours").and_then(Value::as_i64);
        let due_at = hours.map(|hours| app.now() + TimeDelta::hours(hours));
        payment.terms.due_at = due_at.or(payment.terms.due_at);
        app.take(payment, as_asked())?;
        Ok(document::payment(app, payment, None))
    })
}

/// By key.
pub fn show(app: &App, call: &Call) -> Result<Value, Refusal> {
    let query = given(call);
    let edi_date = text(&query, "ediDate").unwrap_or_default();
    check(app, text(&query, "signData"), &[&call.id, edi_date])?;
    found(app, known(app, &call.id))
}

/// By the shop's order; the last payment of it counts. The day of the order, if it is given, must fit.
pub fn find(app: &App, call: &Call) -> Result<Value, Refusal> {
    let query = given(call);
    let slot = app.book.of_order(Protocol::Nicepay, &call.id).pop().ok_or(Refusal::NOTHING_FOUND)?;
    let edi_date = text(&query, "ediDate").unwrap_or_default();
    let tid = hold(&slot).id.clone();
    check(app, text(&query, "signData"), &[&tid, edi_date])?;
    if let Some(day) = text(&query, "orderDate") {
        let opened = hold(&slot).payment.as_ref().map(|payment| payment.requested_at);
        let in_seoul = |at: DateTime<Utc>| (at + TimeDelta::hours(9)).format("%Y%m%d").to_string();
        if opened.map(in_seoul).as_deref() != Some(day) {
            return Err(Refusal::NOTHING_FOUND);
        }
    }
    found(app, Some(slot))
}

/// A payment is known to the shop from when its buyer was authenticated.
fn found(app: &App, slot: Option<Slot>) -> Result<Value, Refusal> {
    let slot = slot.ok_or(Refusal::NOTHING_FOUND)?;
    let mut entry = hold(&slot);
    let payment = current(app, &mut entry).ok_or(Refusal::NOTHING_FOUND)?;
    if matches!(payment.state, State::Ready) {
        return Err(Refusal::NOTHING_FOUND);
    }
    Ok(document::payment(app, payment, None))
}

/// Whether the amount the shop believes in is the payment's.
pub fn check_amount(app: &App, call: &Call) -> Result<Value, Refusal> {
    let body = given(call);
    let amount = number(&body, "amount")?.ok_or(Refusal::MISSING)?;
    let edi_date = text(&body, "ediDate").unwrap_or_default();
    check(app, text(&body, "signData"), &[&call.id, &amount.to_string(), edi_date])?;
    let slot = known(app, &call.id).ok_or(Refusal::NO_SUCH_TID)?;
    let mut entry = hold(&slot);
    let payment = current(app, &mut entry).ok_or(Refusal::NO_SUCH_TID)?;
    let edi_date = time(app.now());
    Ok(json!({
        "resultCode": "0000",
        "resultMsg": "정상 처리되었습니다.",
        "signature": sign(app, &[&payment.id, &edi_date]),
        "ediDate": edi_date,
        "isValid": amount == payment.terms.total,
        "tid": payment.id,
    }))
}
