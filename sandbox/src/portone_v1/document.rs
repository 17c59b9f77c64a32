//! PortOne V1's payment document: every field is always there, null if there is nothing to say, nought for a time
//! that has not come.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::{
    app::App,
    payment::{Cancellation, Outcome, PayMethod, Payment, State},
};

/// PGs, as V2 calls them and as V1 does.
const PGS: [(&str, &str); 8] = [
    ("INICIS_V2", "html5_inicis"),
    ("KCP_V2", "kcp"),
    ("DAOU", "daou"),
    ("SMARTRO_V2", "smartro_v2"),
    ("NICE_V2", "nice_v2"),
    ("KSNET", "ksnet"),
    ("WELCOME", "welcome"),
    ("TOSSPAYMENTS", "tosspayments"),
];

/// V1's code of a PG that V2 calls `provider`.
pub fn pg_code(provider: &str) -> &str {
    PGS.iter().find(|(v2, _)| *v2 == provider).map_or(provider, |(_, v1)| *v1)
}

/// The payment's status. Whatever went back, be it a part, makes it `cancelled`.
pub fn status(payment: &Payment) -> &'static str {
    match payment.state {
        State::Ready | State::Pending | State::Authorised { .. } | State::AccountIssued => "ready",
        State::Failed { .. } | State::Expired { .. } => "failed",
        State::Paid { .. } if payment.cancelled() > 0 => "cancelled",
        State::Paid { .. } => "paid",
    }
}

pub fn paid_at(payment: &Payment) -> Option<DateTime<Utc>> {
    if let State::Paid { at } = payment.state { Some(at) } else { None }
}

pub fn failed_at(payment: &Payment) -> Option<DateTime<Utc>> {
    match payment.state {
        State::Failed { at, .. } | State::Expired { at } => Some(at),
        State::Ready
        | State::Pending
        | State::Authorised { .. }
        | State::AccountIssued
        | State::Paid { .. } => None,
    }
}

pub fn cancelled_at(payment: &Payment) -> Option<DateTime<Utc>> {
    succeeded(payment).filter_map(|made| made.cancelled_at).next_back()
}

fn succeeded(payment: &Payment) -> impl DoubleEndedIterator<Item = &Cancellation> {
    payment.cancellations.iter().filter(|made| made.outcome == Outcome::Succeeded)
}

/// A time, or nought.
pub fn seconds(at: Option<DateTime<Utc>>) -> i64 {
    at.map_or(0, |at| at.timestamp())
}

const fn method(method: PayMethod) -> &'static str {
    match method {
        PayMethod::Card | PayMethod::EasyPay => "card",
        PayMethod::Transfer => "trans",
        PayMethod::VirtualAccount => "vbank",
        PayMethod::Mobile => "phone",
    }
}

/// The payment's document.
pub fn document(app: &App, payment: &Payment) -> Value {
    let terms = &payment.terms;
    let customer = &terms.customer;
    let provider =
        app.channel(&terms.channel_key).map_or("INICIS_V2", |channel| channel.pg_provider.as_str());
    let history: Vec<_> = succeeded(payment).map(cancellation).collect();
    let receipts: Vec<_> = succeeded(payment).map(|made| receipt(&made.id)).collect();
    let reason = match &payment.state {
        State::Expired { .. } => Some("결제 가능 시간이 지났습니다."),
        State::Ready
        | State::Pending
        | State::Authorised { .. }
        | State::AccountIssued
        | State::Paid { .. }
        | State::Failed { .. } => payment.failure(),
    };
    let mut document = json!({
        "imp_uid": terms.reported_id.as_deref().unwrap_or(&payment.id),
        "merchant_uid": payment.order_id,
        "pay_method": method(terms.method),
        "channel": if terms.mobile { "mobile" } else { "pc" },
        "pg_provider": pg_code(provider),
        "emb_pg_provider": null,
        "pg_tid": payment.is_captured().then(|| payment.transaction_id.clone()),
        "pg_id": "SandboxTest",
        "sandbox": !terms.live,
        "escrow": terms.escrow,
        "apply_num": payment.is_captured().then_some("30000000"),
        "name": terms.order_name,
        "amount": terms.total,
        "cancel_amount": payment.cancelled(),
        "currency": terms.currency,
        "buyer_name": customer.name,
        "buyer_email": customer.email,
        "buyer_tel": customer.phone,
        "buyer_addr": customer.address,
        "buyer_postcode": customer.postcode,
        "custom_data": terms.custom_data,
        "user_agent": "sandbox",
        "status": status(payment),
        "started_at": seconds(Some(payment.requested_at)),
        "paid_at": seconds(paid_at(payment)),
        "failed_at": seconds(failed_at(payment)),
        "cancelled_at": seconds(cancelled_at(payment)),
        "fail_reason": reason,
        "cancel_reason": succeeded(payment).next_back().map(|made| made.reason.clone()),
        "receipt_url": payment.is_captured().then(|| receipt(&payment.id)),
        "cancel_history": history,
        "cancel_receipt_urls": receipts,
        "cash_receipt_issued": payment.cash_receipt.as_ref().is_some_and(|it| it.cancelled_at.is_none()),
        "customer_uid": null,
        "customer_uid_usage": null,
        "promotion": null,
    });
    if let Value::Object(fields) = &mut document {
        fields.extend(means(payment));
    }
    document
}

fn receipt(id: &str) -> String {
    format!("https://sandbox.invalid/receipts/{id}")
}

fn cancellation(made: &Cancellation) -> Value {
    json!({
        "pg_tid": format!("sandbox-{}", made.id),
        "amount": made.total,
        "cancelled_at": seconds(made.cancelled_at),
        "reason": made.reason,
        "cancellation_id": made.id,
        "receipt_url": receipt(&made.id),
    })
}

/// Card, bank and virtual account: all three are always there.
fn means(payment: &Payment) -> serde_json::Map<String, Value> {
    let captured = payment.is_captured();
    let card = captured && matches!(payment.terms.method, PayMethod::Card | PayMethod::EasyPay);
    let bank = captured && payment.terms.method == PayMethod::Transfer;
    let account = payment.account.as_ref();
    let holder = payment.terms.extra.get("vbank_holder").and_then(Value::as_str).unwrap_or("샌드박스");
    let fields = json!({
        "bank_code": bank.then_some("088"),
        "bank_name": bank.then_some("신한은행"),
        "card_code": card.then_some("366"),
        "card_name": card.then_some("신한카드"),
        "card_issuer_code": card.then_some("366"),
        "card_issuer_name": card.then_some("신한카드"),
        "card_publisher_code": card.then_some("366"),
        "card_publisher_name": card.then_some("신한카드"),
        "card_quota": 0,
        "card_number": card.then_some("123456******1234"),
        "card_type": card.then_some(0),
        "vbank_code": account.map(|_| "088"),
        "vbank_name": account.map(|_| "신한은행"),
        "vbank_num": account.map(|account| account.number.as_str()),
        "vbank_holder": account.map(|_| holder),
        "vbank_date": account.map_or(0, |account| account.due_at.timestamp()),
        "vbank_issued_at": account.map_or(0, |account| account.issued_at.timestamp()),
    });
    if let Value::Object(fields) = fields { fields } else { serde_json::Map::new() }
}
