//! Webhooks of PortOne V1: JSON or a form, as its console is set, and unsigned. The confirm process posts to its
//! own address, and is told apart by having an amount and no status.

use serde::Deserialize;

use crate::{
    amount::Decimal,
    digest::{form, sha256_hex},
    hint::{Hint, Proof},
    webhook::WebhookError,
};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Body {
    event: Option<String>,
    imp_uid: Option<String>,
    merchant_uid: Option<String>,
    status: Option<String>,
    cancellation_id: Option<String>,
    amount: Option<Decimal>,
    extra: Option<Extra>,
}

/// Of KG Inicis's escrow.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Extra {
    escrow_status: Option<String>,
}

pub(super) fn hint(raw: &[u8]) -> Result<Hint, WebhookError> {
    let body = read(raw)?;
    let payment_id = body.merchant_uid.ok_or_else(|| WebhookError::Body("no merchant_uid".into()))?;
    let webhook_id = sha256_hex(&[raw]);
    let transaction_id = body.imp_uid;
    let proof = Proof::Unsigned;
    let Some(status) = body.status else {
        let amount = body.amount.ok_or_else(|| WebhookError::Body("neither status nor amount".into()))?;
        let won = amount.money(domain::Currency::KRW).ok();
        let amount = won.map(|money| money.amount);
        return Ok(Hint::Approval { webhook_id, payment_id, transaction_id, amount, proof });
    };
    let kind = match (body.event, body.extra.and_then(|extra| extra.escrow_status)) {
        (Some(event), Some(escrow)) => format!("{event}.{escrow}"),
        (Some(event), None) => event,
        (None, _) => status,
    };
    let cancellation_id = body.cancellation_id;
    Ok(Hint::Payment { webhook_id, kind, payment_id, transaction_id, cancellation_id, proof })
}

fn read(raw: &[u8]) -> Result<Body, WebhookError> {
    let wrong = |what: &str| WebhookError::Body(what.to_owned());
    if raw.trim_ascii_start().first() == Some(&b'{') {
        return serde_json::from_slice(raw).map_err(|error| wrong(&error.to_string()));
    }
    let text = std::str::from_utf8(raw).map_err(|_| wrong("neither JSON nor a form"))?;
    let mut body = Body::default();
    for (name, value) in form(text) {
        match name.as_str() {
            "imp_uid" => body.imp_uid = Some(value),
            "merchant_uid" => body.merchant_uid = Some(value),
            "status" => body.status = Some(value),
            "cancellation_id" => body.cancellation_id = Some(value),
            "event" => body.event = Some(value),
            "amount" => body.amount = Decimal::from_text(&value),
            _ => {}
        }
    }
    Ok(body)
}
