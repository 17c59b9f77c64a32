//! PortOne's payment documents. Optional fields that are not known are left out, never null; what the strict
//! client of PyPI calls required is there in every status.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use crate::{
    app::App,
    payment::{Cancellation, Escrow, Outcome, PayMethod, Payment, State, Trigger},
};

const MERCHANT: &str = "merchant-00000000-0000-0000-0000-000000000001";

/// A time as PortOne writes it.
pub fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// The payment's status.
pub fn status(payment: &Payment) -> &'static str {
    match payment.state {
        State::Ready | State::Authorised { .. } => "READY",
        State::Pending => "PAY_PENDING",
        State::AccountIssued => "VIRTUAL_ACCOUNT_ISSUED",
        State::Failed { .. } | State::Expired { .. } => "FAILED",
        State::Paid { .. } => match payment.cancelled() {
            0 => "PAID",
            cancelled if cancelled < payment.terms.total => "PARTIAL_CANCELLED",
            _ => "CANCELLED",
        },
    }
}

/// The payment's document.
pub fn document(app: &App, payment: &Payment) -> Value {
    let mut fields = common(payment);
    let chosen = [("channel", channel(app, payment)), ("method", method(payment))];
    match &payment.state {
        State::Ready | State::Authorised { .. } => {}
        State::Pending => {
            fields.insert("channel".into(), channel(app, payment));
        }
        State::AccountIssued => {
            fields.extend(chosen.map(|(name, value)| (name.to_owned(), value)));
        }
        State::Failed { at, code, message } => {
            fields.insert("failedAt".into(), time(*at).into());
            fields
                .insert("failure".into(), json!({ "reason": message, "pgCode": code, "pgMessage": message }));
        }
        State::Expired { at } => {
            fields.insert("failedAt".into(), time(*at).into());
            fields.insert("failure".into(), json!({ "reason": "결제 가능 시간이 지났습니다." }));
        }
        State::Paid { at } => {
            fields.extend(chosen.map(|(name, value)| (name.to_owned(), value)));
            fields.insert("paidAt".into(), time(*at).into());
            fields.insert("pgTxId".into(), format!("sandbox-{}", payment.transaction_id).into());
            fields.insert("disputes".into(), disputes(payment));
            cancellations(payment, &mut fields);
        }
    }
    if let (Some(held), true) = (&payment.escrow, fields.contains_key("method")) {
        fields.insert("escrow".into(), escrow(held));
    }
    Value::Object(fields)
}

fn common(payment: &Payment) -> Map<String, Value> {
    let terms = &payment.terms;
    let paid = if payment.is_captured() { terms.total } else { 0 };
    let vat = payment.vat();
    let document = json!({
        "status": status(payment),
        "id": terms.reported_id.as_deref().unwrap_or(&payment.id),
        "transactionId": payment.transaction_id,
        "merchantId": MERCHANT,
        "storeId": terms.store_id,
        "version": "V2",
        "requestedAt": time(payment.requested_at),
        "updatedAt": time(payment.changed_at),
        "statusChangedAt": time(payment.changed_at),
        "orderName": terms.order_name,
        "amount": {
            "total": terms.total,
            "taxFree": terms.tax_free,
            "vat": vat,
            "supply": terms.total - terms.tax_free - vat,
            "discount": 0,
            "paid": paid,
            "cancelled": payment.cancelled(),
            "cancelledTaxFree": succeeded(payment).map(|it| it.tax_free).sum::<i64>(),
        },
        "currency": terms.currency,
        "customer": customer(payment),
        "origin": { "platformType": "PC", "ipAddress": "127.0.0.1", "userAgent": "sandbox", "url": "http://localhost/" },
        "customData": terms.custom_data.as_deref().unwrap_or("{}"),
    });
    match document {
        Value::Object(fields) => fields,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Map::new(),
    }
}

fn customer(payment: &Payment) -> Value {
    let customer = &payment.terms.customer;
    let known = [
        ("id", &customer.id),
        ("name", &customer.name),
        ("email", &customer.email),
        ("phoneNumber", &customer.phone),
    ];
    let told = |(name, value): (&str, &Option<String>)| Some((name.to_owned(), Value::from(value.clone()?)));
    known.into_iter().filter_map(told).collect()
}

fn channel(app: &App, payment: &Payment) -> Value {
    let key = &payment.terms.channel_key;
    let contract = app.channel(key);
    json!({
        "type": if payment.terms.live { "LIVE" } else { "TEST" },
        "id": format!("channel-id-{key}"),
        "key": key,
        "name": contract.map_or("unknown channel", |it| it.name.as_str()),
        "pgProvider": contract.map_or("INICIS_V2", |it| it.pg_provider.as_str()),
        "pgMerchantId": "SandboxTest",
    })
}

