//! A payment in NicePay's words.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::sign::sign;
use crate::{
    app::App,
    payment::{Cancellation, Outcome, PayMethod, Payment, State},
};

/// A time as NicePay writes it: Seoul's, to the millisecond, the offset without a colon.
pub fn time(at: DateTime<Utc>) -> String {
    (at + TimeDelta::hours(9)).format("%Y-%m-%dT%H:%M:%S%.3f+0900").to_string()
}

/// A time, or what stands for never.
fn time_or_never(at: Option<DateTime<Utc>>) -> String {
    at.map_or_else(|| "0".to_owned(), time)
}

/// A key in NicePay's form, of thirty characters, that follows from `id`.
pub fn tid(id: &str) -> String {
    let digits: String =
        Sha256::digest(id).iter().take(16).map(|byte| char::from(b'0' + byte % 10)).collect();
    format!("UT0000113m0101{digits}")
}

/// The key of a cancellation: the payment's own if it took all at once.
pub fn cancelled_tid(payment: &Payment, made: &Cancellation) -> String {
    if made.total == payment.terms.total { payment.id.clone() } else { tid(&made.id) }
}

pub fn status(app: &App, payment: &Payment) -> &'static str {
    let cancelled = payment.cancelled();
    match &payment.state {
        State::AccountIssued if payment.account.as_ref().is_some_and(|it| it.due_at < app.now()) => "expired",
        State::Ready | State::Pending | State::Authorised { .. } | State::AccountIssued => "ready",
        State::Paid { .. } if cancelled == 0 => "paid",
        State::Paid { .. } if cancelled < payment.terms.total => "partialCancelled",
        State::Paid { .. } => "cancelled",
        State::Expired { .. } if cancelled > 0 => "cancelled",
        State::Expired { .. } => "expired",
        State::Failed { .. } => "failed",
    }
}

/// The document, as of a cancellation if it is the answer to one.
pub fn payment(app: &App, payment: &Payment, of: Option<&Cancellation>) -> Value {
    let terms = &payment.terms;
    let edi_date = time(app.now());
    let amount = terms.total.to_string();
    let (paid_at, failed_at) = match &payment.state {
        State::Paid { at } => (Some(*at), None),
        State::Failed { at, .. } => (None, Some(*at)),
        State::Ready
        | State::Pending
        | State::Authorised { .. }
        | State::AccountIssued
        | State::Expired { .. } => (None, None),
    };
    let succeeded: Vec<_> =
        payment.cancellations.iter().filter(|made| made.outcome == Outcome::Succeeded).collect();
    let extra = |name: &str| terms.extra.get(name).cloned().unwrap_or_default();
    let approved = (terms.method != PayMethod::VirtualAccount && payment.is_captured()).then_some("000000");
    json!({
        "resultCode": "0000",
        "resultMsg": "정상 처리되었습니다.",
        "tid": payment.id,
        "cancelledTid": of.map(|made| cancelled_tid(payment, made)),
        "orderId": terms.reported_id.as_ref().unwrap_or(&payment.order_id),
        "signature": sign(app, &[&payment.id, &amount, &edi_date]),
        "ediDate": edi_date,
        "status": status(app, payment),
        "paidAt": time_or_never(paid_at),
        "failedAt": time_or_never(failed_at),
        "cancelledAt": time_or_never(succeeded.last().and_then(|made| made.cancelled_at)),
        "payMethod": method(payment),
        "amount": terms.total,
        "balanceAmt": payment.cancellable(),
        "goodsName": terms.order_name,
        "mallReserved": terms.custom_data,
        "useEscrow": payment.escrow.is_some(),
        "currency": terms.currency,
        "channel": if terms.mobile { "mobile" } else { "pc" },
        "approveNo": approved,
        "buyerName": terms.customer.name,
        "buyerTel": terms.customer.phone,
        "buyerEmail": terms.customer.email,
        "issuedCashReceipt": payment.cash_receipt.is_some(),
        "receiptUrl": receipt(&payment.id),
        "mallUserId": extra("mallUserId"),
        "coupon": null,
        "card": card(payment),
        "bank": (terms.method == PayMethod::Transfer)
            .then(|| json!({ "bankCode": "088", "bankName": "신한은행" })),
        "vbank": vbank(payment),
        "cancels": (!succeeded.is_empty())
            .then(|| succeeded.iter().map(|made| cancel(payment, made)).collect::<Vec<_>>()),
        "cashReceipts": null,
    })
}

fn receipt(tid: &str) -> String {
    format!("https://npg.nicepay.co.kr/issue/IssueLoader.do?type=0&innerWin=Y&TID={tid}")
}

fn method(payment: &Payment) -> String {
    match payment.terms.method {
        PayMethod::Card => "card".to_owned(),
        PayMethod::Transfer => "bank".to_owned(),
        PayMethod::VirtualAccount => "vbank".to_owned(),
        PayMethod::Mobile => "cellphone".to_owned(),
        PayMethod::EasyPay => {
            let word = payment.terms.extra.get("method").and_then(Value::as_str).unwrap_or("kakaopay");
            word.trim_end_matches("Card").trim_end_matches("Money").to_owned()
        }
    }
}

fn card(payment: &Payment) -> Option<Value> {
    matches!(payment.terms.method, PayMethod::Card | PayMethod::EasyPay).then(|| {
        json!({
            "cardCode": "04", "cardName": "삼성", "cardNum": "123412******1234", "cardQuota": 0,
            "isInterestFree": false, "cardType": "credit",
            // A word, where every other flag is a flag.
            "canPartCancel": if payment.escrow.is_some() { "false" } else { "true" },
            "acquCardCode": "04", "acquCardName": "삼성",
        })
    })
}

fn vbank(payment: &Payment) -> Option<Value> {
    payment.account.as_ref().map(|account| {
        let holder = payment.terms.extra.get("vbankHolder").and_then(Value::as_str);
        let holder = holder.or(payment.terms.customer.name.as_deref()).unwrap_or("샌드박스");
        json!({
            "vbankCode": "088", "vbankName": "신한은행", "vbankNumber": account.number,
            "vbankExpDate": time(account.due_at), "vbankHolder": holder,
        })
    })
}

fn cancel(payment: &Payment, made: &Cancellation) -> Value {
    let tid = cancelled_tid(payment, made);
    json!({
        "amount": made.total,
        "cancelledAt": time_or_never(made.cancelled_at),
        "reason": made.reason,
        "receiptUrl": receipt(&tid),
        "tid": tid,
        "couponAmt": 0,
    })
}
