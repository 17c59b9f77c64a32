//! Paying without a window: a card by its numbers, or a virtual account at once.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Problem,
    document::time,
    payments::{is_our_store, read},
};
use crate::{
    app::App,
    buyer::as_asked,
    call::Call,
    payment::PayMethod,
    protocol::Protocol,
    window::{Wanted, open},
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    store_id: Option<String>,
    channel_key: Option<String>,
    method: Method,
    order_name: String,
    #[serde(default)]
    is_escrow: bool,
    #[serde(default)]
    customer: Customer,
    custom_data: Option<String>,
    amount: Amount,
    currency: String,
    #[serde(default)]
    notice_urls: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Method {
    card: Option<Card>,
    virtual_account: Option<Account>,
}

#[derive(Deserialize)]
struct Card {
    credential: Credential,
}

#[derive(Deserialize)]
struct Credential {
    number: String,
}

#[derive(Deserialize)]
struct Account {
    bank: String,
    expiry: Expiry,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Expiry {
    valid_hours: Option<i64>,
    due_date: Option<DateTime<Utc>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Customer {
    id: Option<String>,
    name: Option<Name>,
    email: Option<String>,
    phone_number: Option<String>,
}

#[derive(Deserialize)]
struct Name {
    full: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Amount {
    total: i64,
    tax_free: Option<i64>,
    vat: Option<i64>,
}

pub fn pay(app: &App, call: &Call) -> Result<Value, Problem> {
    let body: Body = read(&call.body)?;
    is_our_store(app, body.store_id.as_deref())?;
    let now = app.now();
    let (method, due_date) = match (&body.method.card, &body.method.virtual_account) {
        (Some(card), None) if !card.credential.number.trim().is_empty() => (PayMethod::Card, None),
        (None, Some(account)) if !account.bank.is_empty() => {
            let hours =
                account.expiry.valid_hours.map(|hours| now + TimeDelta::hours(hours.clamp(1, 24 * 365)));
            (PayMethod::VirtualAccount, account.expiry.due_date.or(hours))
        }
        (Some(_) | None, Some(_) | None) => {
            return Err(Problem::invalid("method must be a card with its number, or a virtual account"));
        }
    };
    let wanted = Wanted {
        store_id: body.store_id,
        channel_key: body.channel_key,
        order_name: Some(body.order_name),
        total_amount: Some(body.amount.total),
        tax_free_amount: body.amount.tax_free,
        vat_amount: body.amount.vat,
        currency: Some(body.currency),
        pay_method: Some(method),
        is_escrow: Some(body.is_escrow),
        notice_urls: body.notice_urls,
        due_date,
        customer_id: body.customer.id,
        full_name: body.customer.name.and_then(|name| name.full),
        email: body.customer.email,
        phone_number: body.customer.phone_number,
        custom_data: body.custom_data,
        ..Wanted::default()
    };
    let slot = open(app, Protocol::PortoneV2, &call.id, wanted, false)?;
    app.change(&slot, |payment| {
        app.take(payment, as_asked())?;
        let pg = format!("sandbox-{}", payment.transaction_id);
        Ok(json!({ "payment": { "pgTxId": pg, "paidAt": time(now) } }))
    })
}
