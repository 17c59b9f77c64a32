//! PortOne V2: <https://developers.portone.io/api/rest-v2>.
//!
//! What this connector leans on: the payment's id is ours; amounts are whole minor units; a POST carries a quoted
//! `Idempotency-Key` and is carried out once within three hours; after those hours `currentCancellableAmount` keeps
//! a repeated cancellation from being a second one, and our refund's id, written behind the reason, finds the
//! cancellation again. There is no webhook for the state of the gateway's escrow: it is seen by looking.

mod checkout;
mod client;
mod config;
mod escrow;
mod events;
mod wire;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::payment::Gateway;
use reqwest::{StatusCode, Url, header::HeaderMap};
use serde_json::json;

pub use checkout::RequestPayment;
pub use config::PortoneV2Config;

pub use crate::config::ConfigError;
use crate::{
    answer::{Answer, CredentialError, LookupError, Page, Refusal},
    calls::{Approve, Cancel, Cancellation, Prepare},
    capabilities::Capabilities,
    checkout::{Checkout, CheckoutParams},
    hint::Hint,
    http::{Http, IdempotencyKey, Reply},
    logistics::Logistics,
    pg::Pg,
    port::PaymentGateway,
    reason,
    returned::{Return, ReturnError},
    secret::Secret,
    snapshot::Snapshot,
    traffic::Traffic,
    verify::Merchant,
    webhook::{SigningKeys, WebhookError},
};

/// A payment no shop has: asked for to see whether the gateway takes our credentials.
const PROBE: &str = "escrow-credential-check";

/// Our account at PortOne V2.
#[derive(Debug, Clone)]
pub struct PortoneV2 {
    http: Http,
    base: Url,
    authorization: Secret,
    store: String,
    keys: SigningKeys,
    merchant: Merchant,
    checkout: checkout::Pages,
}

impl PortoneV2 {
    /// Takes the settings, if they can be an account's.
    pub fn new(config: &PortoneV2Config) -> Result<Self, ConfigError> {
        config::connect(config)
    }
}

#[async_trait]
impl PaymentGateway for PortoneV2 {
    fn gateway(&self) -> Gateway {
        Gateway::PortoneV2
    }

    fn capabilities(&self, pg: Pg) -> &'static Capabilities {
        Capabilities::of_portone_v2(pg)
    }

    fn merchant(&self) -> &Merchant {
        &self.merchant
    }

    fn traffic(&self) -> &Traffic {
        self.http.traffic()
    }

    async fn check_credentials(&self) -> Result<(), CredentialError> {
        let wrong = |setting, reply: &Reply| {
            let problem =
                wire::problem(&reply.body).map_or_else(|| reply.status.to_string(), |it| it.to_string());
            Err(CredentialError::Wrong { setting, problem })
        };
        let reply =
            self.get_payment(PROBE).await.map_err(|lost| CredentialError::Unavailable(lost.to_string()))?;
        match reply.status {
            StatusCode::OK => Ok(()),
            StatusCode::NOT_FOUND if wire::is_unknown_payment(&reply.body) => Ok(()),
            StatusCode::UNAUTHORIZED => wrong(config::API_SECRET, &reply),
            StatusCode::FORBIDDEN | StatusCode::BAD_REQUEST => wrong(config::STORE_ID, &reply),
            StatusCode::NOT_FOUND => wrong(config::BASE_URL, &reply),
            status => Err(CredentialError::Unavailable(status.to_string())),
        }
    }

    async fn prepare(&self, prepare: &Prepare) -> Answer<()> {
        let Ok(key) = IdempotencyKey::new(format!("prepare-payment-{}", prepare.id)) else {
            return Answer::Refused(Refusal::unfit("the payment's id cannot be a gateway's id"));
        };
        let body = json!({
            "storeId": self.store,
            "totalAmount": prepare.amount.amount,
            "currency": prepare.amount.currency.code(),
        });
        self.tell(&["payments", &prepare.id, "pre-register"], &key, &body).await
    }

    async fn lookup(&self, id: &str) -> Result<Option<Snapshot>, LookupError> {
        let reply = self.get_payment(id).await.map_err(|lost| LookupError::Unavailable(lost.to_string()))?;
        match reply.status {
            StatusCode::NOT_FOUND if wire::is_unknown_payment(&reply.body) => Ok(None),
            StatusCode::OK => wire::snapshot(&reply.body).map(Some).map_err(LookupError::Unreadable),
            status => Err(client::not_found_out(status)),
        }
    }

    async fn approve(&self, approve: &Approve) -> Answer<()> {
        let Some(token) = &approve.token else {
            return Answer::Refused(Refusal::unfit("a payment is confirmed with the window's payment token"));
        };
        let body = json!({
            "storeId": self.store,
            "paymentToken": token.expose(),
            "txId": approve.transaction_id,
            "totalAmount": approve.amount.amount,
            "currency": approve.amount.currency.code(),
            "isTest": !self.merchant.live,
        });
        self.tell(&["payments", &approve.id, "confirm"], &approve.key, &body).await
    }

    async fn cancel(&self, cancel: &Cancel) -> Answer<Cancellation> {
        if !cancel.is_fit() {
            let message = "a refund is of more than nothing, in the payment's currency";
            return Answer::Refused(Refusal::unfit(message));
        }
        let mut body = json!({
            "storeId": self.store,
            "reason": reason::with_key(&cancel.reason, &cancel.key),
            "amount": cancel.amount.amount,
            "currentCancellableAmount": cancel.cancellable.amount,
        });
        if let (Some(account), Some(fields)) = (&cancel.refund_account, body.as_object_mut()) {
            fields.insert("refundAccount".into(), client::refund_account(account));
        }
        match self.post(&["payments", &cancel.id, "cancel"], &cancel.key, &body).await {
            Ok(body) => wire::cancellation(&body, cancel.amount.currency),
            Err(otherwise) => otherwise.into(),
        }
    }

    async fn register_logistics(&self, logistics: &Logistics) -> Answer<()> {
        escrow::register(self, logistics).await
    }

    async fn modify_logistics(&self, logistics: &Logistics) -> Answer<()> {
        escrow::modify(self, logistics).await
    }

    async fn confirm_escrow(&self, id: &str, key: &IdempotencyKey) -> Answer<()> {
        self.tell(&["payments", id, "escrow", "complete"], key, &json!({ "storeId": self.store })).await
    }

    async fn list_since(&self, from: DateTime<Utc>, cursor: Option<&str>) -> Result<Page, LookupError> {
        self.list(from, cursor).await
    }

    fn checkout(&self, checkout: &Checkout) -> CheckoutParams {
        self.checkout.params(&self.store, checkout)
    }

    fn parse_return(&self, pairs: &[(String, String)]) -> Result<Return, ReturnError> {
        checkout::returned(pairs)
    }

    fn parse_webhook(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: DateTime<Utc>,
    ) -> Result<Hint, WebhookError> {
        let webhook_id = self.keys.verify(headers, body, now)?;
        events::hint(webhook_id, body, &self.store)
    }
}

#[cfg(test)]
mod tests;
