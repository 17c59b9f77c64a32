//! A payment in Toss Payments' words: what does not apply is `null`, and the sums are of what is left.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::money::written;
use crate::{
    app::App,
    payment::{Cancellation, Outcome, PayMethod, Payment, State, vat},
};

/// The version of the API.
const VERSION: &str = "2022-11-16";
/// The shop's name at Toss Payments.
const MERCHANT: &str = "escrowsandbox";

/// A time as Toss Payments writes it: Seoul's, to the second.
pub fn time(at: DateTime<Utc>) -> String {
    (at + TimeDelta::hours(9)).format("%Y-%m-%dT%H:%M:%S+09:00").to_string()
}

pub fn status(payment: &Payment) -> &'static str {
    let cancelled = payment.cancelled();
    match &payment.state {
        State::Ready | State::Pending => "READY",
        State::Authorised { .. } => "IN_PROGRESS",
        State::AccountIssued => "WAITING_FOR_DEPOSIT",
        State::Paid { .. } if cancelled == 0 => "DONE",
        State::Paid { .. } if cancelled < payment.terms.total => "PARTIAL_CANCELED",
        State::Paid { .. } => "CANCELED",
        State::Failed { .. } => "ABORTED",
        State::Expired { .. } if cancelled > 0 => "CANCELED",
        State::Expired { .. } => "EXPIRED",
    }
}

/// What only Toss Payments and the shop know, to compare a webhook with.
pub fn secret(app: &App, payment: &Payment) -> String {
    format!("ps_{}", app.ids.id("toss secret", &payment.id, 0).replace('-', ""))
}

/// The key of one movement of money: the capture's, or a cancellation's.
pub fn transaction_key(app: &App, id: &str) -> String {
    app.ids.id("toss transaction", id, 0).replace('-', "").to_ascii_uppercase()
}

/// The key of the last movement of money.
pub fn last_transaction_key(app: &App, payment: &Payment) -> Option<String> {
    if let Some(made) = payment.cancellations.last() {
        return Some(transaction_key(app, &made.id));
    }
    match payment.state {
        State::AccountIssued | State::Paid { .. } | State::Failed { .. } => {
            Some(transaction_key(app, &payment.transaction_id))
        }
        State::Ready | State::Pending | State::Authorised { .. } | State::Expired { .. } => None,
    }
}

pub fn payment(app: &App, payment: &Payment) -> Value {
    let terms = &payment.terms;
    let back: i64 = succeeded(payment).map(|made| made.total).sum();
    let tax_free = terms.tax_free - succeeded(payment).map(|made| made.tax_free).sum::<i64>();
    let balance = terms.total - back;
    let vat = if back == 0 { payment.vat() } else { vat(balance, tax_free) };
    let approved_at = match payment.state {
        State::Paid { at } => Some(time(at)),
        State::Ready
        | State::Pending
        | State::Authorised { .. }
        | State::AccountIssued
        | State::Failed { .. }
        | State::Expired { .. } => None,
    };
    let money = |minor| written(minor, &terms.currency);
    let chosen = !matches!(payment.state, State::Ready | State::Pending);
    json!({
        "mId": MERCHANT,
        "version": VERSION,
        "paymentKey": payment.id,
        "lastTransactionKey": last_transaction_key(app, payment),
        "orderId": terms.reported_id.as_ref().unwrap_or(&payment.order_id),
        "orderName": terms.order_name,
        "currency": terms.currency,
        "method": chosen.then(|| method(terms.method)),
        "status": status(payment),
        "requestedAt": time(payment.requested_at),
        "approvedAt": approved_at,
        "useEscrow": payment.escrow.is_some(),
        "cultureExpense": false,
        "totalAmount": money(terms.total),
        "balanceAmount": money(balance),
        "suppliedAmount": money(balance - tax_free - vat),
        "vat": money(vat),
        "taxFreeAmount": money(tax_free),
        "taxExemptionAmount": 0,
        "card": card(payment),
        "virtualAccount": virtual_account(app, payment),
        "transfer": (chosen && terms.method == PayMethod::Transfer)
            .then(|| json!({ "bankCode": "88", "settlementStatus": "INCOMPLETED" })),
        "mobilePhone": (chosen && terms.method == PayMethod::Mobile).then(|| json!({
            "customerMobilePhone": { "plain": terms.customer.phone, "masking": null },
            "settlementStatus": "INCOMPLETED", "receiptUrl": receipt(payment),
        })),
        "giftCertificate": null,
        "cashReceipt": null,
        "cashReceipts": null,
        "discount": null,
        "cancels": (!payment.cancellations.is_empty()).then(|| cancels(app, payment)),
        "secret": secret(app, payment),
        "type": "NORMAL",
        "easyPay": (chosen && terms.method == PayMethod::EasyPay)
            .then(|| json!({ "provider": "토스페이", "amount": money(terms.total), "discountAmount": 0 })),
        "country": "KR",
        "failure": failure(payment),
        "isPartialCancelable": payment.escrow.is_none(),
        "receipt": payment.is_captured().then(|| json!({ "url": receipt(payment) })),
        "checkout": {
            "url": format!("https://api.tosspayments.com/v1/payments/{}/checkout", payment.id),
        },
        "metadata": null,
    })
}

