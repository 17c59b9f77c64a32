//! The movements of money in a span of time, oldest first: each capture and each cancellation is one.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::money::written;
use super::{
    Problem,
    accounts::date,
    document::{time, transaction_key},
};
use crate::{
    app::{App, hold},
    call::Call,
    payment::{Outcome, Payment, State},
    protocol::Protocol,
};

/// The most movements in one answer.
const MAX: usize = 10_000;
/// How many, if the shop does not say.
const USUAL: usize = 100;

struct Movement {
    at: DateTime<Utc>,
    key: String,
    document: Value,
}

pub fn list(app: &App, call: &Call) -> Result<Value, Problem> {
    let day = |name| call.query_value(name).as_deref().and_then(date).ok_or(Problem::INVALID);
    let (from, until) = (day("startDate")?, day("endDate")?);
    let limit = match call.query_value("limit") {
        Some(text) => text.parse().ok().filter(|limit| (1..=MAX).contains(limit)).ok_or(Problem::INVALID)?,
        None => USUAL,
    };
    let mut all: Vec<Movement> = Vec::new();
    for slot in app.book.opened(Protocol::Toss, 0, usize::MAX) {
        if let Some(payment) = &hold(&slot).payment {
            all.extend(of(app, payment).into_iter().filter(|it| from <= it.at && it.at <= until));
        }
    }
    // Stable: at the same moment, in the order in which the payments were opened.
    all.sort_by_key(|movement| movement.at);
    let after = call.query_value("startingAfter");
    let first = match &after {
        Some(key) => 1 + all.iter().position(|it| it.key == *key).ok_or(Problem::INVALID)?,
        None => 0,
    };
    Ok(Value::Array(all.into_iter().skip(first).take(limit).map(|it| it.document).collect()))
}

fn of(app: &App, payment: &Payment) -> Vec<Movement> {
    let State::Paid { at } = payment.state else {
        return Vec::new();
    };
    let movement = |at, id: &str, status: &str, amount: i64| {
        let key = transaction_key(app, id);
        let document = json!({
            "mId": "escrowsandbox", "transactionKey": key, "paymentKey": payment.id,
            "orderId": payment.order_id, "method": super::document::payment(app, payment)["method"],
            "customerKey": null, "useEscrow": payment.escrow.is_some(), "receiptUrl": null,
            "status": status, "transactionAt": time(at), "currency": payment.terms.currency,
            "amount": written(amount, &payment.terms.currency),
        });
        Movement { at, key, document }
    };
    let captured = movement(at, &payment.transaction_id, "DONE", payment.terms.total);
    let back = payment.cancellations.iter().filter(|made| made.outcome == Outcome::Succeeded);
    let mut sum = 0;
    let back = back.map(|made| {
        sum += made.total;
        // As the payment was then, whatever came after.
        let status = if sum < payment.terms.total { "PARTIAL_CANCELED" } else { "CANCELED" };
        movement(made.cancelled_at.unwrap_or(made.requested_at), &made.id, status, -made.total)
    });
    std::iter::once(captured).chain(back).collect()
}
