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
    payment::{EscrowStatus, Parcel, Payment},
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
    sender: Option<Person>,
    receiver: Option<Person>,
    #[serde(default)]
    products: Vec<Product>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Logistics {
    company: String,
    invoice_number: String,
    sent_at: DateTime<Utc>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Person {
    name: Option<String>,
    phone_number: Option<String>,
    zipcode: Option<String>,
    address: Option<Value>,
}

/// Only its form matters to the sandbox.
#[derive(Deserialize)]
struct Product {
    #[expect(dead_code, reason = "it has to be there")]
    name: String,
    #[expect(dead_code, reason = "it has to be there, and whole")]
    quantity: i64,
}

impl Body {
    fn read(app: &App, call: &Call) -> Result<Self, Problem> {
        let body: Self = read(&call.body)?;
        is_our_store(app, body.store_id.as_deref())?;
        if !COMPANIES.contains(&body.logistics.company.as_str()) {
            return Err(Problem::invalid("logistics.company is not one that is known"));
        }
        if body.logistics.invoice_number.trim().is_empty() {
            return Err(Problem::invalid("logistics.invoiceNumber is empty"));
        }
        Ok(body)
    }

    /// What the PG wants to be told besides the parcel, and is not.
    fn missing(&self, pg: &str) -> Vec<String> {
        let both_ends = || {
            let mut missing = missing_of("sender", self.sender.as_ref());
            missing.extend(missing_of("receiver", self.receiver.as_ref()));
            missing
        };
        let products = || self.products.is_empty().then(|| "products".to_owned());
        match pg {
            "INICIS_V2" => both_ends().into_iter().chain(products()).collect(),
            "SMARTRO_V2" => both_ends(),
            "KCP_V2" => products().into_iter().collect(),
            _ => Vec::new(),
        }
    }

    fn parcel(self, applied_at: DateTime<Utc>) -> Parcel {
        let Logistics { company, invoice_number, sent_at } = self.logistics;
        Parcel { company, invoice_number, sent_at, applied_at }
    }
}

fn missing_of(who: &str, person: Option<&Person>) -> Vec<String> {
    let told = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.trim().is_empty());
    let fields = [
        ("name", person.is_some_and(|it| told(&it.name))),
        ("phoneNumber", person.is_some_and(|it| told(&it.phone_number))),
        ("zipcode", person.is_some_and(|it| told(&it.zipcode))),
        ("address", person.is_some_and(|it| it.address.is_some())),
    ];
    fields.into_iter().filter(|(_, told)| !told).map(|(name, _)| format!("{who}.{name}")).collect()
}

/// Registers or corrects, if the PG takes part and is told what it wants to know.
fn put(app: &App, call: &Call, correcting: bool) -> Result<Parcel, Problem> {
    let body = Body::read(app, call)?;
    let verb = if correcting { Payment::correct } else { Payment::register };
    let slot = slot_of(app, call)?;
    app.change(&slot, |payment| {
        let channel = app.channel(&payment.terms.channel_key);
        let pg = channel.map_or("INICIS_V2", |channel| channel.pg_provider.as_str());
        if correcting && pg == "NICE_V2" {
            return Err(Problem::pg("C005", "배송정보를 수정할 수 없는 PG사입니다."));
        }
        let missing = body.missing(pg);
        let parcel = body.parcel(app.now());
        // First whether it can be done at all, on a copy: what is missing matters only then.
        verb(&mut payment.clone(), parcel.clone())?;
        if !missing.is_empty() {
            return Err(Problem::pg("C001", &format!("필수 항목 누락: {}", missing.join(", "))));
        }
        verb(payment, parcel.clone())?;
        Ok(parcel)
    })
}

pub fn apply(app: &App, call: &Call) -> Result<Value, Problem> {
    let parcel = put(app, call, false)?;
    let (sent_at, applied_at) = (time(parcel.sent_at), time(parcel.applied_at));
    Ok(json!({ "invoiceNumber": parcel.invoice_number, "sentAt": sent_at, "appliedAt": applied_at }))
}

pub fn modify(app: &App, call: &Call) -> Result<Value, Problem> {
    let parcel = put(app, call, true)?;
    let (sent_at, modified_at) = (time(parcel.sent_at), time(parcel.applied_at));
    Ok(json!({ "invoiceNumber": parcel.invoice_number, "sentAt": sent_at, "modifiedAt": modified_at }))
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
    let slot = slot_of(app, call)?;
    app.change(&slot, |payment| payment.advance_escrow(EscrowStatus::Confirmed, false, now))?;
    Ok(json!({ "completedAt": time(now) }))
}
