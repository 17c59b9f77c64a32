//! Webhooks signed by hand, to send what a gateway never would.

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::{
    actors::Payment,
    counter::{STORE, WEBHOOK_SECRET},
    http::{Ask, Caller},
};

/// A webhook of PortOne V2, as it goes over the wire.
#[derive(Debug, Clone)]
pub struct Webhook {
    id: String,
    at: DateTime<Utc>,
    body: Vec<u8>,
    secret: String,
}

impl Webhook {
    /// That the payment is paid, said at `at`.
    pub fn paid(payment: &Payment, at: DateTime<Utc>) -> Self {
        Self::of(
            at,
            &json!({
                "type": "Transaction.Paid",
                "timestamp": at.to_rfc3339(),
                "data": { "storeId": STORE, "paymentId": payment.gateway_id, "transactionId": "told-by-hand" },
            }),
        )
    }

    /// With any body.
    pub fn of(at: DateTime<Utc>, body: &Value) -> Self {
        Self {
            id: ambient::fresh_id().to_string(),
            at,
            body: body.to_string().into_bytes(),
            secret: WEBHOOK_SECRET.into(),
        }
    }

    /// Signed by somebody else.
    #[must_use]
    pub fn forged(self) -> Self {
        Self { secret: format!("whsec_{}", STANDARD.encode("not one of the shop's secrets")), ..self }
    }

    /// The question that delivers it to `path`.
    pub fn to(&self, caller: &Caller, path: &str) -> Ask {
        self.signed(caller, path).raw(self.body.clone())
    }

    /// Delivers another body under this one's signature.
    pub fn altered(&self, caller: &Caller, path: &str) -> Ask {
        let text = String::from_utf8(self.body.clone()).unwrap();
        self.signed(caller, path).raw(text.replace("Transaction.Paid", "Transaction.Cancelled"))
    }

    fn signed(&self, caller: &Caller, path: &str) -> Ask {
        let timestamp = self.at.timestamp().to_string();
        let secret = STANDARD.decode(self.secret.trim_start_matches("whsec_")).unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(&secret).unwrap();
        for part in [self.id.as_bytes(), b".", timestamp.as_bytes(), b".", &self.body] {
            mac.update(part);
        }
        let signature = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        caller
            .ask(reqwest::Method::POST, path)
            .header("content-type", "application/json")
            .header("webhook-id", &self.id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", signature)
    }
}
