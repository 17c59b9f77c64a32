//! Confirming payments, looking them up, paying with a card's number.

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use super::{Problem, document, money};
use crate::{
    app::{App, hold},
    book::Slot,
    buyer::as_asked,
    call::Call,
    payment::{No, PayMethod, State},
    protocol::Protocol,
    window::{Wanted, open},
};

/// The least and the most characters of an order's id.
const ORDER_ID: std::ops::RangeInclusive<usize> = 6..=64;

/// Reads a body as JSON, whatever it is called.
pub fn read<T: DeserializeOwned>(call: &Call) -> Result<T, Problem> {
    serde_json::from_slice(&call.body).map_err(|_| Problem::INVALID)
}

/// An order's id: six to 64 letters, digits, `-`, `_` and `=`.
pub fn is_order_id(id: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'=');
    ORDER_ID.contains(&id.len()) && id.bytes().all(fits)
}

/// Finds the payment of a key.
pub fn known(app: &App, payment_key: &str) -> Result<Slot, Problem> {
    let slot = app.book.find(Protocol::Toss, payment_key);
    slot.filter(|slot| hold(slot).payment.is_some()).ok_or(Problem::NO_SUCH_PAYMENT)
}

fn document(app: &App, slot: &Slot) -> Result<Value, Problem> {
    let mut entry = hold(slot);
    let payment = entry.payment.as_mut().ok_or(Problem::NO_SUCH_PAYMENT)?;
    payment.pass(app.now());
    Ok(document::payment(app, payment))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Confirm {
    payment_key: String,
    order_id: String,
    amount: Value,
}

/// The shop takes the money, or has the account issued, for which the buyer was authenticated.
pub fn confirm(app: &App, call: &Call) -> Result<Value, Problem> {
    let asked: Confirm = read(call)?;
    let slot = known(app, &asked.payment_key)?;
    app.change(&slot, |payment| {
        let amount = money::read(&asked.amount, &payment.terms.currency).ok_or(Problem::INVALID)?;
        if payment.order_id != asked.order_id {
            return Err(Problem::FORBIDDEN);
        }
        if matches!(payment.state, State::AccountIssued) {
            return Err(Problem::PROCESSED);
        }
        payment.may_be_approved(None, app.now())?;
        if amount != payment.terms.total {
            return Err(Problem::FORBIDDEN);
        }
        app.take(payment, as_asked())?;
        Ok(document::payment(app, payment))
    })
}

/// Won, where nothing else is taken.
pub fn won(value: &Value) -> Result<i64, Problem> {
    money::read(value, "KRW").filter(|amount| *amount > 0).ok_or(Problem::INVALID)
}

pub fn show(app: &App, call: &Call) -> Result<Value, Problem> {
    document(app, &known(app, &call.id)?)
}

/// By the shop's order; the last payment of it counts.
pub fn find(app: &App, call: &Call) -> Result<Value, Problem> {
    let slot = app.book.of_order(Protocol::Toss, &call.id).pop().ok_or(Problem::NO_SUCH_PAYMENT)?;
    document(app, &slot)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct KeyIn {
    amount: Value,
    order_id: String,
    order_name: String,
    card_number: String,
    customer_name: Option<String>,
    customer_email: Option<String>,
    tax_free_amount: Option<i64>,
}

/// Pays with a card's number, without a window.
pub fn key_in(app: &App, call: &Call) -> Result<Value, Problem> {
    let asked: KeyIn = read(call)?;
    let digits = asked.card_number.bytes().all(|byte| byte.is_ascii_digit());
    if !digits || !(13..=20).contains(&asked.card_number.len()) {
        return Err(Problem::INVALID);
    }
    let wanted = Wanted {
        total_amount: Some(won(&asked.amount)?),
        tax_free_amount: asked.tax_free_amount,
        order_name: Some(asked.order_name),
        pay_method: Some(PayMethod::Card),
        full_name: asked.customer_name,
        email: asked.customer_email,
        ..Wanted::default()
    };
    at_once(app, &asked.order_id, wanted)
}

/// Opens a payment and carries it out, for calls that need no window.
pub fn at_once(app: &App, order_id: &str, wanted: Wanted) -> Result<Value, Problem> {
    if !is_order_id(order_id) {
        return Err(Problem::INVALID);
    }
    if !app.book.of_order(Protocol::Toss, order_id).is_empty() {
        return Err(Problem::ORDER_USED);
    }
    let slot = open(app, Protocol::Toss, order_id, wanted, false)?;
    app.change(&slot, |payment| {
        app.take(payment, as_asked())?;
        Ok::<_, No>(document::payment(app, payment))
    })
    .map_err(Problem::from)
}
