//! Escrow: the parcel's registration. What has to be said of it depends on the PG; the buyer confirms on the PG's own
//! page, so that there is no call for that, and none that reads how far the escrow is.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{
    answer::{Outcome, Said, ok},
    document::pg_code,
    input::Input,
};
use crate::{
    app::{App, hold},
    book::Slot,
    call::Call,
    payment::{No, Parcel, Payment},
    protocol::{Dialect, News, Protocol},
};

/// Couriers; an unknown one is `ETC`.
const COMPANIES: [&str; 26] = [
    "CJGLS",
    "KGB",
    "HYUNDAI",
    "EPOST",
    "HANJIN",
    "DAESIN",
    "LOGEN",
    "ILYANG",
    "KDEXP",
    "CHUNIL",
    "REGISTPOST",
    "HDEXP",
    "FEDEX",
    "UPS",
    "GSMNTON",
    "SWGEXP",
    "PANTOS",
    "ACIEXPRESS",
    "KOREXG",
    "KOREX",
    "USPS",
    "EMS",
    "DHL",
    "KUNYOUNG",
    "SLX",
    "SFEXPRESS",
];
/// PGs whose parcels are registered through the gateway, and those whose registration can be changed.
const REGISTERING: [&str; 7] = ["html5_inicis", "kcp", "daou", "smartro_v2", "nice_v2", "ksnet", "welcome"];
const MODIFYING: [&str; 3] = ["html5_inicis", "daou", "smartro_v2"];

fn unknown() -> Said {
    Said::payment_not_found()
}

fn known(app: &App, call: &Call) -> Result<Slot, Said> {
    let slot = app.book.find(Protocol::PortoneV1, &call.id);
    slot.filter(|slot| hold(slot).payment.is_some()).ok_or_else(unknown)
}

/// The PG behind the payment, if it takes part.
fn pg<'a>(app: &'a App, payment: &Payment, taking_part: &[&str]) -> Result<&'a str, Said> {
    let channel = app.channel(&payment.terms.channel_key);
    let code = pg_code(channel.map_or("INICIS_V2", |channel| channel.pg_provider.as_str()));
    if taking_part.contains(&code) {
        Ok(code)
    } else {
        Err(Said::bad("배송정보 등록/수정을 지원하지 않는 PG사입니다."))
    }
}

/// The names of what is missing, as `sender.name`.
fn missing(input: &Input, pg: &str) -> Vec<String> {
    let under = |object: &str, names: &[&str]| {
        let names = input.object(object).missing(names);
        names.into_iter().map(|name| format!("{object}.{name}")).collect::<Vec<_>>()
    };
    let people = |names: &[&str]| [under("sender", names), under("receiver", names)].concat();
    let parcel = under("logis", &["company", "invoice", "sent_at"]);
    let besides = match pg {
        "html5_inicis" => people(&["name", "tel", "postcode", "addr"]),
        "daou" => [under("sender", &["relationship"]), under("logis", &["receiving_at", "address"])].concat(),
        "smartro_v2" => people(&["name", "tel", "postcode", "formed_address"]),
        "welcome" if input.value("products").is_none() => vec!["products".to_owned()],
        _ => Vec::new(),
    };
    [parcel, besides].concat()
}

fn parcel(input: &Input, pg: &str, now: DateTime<Utc>) -> Result<Parcel, Said> {
    let missing = missing(input, pg);
    if !missing.is_empty() {
        return Err(Said::bad(&format!("파라미터 누락: {}", missing.join(", "))));
    }
    let logis = input.object("logis");
    let day = logis.text("receiving_at");
    if day.is_some_and(|day| day.len() != 8 || !day.bytes().all(|digit| digit.is_ascii_digit())) {
        return Err(Said::bad("logis.receiving_at은 YYYYMMDD 형식이어야 합니다."));
    }
    let sent_at =
        logis.seconds("sent_at").ok_or_else(|| Said::bad("logis.sent_at 값이 올바르지 않습니다."))?;
    let company = logis.text("company").filter(|code| COMPANIES.contains(&code.as_str()));
    Ok(Parcel {
        company: company.unwrap_or_else(|| "ETC".into()),
        invoice_number: logis.text("invoice").unwrap_or_default(),
        sent_at,
        applied_at: now,
    })
}

fn document(parcel: &Parcel) -> Value {
    json!({
        "company": parcel.company,
        "invoice": parcel.invoice_number,
        "sent_at": parcel.sent_at.timestamp(),
        "applied_at": parcel.applied_at.timestamp(),
    })
}

pub fn show(app: &App, call: &Call) -> Outcome {
    let slot = known(app, call)?;
    let entry = hold(&slot);
    let payment = entry.payment.as_ref().ok_or_else(unknown)?;
    let escrow = payment.escrow.as_ref().ok_or(No::NotEscrow)?;
    ok(document(escrow.parcel.as_ref().ok_or(No::NotRegistered)?))
}

pub fn register(app: &App, call: &Call) -> Outcome {
    put(app, call, &REGISTERING, Payment::register)
}

pub fn modify(app: &App, call: &Call) -> Outcome {
    put(app, call, &MODIFYING, Payment::correct)
}

fn put(
    app: &App,
    call: &Call,
    taking_part: &[&str],
    verb: impl FnOnce(&mut Payment, Parcel) -> Result<(), No>,
) -> Outcome {
    let slot = known(app, call)?;
    let input = Input::of(call);
    app.change(&slot, |payment| {
        if !payment.is_captured() {
            return Err(Said::bad("결제가 완료되지 않은 결제건입니다."));
        }
        let pg = pg(app, payment, taking_part)?;
        let parcel = parcel(&input, pg, app.now())?;
        let answer = document(&parcel);
        verb(payment, parcel)?;
        super::PortoneV1.tell(app, payment, &News::Escrow);
        ok(answer)
    })
}
