//! The amount that is registered before the window is opened; a window with another amount stays shut.

use serde_json::{Value, json};

use super::{
    answer::{Outcome, Said, ok},
    input::Input,
};
use crate::{
    app::{App, hold},
    call::Call,
    payment::Registered,
    protocol::Protocol,
};

fn read(call: &Call) -> Result<(String, Registered), Said> {
    let input = Input::of(call);
    let missing = input.missing(&["merchant_uid", "amount"]);
    if !missing.is_empty() {
        return Err(Said::bad(&format!("파라미터 누락: {}", missing.join(", "))));
    }
    let wrong = || Said::bad("amount 값이 올바르지 않습니다.");
    let total = input.amount("amount").map_err(|_| wrong())?.filter(|total| *total > 0).ok_or_else(wrong)?;
    let order = input.text("merchant_uid").ok_or_else(|| Said::bad("파라미터 누락: merchant_uid"))?;
    Ok((order, Registered { total: Some(total), currency: input.text("currency"), tax_free: None }))
}

fn document(order: &str, registered: &Registered) -> Value {
    json!({
        "merchant_uid": order,
        "amount": registered.total,
        "currency": registered.currency.as_deref().unwrap_or("KRW"),
    })
}

pub fn register(app: &App, call: &Call) -> Outcome {
    let (order, wanted) = read(call)?;
    let slot = app.book.entry(Protocol::PortoneV1, &order);
    let mut entry = hold(&slot);
    if entry.registered.is_some() {
        return Err(Said::bad("이미 등록된 merchant_uid입니다."));
    }
    let answer = document(&order, &wanted);
    entry.registered = Some(wanted);
    app.remember(&entry);
    ok(answer)
}

pub fn change(app: &App, call: &Call) -> Outcome {
    let (order, wanted) = read(call)?;
    let slot = app.book.find(Protocol::PortoneV1, &order).ok_or_else(unknown)?;
    let mut entry = hold(&slot);
    let registered = entry.registered.as_mut().ok_or_else(unknown)?;
    *registered = wanted;
    let answer = document(&order, registered);
    app.remember(&entry);
    ok(answer)
}

pub fn show(app: &App, call: &Call) -> Outcome {
    let slot = app.book.find(Protocol::PortoneV1, &call.id).ok_or_else(unknown)?;
    let entry = hold(&slot);
    ok(document(&call.id, entry.registered.as_ref().ok_or_else(unknown)?))
}

fn unknown() -> Said {
    Said::not_found("사전등록된 결제정보가 존재하지 않습니다.")
}
