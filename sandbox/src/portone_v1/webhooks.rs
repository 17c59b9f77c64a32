//! PortOne V1's webhooks: a hint that anybody could send, sent once. A failed payment is not said.

use bytes::Bytes;
use reqwest::Url;
use serde_json::{Value, json};

use super::document::{pg_code, status};
use crate::{
    app::App,
    payment::{EscrowStatus, Outcome, Payment, State},
    protocol::News,
    webhooks::Announcement,
};

/// KG Inicis's own webhook about escrows.
const INICIS_ESCROW: &str = "Inicis.Escrow.Changed";

pub fn tell(app: &App, payment: &mut Payment, news: &News) {
    match news {
        News::State => match payment.state {
            State::Paid { .. } => hint(app, payment, "paid", None),
            State::AccountIssued => hint(app, payment, "ready", None),
            State::Ready
            | State::Pending
            | State::Authorised { .. }
            | State::Failed { .. }
            | State::Expired { .. } => {}
        },
        News::Cancellation(made) if made.outcome == Outcome::Succeeded => {
            hint(app, payment, "cancelled", Some(&made.id));
        }
        News::Escrow => escrow(app, payment),
        News::Opened | News::Cancellation(_) | News::DisputeOpened | News::DisputeClosed => {}
    }
}

fn hint(app: &App, payment: &mut Payment, kind: &'static str, cancellation: Option<&str>) {
    let mut body = json!({ "imp_uid": payment.id, "merchant_uid": payment.order_id, "status": kind });
    if let (Some(id), Some(fields)) = (cancellation, body.as_object_mut()) {
        fields.insert("cancellation_id".into(), id.into());
    }
    // Somebody who wants goods for nothing knows the order, and has no payment.
    let lie = json!({ "imp_uid": "imp_000000000000", "merchant_uid": payment.order_id, "status": "paid" });
    let (body, forged) = (written(app, &body), written(app, &lie));
    app.announce(payment, &Announcement { kind, status: status(payment), body, forged });
}

/// As the shop's console says: JSON, or a form.
fn written(app: &App, body: &Value) -> Bytes {
    if !app.config.portone_v1_webhooks_as_forms {
        return Bytes::from(body.to_string());
    }
    let Ok(mut url) = Url::parse("http://sandbox/") else {
        return Bytes::new();
    };
    for (name, value) in body.as_object().into_iter().flatten() {
        url.query_pairs_mut().append_pair(name, value.as_str().unwrap_or_default());
    }
    Bytes::from(url.query().unwrap_or_default().to_owned())
}

/// Only for shops that asked for it, and only KG Inicis's.
fn escrow(app: &App, payment: &mut Payment) {
    let channel = app.channel(&payment.terms.channel_key);
    let inicis = channel.is_some_and(|channel| pg_code(&channel.pg_provider) == "html5_inicis");
    let Some(escrow) = payment.escrow.as_ref().filter(|_| inicis && app.config.portone_v1_escrow_webhooks)
    else {
        return;
    };
    let code = match escrow.status {
        EscrowStatus::BeforeRegistered | EscrowStatus::Delivered => return,
        EscrowStatus::Registered => "2",
        EscrowStatus::Confirmed if escrow.automatically => "31",
        EscrowStatus::Confirmed => "3",
        EscrowStatus::Rejected => "4",
        EscrowStatus::Cancelled => "8",
        EscrowStatus::RejectConfirmed => "10",
    };
    let mut extra = json!({ "escrow_status": code, "changed_at": app.now().timestamp() });
    if let (EscrowStatus::Rejected, Some(fields)) = (escrow.status, extra.as_object_mut()) {
        fields.insert("denied_reason".into(), "구매자가 구매를 거절했습니다.".into());
    }
    let body = json!({
        "event": INICIS_ESCROW,
        "imp_uid": payment.id,
        "merchant_uid": payment.order_id,
        "status": "paid",
        "extra": extra,
    });
    let body = Bytes::from(body.to_string());
    let said = Announcement { kind: INICIS_ESCROW, status: "paid", forged: body.clone(), body };
    app.announce(payment, &said);
}