fn method(payment: &Payment) -> Value {
    match payment.terms.method {
        PayMethod::Card => json!({
            "type": "PaymentMethodCard",
            "approvalNumber": "30000000",
            "card": {
                "publisher": "SHINHAN_CARD", "issuer": "SHINHAN_CARD", "brand": "LOCAL", "type": "DEBIT",
                "ownerType": "PERSONAL", "name": "신한", "number": "123456******1234",
            },
            "installment": { "month": 0, "isInterestFree": false },
            "pointUsed": false,
        }),
        PayMethod::Transfer => json!({ "type": "PaymentMethodTransfer", "bank": "SHINHAN" }),
        PayMethod::EasyPay => json!({ "type": "PaymentMethodEasyPay", "provider": "KAKAOPAY" }),
        PayMethod::Mobile => json!({ "type": "PaymentMethodMobile" }),
        PayMethod::VirtualAccount => {
            let account = payment.account.as_ref();
            json!({
                "type": "PaymentMethodVirtualAccount",
                "bank": "SHINHAN",
                "accountNumber": account.map_or("", |it| it.number.as_str()),
                "accountType": "NORMAL",
                "remitteeName": "샌드박스",
                "expiredAt": time(account.map_or(payment.changed_at, |it| it.due_at)),
                "issuedAt": time(account.map_or(payment.changed_at, |it| it.issued_at)),
            })
        }
    }
}

/// What the card holder's bank disputes.
pub fn disputes(payment: &Payment) -> Value {
    let of = |it: &crate::payment::Dispute| {
        let status = if it.resolved_at.is_some() { "RESOLVED" } else { "UNRESOLVED" };
        let mut document = json!({ "status": status, "reason": it.reason, "createdAt": time(it.created_at) });
        if let (Some(at), Some(fields)) = (it.resolved_at, document.as_object_mut()) {
            fields.insert("resolvedAt".into(), time(at).into());
        }
        document
    };
    payment.dispute.iter().map(of).collect()
}

pub fn succeeded(payment: &Payment) -> impl Iterator<Item = &Cancellation> {
    payment.cancellations.iter().filter(|it| it.outcome == Outcome::Succeeded)
}

fn cancellations(payment: &Payment, fields: &mut Map<String, Value>) {
    if payment.cancellations.is_empty() {
        return;
    }
    let all: Vec<_> = payment.cancellations.iter().map(cancellation).collect();
    fields.insert("cancellations".into(), all.into());
    if let Some(last) = succeeded(payment).filter_map(|it| it.cancelled_at).last() {
        fields.insert("cancelledAt".into(), time(last).into());
    }
}

/// A cancellation's document.
pub fn cancellation(made: &Cancellation) -> Value {
    let mut document = json!({
        "status": match made.outcome {
            Outcome::Succeeded => "SUCCEEDED",
            Outcome::Requested => "REQUESTED",
            Outcome::Failed => "FAILED",
        },
        "id": made.id,
        "totalAmount": made.total,
        "taxFreeAmount": made.tax_free,
        "vatAmount": made.vat,
        "reason": made.reason,
        "requestedAt": time(made.requested_at),
        "trigger": match made.trigger {
            Trigger::Api => "API",
            Trigger::Console => "CONSOLE",
            Trigger::Chargeback => "CHARGEBACK",
        },
    });
    if let (Some(at), Some(fields)) = (made.cancelled_at, document.as_object_mut()) {
        fields.insert("cancelledAt".into(), time(at).into());
        fields.insert("pgCancellationId".into(), format!("sandbox-{}", made.id).into());
    }
    document
}

fn escrow(held: &Escrow) -> Value {
    let mut document = json!({ "status": held.status.name() });
    if let (Some(parcel), Some(fields)) = (&held.parcel, document.as_object_mut()) {
        fields.insert("company".into(), parcel.company.as_str().into());
        fields.insert("invoiceNumber".into(), parcel.invoice_number.as_str().into());
        fields.insert("sentAt".into(), time(parcel.sent_at).into());
        fields.insert("appliedAt".into(), time(parcel.applied_at).into());
        if held.status == crate::payment::EscrowStatus::Confirmed {
            fields.insert("isAutomaticallyConfirmed".into(), held.automatically.into());
        }
    }
    document
}
