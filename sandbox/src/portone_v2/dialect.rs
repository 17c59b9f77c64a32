//! PortOne V2's words.

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::TimeDelta;
use reqwest::Url;
use serde_json::{Value, json};

use super::{
    OPEN, Problem,
    document::{document, time},
    events, window,
};
use crate::{
    app::App,
    call::{Answer, Call},
    idempotency::{Begun, Held},
    pages,
    payment::{No, Payment, State},
    protocol::{Dialect, Left, News},
    window::Wanted,
};

/// How long an idempotency key's answer is kept.
const KEPT: TimeDelta = TimeDelta::hours(3);

/// PortOne V2.
pub struct PortoneV2;

impl Dialect for PortoneV2 {
    fn admit(&self, app: &App, call: &Call) -> Result<Option<Held>, Answer> {
        if !OPEN.contains(&call.route) && !app.is_authorized(call.header(header::AUTHORIZATION.as_str())) {
            return Err(Problem::unauthorized().answer());
        }
        let header = match call.header("idempotency-key") {
            Some(header) if !call.route.starts_with("GET") => header,
            Some(_) | None => return Ok(None),
        };
        let Some(key) = quoted(header) else {
            let message = "Idempotency-Key must be a quoted string of 16 to 256 characters";
            return Err(Problem::invalid(message).answer());
        };
        match app.idempotency.begin(format!("{} {} {key}", call.route, call.id), KEPT, app.now()) {
            Begun::Outstanding => Err(Problem::outstanding().answer()),
            Begun::Done(answer) => Err(answer),
            Begun::Held(held) => Ok(Some(held)),
        }
    }

    fn scripted(&self, status: u16) -> Answer {
        Problem::scripted(status).answer()
    }

    fn pg_refuses(&self) -> Answer {
        Problem::pg("9999", "scripted refusal of the PG").answer()
    }

    fn document(&self, app: &App, payment: &Payment) -> Value {
        document(app, payment)
    }

    fn tell(&self, app: &App, payment: &mut Payment, news: &News) {
        events::tell(app, payment, news);
    }

    fn payment_id(&self, _app: &App, order_id: &str, _number: usize) -> String {
        order_id.to_owned()
    }

    fn wanted(&self, query: &str) -> Result<Wanted, No> {
        window::wanted(query)
    }

    fn leave(&self, _app: &App, payment: &Payment, left: Left) -> Option<Response> {
        let failure = failure(payment, left);
        if payment.terms.extra.contains_key("embedded") {
            return Some(pages::tell_opener(&result(payment, failure)));
        }
        let mut back = Url::parse(payment.terms.redirect_url.as_deref()?).ok()?;
        back.query_pairs_mut()
            .append_pair("paymentId", &payment.id)
            .append_pair("transactionType", "PAYMENT")
            .append_pair("txId", &payment.transaction_id);
        if let State::Authorised { token } = &payment.state {
            back.query_pairs_mut().append_pair("paymentToken", token);
        }
        if let Some((code, message)) = failure {
            back.query_pairs_mut().append_pair("code", code).append_pair("message", &message);
        }
        Some((StatusCode::SEE_OTHER, [(header::LOCATION, String::from(back))]).into_response())
    }

    fn shut(&self, order_id: &str, no: No) -> Value {
        json!({
            "transactionType": "PAYMENT", "paymentId": order_id, "code": "INVALID_REQUEST", "message": no.to_string(),
        })
    }

    fn confirmation(&self, app: &App, payment: &Payment) -> Option<Value> {
        let data = json!({
            "storeId": payment.terms.store_id,
            "paymentId": payment.id,
            "transactionId": payment.transaction_id,
            "totalAmount": payment.terms.total,
        });
        Some(json!({ "type": "Transaction.Confirm", "timestamp": time(app.now()), "data": data }))
    }
}

/// What the promise of `requestPayment` is kept with.
fn result(payment: &Payment, failure: Option<(&'static str, String)>) -> Value {
    let mut result = json!({
        "transactionType": "PAYMENT",
        "txId": payment.transaction_id,
        "paymentId": payment.id,
    });
    if let (State::Authorised { token }, Some(fields)) = (&payment.state, result.as_object_mut()) {
        fields.insert("paymentToken".into(), token.as_str().into());
    }
    if let (Some((code, message)), Some(fields)) = (failure, result.as_object_mut()) {
        fields.insert("code".into(), code.into());
        fields.insert("message".into(), message.into());
    }
    if let (State::Failed { code, message, .. }, Some(fields)) = (&payment.state, result.as_object_mut()) {
        fields.insert("pgCode".into(), code.as_str().into());
        fields.insert("pgMessage".into(), message.as_str().into());
    }
    result
}

/// The value between its quotes, if it is of the right length.
fn quoted(header: &str) -> Option<&str> {
    let key = header.strip_prefix('"')?.strip_suffix('"')?;
    ((16..=256).contains(&key.len()) && key.is_ascii()).then_some(key)
}

/// What the browser is told when it returns without a payment.
fn failure(payment: &Payment, left: Left) -> Option<(&'static str, String)> {
    match left {
        Left::Done => None,
        Left::Declined => Some(("FAILURE_TYPE_PG", "[3011] 카드사에서 승인을 거절했습니다.".to_owned())),
        Left::Blocked => Some(("CONFIRM_PROCESS_FAILED", payment.failure().unwrap_or_default().to_owned())),
        Left::Abandoned => Some(("PAY_PROCESS_CANCELED", "사용자가 결제를 취소하셨습니다.".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_quoted_and_of_the_right_length() {
        assert_eq!(quoted("\"refund-0000000001\""), Some("refund-0000000001"));
        for malformed in ["refund-0000000001", "\"short\"", "", "\"", &format!("\"{}\"", "x".repeat(257))] {
            assert_eq!(quoted(malformed), None, "{malformed}");
        }
    }
}
