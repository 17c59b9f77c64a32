//! Looking payments up: by the gateway's id, several at once, by the shop's id, by status.

use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{
    answer::{Outcome, Said, ok},
    document::{cancelled_at, document, failed_at, paid_at, seconds, status},
};
use crate::{
    app::{App, hold},
    book::Slot,
    call::Call,
    payment::Payment,
    protocol::Protocol,
};

/// How many are asked for at once.
const MAX_IDS: usize = 100;
const DEFAULT_LIMIT: usize = 20;
const MAX_LIMIT: usize = 1_000;
/// How long a time `status` looks over.
const MAX_WINDOW: TimeDelta = TimeDelta::days(90);
const STATUSES: [&str; 4] = ["ready", "paid", "cancelled", "failed"];

/// A payment as it was when it was looked at.
fn seen(app: &App, slot: &Slot) -> Option<Payment> {
    let mut entry = hold(slot);
    let payment = entry.payment.as_mut()?;
    payment.pass(app.now());
    Some(payment.clone())
}

pub fn one(app: &App, call: &Call) -> Outcome {
    let slot = app.book.find(Protocol::PortoneV1, &call.id).ok_or_else(Said::payment_not_found)?;
    let payment = seen(app, &slot).ok_or_else(Said::payment_not_found)?;
    ok(document(app, &payment))
}

pub fn several(app: &App, call: &Call) -> Outcome {
    let mut asked = 0;
    let mut found = Vec::new();
    for (name, id) in call.query_pairs() {
        let slot = if name.starts_with("imp_uid") {
            app.book.find(Protocol::PortoneV1, &id)
        } else if name.starts_with("merchant_uid") {
            app.book.of_order(Protocol::PortoneV1, &id).pop()
        } else {
            continue;
        };
        asked += 1;
        found.extend(slot.and_then(|slot| seen(app, &slot)));
    }
    if asked == 0 || asked > MAX_IDS {
        return Err(Said::bad("imp_uid 또는 merchant_uid를 1개 이상 100개 이하로 지정해야 합니다."));
    }
    if found.is_empty() {
        return Err(Said::payment_not_found());
    }
    let status = if found.len() < asked { StatusCode::MULTI_STATUS } else { StatusCode::OK };
    Ok((status, found.iter().map(|payment| document(app, payment)).collect()))
}

/// The payments of the shop's id, of the status that the path names, if it names one of them.
fn of_order(app: &App, call: &Call) -> Result<Vec<Payment>, Said> {
    let wanted = call.rest.first().filter(|word| STATUSES.contains(&word.as_str()));
    let slots = app.book.of_order(Protocol::PortoneV1, &call.id);
    let mut found: Vec<_> = slots.iter().filter_map(|slot| seen(app, slot)).collect();
    found.retain(|payment| wanted.is_none_or(|wanted| status(payment) == wanted));
    if found.is_empty() {
        return Err(Said::payment_not_found());
    }
    sort(&mut found, call);
    Ok(found)
}

fn sort(found: &mut [Payment], call: &Call) {
    let word = call.query_value("sorting").unwrap_or_default();
    // A plus in a query is a blank.
    let name = word.trim_start_matches(['-', '+', ' ']);
    found.sort_by_key(|payment| match name {
        "paid" => paid_at(payment),
        "updated" => Some(payment.changed_at),
        _ => Some(payment.requested_at),
    });
    if word.is_empty() || word.starts_with('-') {
        found.reverse();
    }
}

pub fn first(app: &App, call: &Call) -> Outcome {
    let found = of_order(app, call)?;
    let first = found.first().ok_or_else(Said::payment_not_found)?;
    ok(document(app, first))
}

pub fn all(app: &App, call: &Call) -> Outcome {
    let found = of_order(app, call)?;
    page(app, call, &found)
}

fn page(app: &App, call: &Call, found: &[Payment]) -> Outcome {
    let number = |name, usual| match call.query_value(name).as_deref() {
        None | Some("" | "undefined") => Ok(usual),
        Some(text) => {
            text.parse::<usize>().map_err(|_| Said::bad(&format!("{name} 값이 올바르지 않습니다.")))
        }
    };
    let page = number("page", 1)?.max(1);
    let limit = number("limit", DEFAULT_LIMIT)?.clamp(1, MAX_LIMIT);
    let skip = (page - 1).saturating_mul(limit);
    let list: Vec<Value> = found.iter().skip(skip).take(limit).map(|it| document(app, it)).collect();
    let next = if skip.saturating_add(limit) < found.len() { page + 1 } else { 0 };
    ok(json!({ "total": found.len(), "previous": page - 1, "next": next, "list": list }))
}

pub fn by_status(app: &App, call: &Call) -> Outcome {
    let wanted = call.id.as_str();
    if wanted != "all" && !STATUSES.contains(&wanted) {
        return Err(Said::bad("지원되지 않는 상태값입니다."));
    }
    let time = |name| call.query_value(name).and_then(|text| DateTime::from_timestamp(text.parse().ok()?, 0));
    let until = time("to").unwrap_or_else(|| app.now());
    let from = time("from").unwrap_or(until - MAX_WINDOW);
    if until - from > MAX_WINDOW {
        return Err(Said::bad("검색기간은 최대 90일까지 가능합니다."));
    }
    let mut found = Vec::new();
    for slot in app.book.opened(Protocol::PortoneV1, 0, usize::MAX) {
        let fits = |payment: &Payment| {
            let at = seconds(Some(compared(payment, wanted)));
            (wanted == "all" || status(payment) == wanted)
                && (from.timestamp()..=until.timestamp()).contains(&at)
        };
        found.extend(seen(app, &slot).filter(fits));
    }
    sort(&mut found, call);
    page(app, call, &found)
}

/// The time that counts depends on the status that is asked for.
fn compared(payment: &Payment, wanted: &str) -> DateTime<Utc> {
    let at = match wanted {
        "paid" => paid_at(payment),
        "cancelled" => cancelled_at(payment),
        "failed" => failed_at(payment),
        _ => None,
    };
    at.unwrap_or(payment.requested_at)
}
