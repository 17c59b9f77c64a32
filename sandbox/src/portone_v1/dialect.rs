//! PortOne V1's words.

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use reqwest::Url;
use serde_json::{Value, json};

use super::{
    answer::{Said, say},
    auth::is_authorized,
    document::{document, pg_code, status},
    webhooks, window,
};
use crate::{
    app::App,
    call::{Answer, Call},
    idempotency::Held,
    pages,
    payment::{No, Payment, Terms},
    protocol::{Dialect, Left, News},
    window::Wanted,
};

/// How long the shop's id may be.
const MAX_MERCHANT_UID: usize = 40;
/// Twelve digits.
const IDS: u64 = 1_000_000_000_000;

/// PortOne V1.
pub struct PortoneV1;

impl Dialect for PortoneV1 {
    fn admit(&self, app: &App, call: &Call) -> Result<Option<Held>, Answer> {
        if is_authorized(app, call) { Ok(None) } else { Err(say(Err(Said::unauthorized()))) }
    }

    fn scripted(&self, status: u16) -> Answer {
        say(Err(Said::scripted(status)))
    }

    fn pg_refuses(&self) -> Answer {
        say(Err(Said::pg("[9999] PG사에서 거절하였습니다.")))
    }

    fn document(&self, app: &App, payment: &Payment) -> Value {
        document(app, payment)
    }

    fn tell(&self, app: &App, payment: &mut Payment, news: &News) {
        webhooks::tell(app, payment, news);
    }

    fn payment_id(&self, app: &App, order_id: &str, number: usize) -> String {
        let id = app.ids.id("imp_uid", order_id, number).replace('-', "");
        let digits = u64::from_str_radix(id.get(..15).unwrap_or_default(), 16).unwrap_or_default();
        format!("imp_{:012}", digits % IDS)
    }

    fn wanted(&self, query: &str) -> Result<Wanted, No> {
        window::wanted(query)
    }

    fn agree(&self, app: &App, order_id: &str, terms: &Terms) -> Result<(), No> {
        if order_id.chars().count() > MAX_MERCHANT_UID {
            return Err(No::Argument("merchant_uid"));
        }
        let channel = app.channel(&terms.channel_key);
        let kcp = channel.is_some_and(|channel| pg_code(&channel.pg_provider) == "kcp");
        if kcp && terms.escrow && !terms.extra.contains_key("kcpProducts") {
            return Err(No::Argument("kcpProducts"));
        }
        Ok(())
    }

    fn leave(&self, _app: &App, payment: &Payment, left: Left) -> Option<Response> {
        let failure = failure(payment, left);
        if payment.terms.extra.contains_key("embedded") {
            return Some(pages::tell_opener(&result(payment, failure.as_ref())));
        }
        let mut back = Url::parse(payment.terms.redirect_url.as_deref()?).ok()?;
        back.query_pairs_mut()
            .append_pair("imp_uid", &payment.id)
            .append_pair("merchant_uid", &payment.order_id);
        if let Some((code, message)) = failure {
            back.query_pairs_mut().append_pair("error_code", code).append_pair("error_msg", &message);
        }
        Some((StatusCode::SEE_OTHER, [(header::LOCATION, String::from(back))]).into_response())
    }

    fn shut(&self, order_id: &str, no: No) -> Value {
        json!({
            "success": false, "imp_success": false, "imp_uid": null, "merchant_uid": order_id,
            "error_code": "F0004", "error_msg": no.to_string(),
        })
    }

    fn confirmation(&self, _app: &App, payment: &Payment) -> Option<Value> {
        let (id, order, amount) = (&payment.id, &payment.order_id, payment.terms.total);
        Some(json!({ "imp_uid": id, "merchant_uid": order, "amount": amount }))
    }
}

/// What the shop's callback is called with.
fn result(payment: &Payment, failure: Option<&(&'static str, String)>) -> Value {
    json!({
        "success": failure.is_none(),
        "imp_success": failure.is_none(),
        "imp_uid": payment.id,
        "merchant_uid": payment.order_id,
        "paid_amount": if payment.is_captured() { payment.terms.total } else { 0 },
        "status": status(payment),
        "error_code": failure.map(|(code, _)| *code),
        "error_msg": failure.map(|(_, message)| message.as_str()),
    })
}

/// What the browser is told when it returns without a payment.
fn failure(payment: &Payment, left: Left) -> Option<(&'static str, String)> {
    match left {
        Left::Done => None,
        Left::Declined => Some(("F400", "[결제승인오류] 카드사에서 승인을 거절했습니다.".to_owned())),
        Left::Blocked => Some(("F500", payment.failure().unwrap_or_default().to_owned())),
        Left::Abandoned => Some(("F1001", "사용자가 결제를 취소하셨습니다.".to_owned())),
    }
}
