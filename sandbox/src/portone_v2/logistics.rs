//! Escrow: the parcel's registration and its correction, and the confirmation of the purchase by the shop.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Problem,
    document::time,
    payments::{is_our_store, read, slot_of},
};
use crate::{
    app::App,
    call::Call,
    payment::{EscrowStatus, No, Parcel, Payment},
};

const COMPANIES: [&str; 30] = [
    "LOTTE",
    "LOGEN",
    "DONGWON",
    "POST",
    "CJ",
    "HANJIN",
    "DAESIN",
    "ILYANG",
    "KYUNGDONG",
    "CHUNIL",
    "POST_REGISTERED",
    "GS",
    "WOORI",
    "HAPDONG",
    "FEDEX",
    "UPS",
    "GSM_NTON",
    "SUNGWON",
    "LX_PANTOS",
    "ACI",
    "CJ_INTL",
    "USPS",
    "EMS",
    "DHL",
    "KGL",
    "GOODSTOLUCK",
    "KUNYOUNG",
    "SLX",
    "SF",
    "ETC",
];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    store_id: Option<String>,
    logistics: Logistics,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Logistics {
    company: String,
    invoice_number: String,
    sent_at: DateTime<Utc>,
}

fn parcel(app: &App, call: &Call) -> Result<Parcel, Problem> {
    let body: Body = read(&call.body)?;
    is_our_store(app, body.store_id.as_deref())?;
    let Logistics { company, invoice_number, sent_at } = body.logistics;
    if !COMPANIES.contains(&company.as_str()) {
        return Err(Problem::invalid("logistics.company is not one that is known"));
    }
    if invoice_number.trim().is_empty() {
        return Err(Problem::invalid("logistics.invoiceNumber is empty"));
    }
    Ok(Parcel { company, invoice_number, sent_at, applied_at: app.now() })
}

fn change(app: &App, call: &Call, verb: impl FnOnce(&mut Payment) -> Result<(), No>) -> Result<(), Problem> {
    let slot = slot_of(app, call)?;
    Ok(app.change(&slot, verb)?)
}

pub fn apply(app: &App, call: &Call) -> Result<Value, Problem> {
    let parcel = parcel(app, call)?;
    let answer = json!({
        "invoiceNumber": parcel.invoice_number,
        "sentAt": time(parcel.sent_at),
        "appliedAt": time(parcel.applied_at),
    });
    change(app, call, |payment| payment.register(parcel))?;
    Ok(answer)
}

pub fn modify(app: &App, call: &Call) -> Result<Value, Problem> {
    let parcel = parcel(app, call)?;
    let answer = json!({
        "invoiceNumber": parcel.invoice_number,
        "sentAt": time(parcel.sent_at),
        "modifiedAt": time(parcel.applied_at),
    });
    change(app, call, |payment| payment.correct(parcel))?;
    Ok(answer)
}

pub fn complete(app: &App, call: &Call) -> Result<Value, Problem> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Body {
        store_id: Option<String>,
    }
    let body: Body = read(&call.body)?;
    is_our_store(app, body.store_id.as_deref())?;
    let now = app.now();
    change(app, call, |payment| payment.advance_escrow(EscrowStatus::Confirmed, false, now))?;
    Ok(json!({ "completedAt": time(now) }))
}
