//! PortOne V2: <https://developers.portone.io/api/rest-v2>.
//!
//! What this connector leans on: the payment's id is ours; amounts are whole minor units; a POST carries a quoted
//! `Idempotency-Key` and is carried out once within three hours; after those hours `currentCancellableAmount` keeps
//! a repeated cancellation from being a second one, and our refund's id, written behind the reason, finds the
//! cancellation again. There is no webhook for the state of the gateway's escrow: it is seen by looking.

mod checkout;
mod config;
mod wire;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::payment::Gateway;
use reqwest::{
    RequestBuilder, StatusCode, Url,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap},
};
use serde_json::json;

pub use checkout::RequestPayment;
pub use config::{ConfigError, PortoneV2Config};

use crate::{
    http::{Http, IdempotencyKey, Lost, Reply},
    port::{
        Answer, Cancel, Cancellation, Capabilities, Checkout, CheckoutParams, CredentialError, LookupError,
        Method, PaymentGateway, Prepare, Refusal,
    },
    secret::Secret,
    snapshot::Snapshot,
    verify::Merchant,
    webhook::{Hint, SigningKeys, WebhookError},
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

    fn url(&self, path: &[&str]) -> Url {
        let mut url = self.base.clone();
        // An http URL always has a path; `connect` refused all others.
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        url
    }

    fn post(&self, path: &[&str], key: &IdempotencyKey, body: &serde_json::Value) -> RequestBuilder {
        self.http
            .client()
            .post(self.url(path))
            .header(AUTHORIZATION, self.authorization.expose())
            .header("Idempotency-Key", key.header())
            .header(CONTENT_TYPE, "application/json")
            .body(body.to_string())
    }

    async fn get_payment(&self, id: &str) -> Result<Reply, Lost> {
        let mut url = self.url(&["payments", id]);
        url.query_pairs_mut().append_pair("storeId", &self.store);
        self.http
            .look_up(|client| client.get(url.clone()).header(AUTHORIZATION, self.authorization.expose()))
            .await
    }
}

#[async_trait]
impl PaymentGateway for PortoneV2 {
    fn gateway(&self) -> Gateway {
        Gateway::PortoneV2
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            escrow_methods: vec![Method::Transfer, Method::VirtualAccount, Method::Card],
            partial_cancel_of_escrow: false,
            idempotency_key: true,
            signed_webhooks: true,
        }
    }

    fn merchant(&self) -> &Merchant {
        &self.merchant
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
            return Answer::Refused(unfit("the payment's id cannot be a gateway's id"));
        };
        let body = json!({
            "storeId": self.store,
            "totalAmount": prepare.amount.amount,
            "currency": prepare.amount.currency.code(),
        });
        let reply =
            self.http.change(self.post(&["payments", &prepare.id, "pre-register"], &key, &body)).await;
        match answered(reply) {
            Ok(body) if serde_json::from_slice::<serde::de::IgnoredAny>(&body).is_ok() => Answer::Done(()),
            Ok(_) => Answer::InDoubt,
            Err(otherwise) => otherwise.into(),
        }
    }

    async fn lookup(&self, id: &str) -> Result<Option<Snapshot>, LookupError> {
        let reply = self.get_payment(id).await.map_err(|lost| LookupError::Unavailable(lost.to_string()))?;
        match reply.status {
            StatusCode::OK => wire::snapshot(&reply.body).map(Some).map_err(LookupError::Unreadable),
            StatusCode::NOT_FOUND if wire::is_unknown_payment(&reply.body) => Ok(None),
            StatusCode::UNAUTHORIZED => Err(LookupError::Unauthorized { setting: config::API_SECRET }),
            StatusCode::FORBIDDEN => Err(LookupError::Unauthorized { setting: config::STORE_ID }),
            status => Err(LookupError::Unavailable(status.to_string())),
        }
    }

    async fn cancel(&self, cancel: &Cancel) -> Answer<Cancellation> {
        if !cancel.amount.is_positive() || cancel.amount.currency != cancel.cancellable.currency {
            return Answer::Refused(unfit("a refund is of more than nothing, in the payment's currency"));
        }
        let mut body = json!({
            "storeId": self.store,
            "reason": wire::reason(&cancel.reason, &cancel.key),
            "amount": cancel.amount.amount,
            "currentCancellableAmount": cancel.cancellable.amount,
        });
        if let (Some(account), Some(fields)) = (&cancel.refund_account, body.as_object_mut()) {
            let account = json!({
                "bank": account.bank,
                "number": account.number.expose(),
                "holderName": account.holder.expose(),
            });
            fields.insert("refundAccount".into(), account);
        }
        let reply =
            self.http.change(self.post(&["payments", &cancel.id, "cancel"], &cancel.key, &body)).await;
        match answered(reply) {
            Ok(body) => wire::cancellation(&body, cancel.amount.currency),
            Err(otherwise) => otherwise.into(),
        }
    }

    fn checkout(&self, checkout: &Checkout) -> CheckoutParams {
        self.checkout.params(&self.store, checkout)
    }

    fn parse_webhook(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: DateTime<Utc>,
    ) -> Result<Hint, WebhookError> {
        let webhook_id = self.keys.verify(headers, body, now)?;
        wire::hint(webhook_id, body, &self.store)
    }
}

/// What is not a success of a call that changes something.
enum Otherwise {
    Refused(Refusal),
    InDoubt,
}

impl<T> From<Otherwise> for Answer<T> {
    fn from(otherwise: Otherwise) -> Self {
        match otherwise {
            Otherwise::Refused(refusal) => Self::Refused(refusal),
            Otherwise::InDoubt => Self::InDoubt,
        }
    }
}

/// A refusal is only what the gateway says in its own words about this call. Everything else is a doubt: no answer,
/// a fault, a limit on calls, an earlier call with the same key under way, credentials it does not take.
fn answered(reply: Result<Reply, Lost>) -> Result<bytes::Bytes, Otherwise> {
    let reply = match reply {
        Ok(reply) if reply.status == StatusCode::OK => return Ok(reply.body),
        Ok(reply) => reply,
        Err(lost) => {
            tracing::warn!(%lost, "no answer from PortOne");
            return Err(Otherwise::InDoubt);
        }
    };
    let Some(problem) = wire::problem(&reply.body) else {
        return Err(Otherwise::InDoubt);
    };
    match reply.status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            tracing::error!(status = %reply.status, "PortOne refuses our credentials ({})", config::API_SECRET);
            Err(Otherwise::InDoubt)
        }
        StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => Err(Otherwise::InDoubt),
        StatusCode::BAD_GATEWAY if problem.is_by_the_pg() => Err(Otherwise::Refused(problem.refusal())),
        status if status.is_client_error() && !problem.is_outstanding() => {
            Err(Otherwise::Refused(problem.refusal()))
        }
        _ => Err(Otherwise::InDoubt),
    }
}

fn unfit(message: &str) -> Refusal {
    Refusal { code: "INVALID_REQUEST".into(), message: message.into() }
}

#[cfg(test)]
mod tests;
