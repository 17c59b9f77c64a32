//! Webhooks whose signature was proven: the version of 2024-04-25, and the older one of 2024-01-01.

use serde::Deserialize;

use crate::{
    amount::MinorUnits,
    hint::{Hint, Proof},
    webhook::WebhookError,
};

/// The confirm process: `PortOne` asks before it captures.
const CONFIRM: &str = "Transaction.Confirm";

#[derive(Deserialize)]
struct Envelope {
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    data: Data,
    payment_id: Option<String>,
    tx_id: Option<String>,
    status: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Data {
    store_id: Option<String>,
    payment_id: Option<String>,
    transaction_id: Option<String>,
    cancellation_id: Option<String>,
    total_amount: Option<MinorUnits>,
}

/// Reads one. Unknown kinds, and those of another store, are passed over.
pub(super) fn hint(webhook_id: &str, body: &[u8], store: &str) -> Result<Hint, WebhookError> {
    let envelope: Envelope =
        serde_json::from_slice(body).map_err(|error| WebhookError::Body(error.to_string()))?;
    let webhook_id = webhook_id.to_owned();
    let data = envelope.data;
    let foreign = data.store_id.as_deref().is_some_and(|theirs| theirs != store);
    match (envelope.kind, data.payment_id) {
        (Some(kind), Some(payment_id)) if kind == CONFIRM && !foreign => Ok(Hint::Approval {
            webhook_id,
            payment_id,
            transaction_id: data.transaction_id,
            amount: data.total_amount.map(|units| units.0),
            proof: Proof::Signed,
        }),
        (Some(kind), Some(payment_id)) if kind.starts_with("Transaction.") && !foreign => Ok(Hint::Payment {
            webhook_id,
            kind,
            payment_id,
            transaction_id: data.transaction_id,
            cancellation_id: data.cancellation_id,
            proof: Proof::Signed,
        }),
        (Some(kind), _) => Ok(Hint::Ignored { webhook_id, kind }),
        (None, _) => match (envelope.payment_id, envelope.status) {
            (Some(payment_id), Some(kind)) => Ok(Hint::Payment {
                webhook_id,
                kind,
                payment_id,
                transaction_id: envelope.tx_id,
                cancellation_id: None,
                proof: Proof::Signed,
            }),
            (Some(_), None) | (None, _) => Err(WebhookError::Body("neither type nor payment_id".into())),
        },
    }
}