fn succeeded(payment: &Payment) -> impl Iterator<Item = &Cancellation> {
    payment.cancellations.iter().filter(|made| made.outcome == Outcome::Succeeded)
}

fn receipt(payment: &Payment) -> String {
    format!("https://dashboard.tosspayments.com/receipt/redirection?transactionId={}&ref=PX", payment.id)
}

const fn method(method: PayMethod) -> &'static str {
    match method {
        PayMethod::Card => "카드",
        PayMethod::Transfer => "계좌이체",
        PayMethod::VirtualAccount => "가상계좌",
        PayMethod::EasyPay => "간편결제",
        PayMethod::Mobile => "휴대폰",
    }
}

fn failure(payment: &Payment) -> Option<Value> {
    match &payment.state {
        State::Failed { code, message, .. } => Some(json!({ "code": code, "message": message })),
        State::Ready
        | State::Pending
        | State::Authorised { .. }
        | State::AccountIssued
        | State::Paid { .. }
        | State::Expired { .. } => None,
    }
}

fn card(payment: &Payment) -> Option<Value> {
    (payment.is_captured() && payment.terms.method == PayMethod::Card).then(|| {
        json!({
            "issuerCode": "71", "acquirerCode": "71", "number": "12345678****000*",
            "installmentPlanMonths": 0, "isInterestFree": false, "interestPayer": null,
            "approveNo": "00000000", "useCardPoint": false, "cardType": "신용", "ownerType": "개인",
            "acquireStatus": "READY",
            "amount": written(payment.terms.total, &payment.terms.currency),
        })
    })
}

fn virtual_account(app: &App, payment: &Payment) -> Option<Value> {
    let account = payment.account.as_ref()?;
    let extra = |name: &str| payment.terms.extra.get(name).and_then(Value::as_str);
    let refunded = payment.is_captured() && payment.cancelled() > 0;
    let refund_account = payment.cancellations.iter().rev().find_map(|made| made.reference.as_deref());
    let refund_account: Option<Value> = refund_account.and_then(|text| serde_json::from_str(text).ok());
    Some(json!({
        "accountType": "일반",
        "accountNumber": account.number,
        "bankCode": extra("bank").unwrap_or("88"),
        "customerName": payment.terms.customer.name.as_deref().unwrap_or("샌드박스"),
        "dueDate": time(account.due_at),
        "expired": account.due_at < app.now(),
        "settlementStatus": "INCOMPLETED",
        "refundStatus": if refunded { "COMPLETED" } else { "NONE" },
        "refundReceiveAccount": refund_account,
    }))
}

fn cancels(app: &App, payment: &Payment) -> Vec<Value> {
    let mut left = payment.terms.total;
    let money = |minor| written(minor, &payment.terms.currency);
    let each = payment.cancellations.iter().map(|made| {
        let status = match made.outcome {
            Outcome::Succeeded => "DONE",
            Outcome::Requested => "IN_PROGRESS",
            Outcome::Failed => "ABORTED",
        };
        left -= if made.outcome == Outcome::Failed { 0 } else { made.total };
        json!({
            "cancelReason": made.reason,
            "canceledAt": time(made.cancelled_at.unwrap_or(made.requested_at)),
            "cancelAmount": money(made.total),
            "taxFreeAmount": money(made.tax_free),
            "taxExemptionAmount": 0,
            "refundableAmount": money(left),
            "transferDiscountAmount": 0,
            "easyPayDiscountAmount": 0,
            "transactionKey": transaction_key(app, &made.id),
            "receiptKey": null,
            "cancelStatus": status,
            "cancelRequestId": (made.outcome != Outcome::Succeeded).then_some(&made.id),
        })
    });
    each.collect()
}
