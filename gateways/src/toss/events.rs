//! Webhooks of Toss Payments. They are not signed; those about deposits carry the payment's secret, which only the
//! payment's own document can confirm.

use reqwest::header::HeaderMap;
use serde::Deserialize;

use crate::{
    digest::sha256_hex,
    hint::{Hint, Proof},
    secret::Secret,
    webhook::WebhookError,
};

/// The delivery's id, where Toss sends one.
const TRANSMISSION_ID: &str = "tosspayments-webhook-transmission-id";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Posted {
    event_type: Option<String>,
    #[serde(default)]
    data: Data,
    /// `DEPOSIT_CALLBACK` has its fields here, and no type.
    #[serde(flatten)]
    flat: Data,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Data {
    order_id: Option<String>,
    payment_key: Option<String>,
    status: Option<String>,
    secret: Option<String>,
    transaction_key: Option<String>,
}

pub(super) fn hint(headers: &HeaderMap, raw: &[u8]) -> Result<Hint, WebhookError> {
    let event: Posted = serde_json::from_slice(raw).map_err(|error| WebhookError::Body(error.to_string()))?;
    let id = headers.get(TRANSMISSION_ID).and_then(|id| id.to_str().ok()).filter(|id| !id.is_empty());
    let webhook_id = id.map_or_else(|| sha256_hex(&[raw]), ToOwned::to_owned);
    let is_deposit = event.event_type.is_none();
    let kind = event.event_type.unwrap_or_else(|| "DEPOSIT_CALLBACK".into());
    let data = if is_deposit { event.flat } else { event.data };
    let Some(payment_id) = data.order_id else {
        if is_deposit {
            return Err(WebhookError::Body("neither eventType nor orderId".into()));
        }
        return Ok(Hint::Ignored { webhook_id, kind });
    };
    let secret = data.secret.filter(|secret| !secret.is_empty());
    let is_cancel = kind == "CANCEL_STATUS_CHANGED";
    Ok(Hint::Payment {
        webhook_id,
        kind: data.status.map_or(kind.clone(), |status| format!("{kind}.{status}")),
        payment_id,
        transaction_id: data.payment_key,
        cancellation_id: data.transaction_key.filter(|_| is_cancel),
        proof: secret.map_or(Proof::Unsigned, |secret| Proof::PaymentSecret(Secret::new(secret))),
    })
}
