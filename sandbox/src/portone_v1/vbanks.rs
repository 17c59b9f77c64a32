//! Virtual accounts without a window: issued, altered and revoked by the shop.

use serde_json::json;

use super::{
    answer::{Outcome, Said, ok},
    document::document,
    input::Input,
};
use crate::{
    app::{App, hold},
    book::Slot,
    buyer::as_asked,
    call::Call,
    payment::PayMethod,
    protocol::Protocol,
    window::{Wanted, open},
};

pub fn issue(app: &App, call: &Call) -> Outcome {
    let input = Input::of(call);
    let missing = input.missing(&["merchant_uid", "amount", "vbank_code", "vbank_due", "vbank_holder"]);
    if !missing.is_empty() {
        return Err(Said::bad(&format!("파라미터 누락: {}", missing.join(", "))));
    }
    let order = input.text("merchant_uid").unwrap_or_default();
    let holder = input.text("vbank_holder").map(|holder| ("vbank_holder".to_owned(), holder.into()));
    let wanted = Wanted {
        order_name: input.text("name"),
        total_amount: input.amount("amount")?,
        currency: input.text("currency"),
        pay_method: Some(PayMethod::VirtualAccount),
        is_escrow: Some(input.flag("escrow")),
        notice_urls: input.text("notice_url").into_iter().collect(),
        due_date: input.seconds("vbank_due"),
        full_name: input.text("buyer_name"),
        email: input.text("buyer_email"),
        phone_number: input.text("buyer_tel"),
        address: input.text("buyer_addr"),
        postcode: input.text("buyer_postcode"),
        custom_data: input.text("custom_data"),
        extra: holder.into_iter().collect(),
        ..Wanted::default()
    };
    let slot = open(app, Protocol::PortoneV1, &order, wanted, false)?;
    app.change(&slot, |payment| {
        app.take(payment, as_asked())?;
        ok(document(app, payment))
    })
}

fn known(app: &App, call: &Call) -> Result<Slot, Said> {
    let slot = app.book.find(Protocol::PortoneV1, &call.id);
    slot.filter(|slot| hold(slot).payment.is_some()).ok_or_else(Said::payment_not_found)
}

pub fn alter(app: &App, call: &Call) -> Outcome {
    let slot = known(app, call)?;
    let input = Input::of(call);
    let (total, due_at) = (input.amount("amount")?, input.seconds("vbank_due"));
    app.change(&slot, |payment| {
        payment.alter_account(total, due_at, app.now())?;
        ok(document(app, payment))
    })
}

pub fn revoke(app: &App, call: &Call) -> Outcome {
    let slot = known(app, call)?;
    app.change(&slot, |payment| {
        payment.close_account(app.now())?;
        ok(document(app, payment))
    })
}

/// Whose account it is; in the sandbox they are all the same person's.
pub fn holder(_app: &App, call: &Call) -> Outcome {
    match (call.query_value("bank_code"), call.query_value("bank_num")) {
        (Some(_), Some(number)) if number.bytes().any(|digit| digit.is_ascii_digit()) => {
            ok(json!({ "bank_holder": "홍길동" }))
        }
        (Some(_) | None, Some(_) | None) => Err(Said::bad("파라미터 누락: bank_code, bank_num")),
    }
}
