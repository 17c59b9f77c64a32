//! PortOne V1, formerly Iamport: <https://developers.portone.io/api/rest-v1>.
//!
//! What this connector leans on: payments are found by the order's id, which is ours; nothing carries an
//! idempotency key, so every call that changes something looks first and is sent once, and the `checksum` of a
//! cancellation makes the gateway do nothing if its balance is not ours. An answer of 200 may be a no. Webhooks are
//! unsigned and nothing but a reason to look. How far the PG's escrow is cannot be seen.

mod cancel;
mod checkout;
mod client;
mod config;
mod escrow;
mod events;
mod token;
mod wire;

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{Currency, payment::Gateway};
use reqwest::{Method, Url, header::HeaderMap};
use serde::{Deserialize, Serialize};

pub use checkout::RequestPay;
pub use config::PortoneV1Config;

use crate::{
    amount::{Decimal, InMainUnits},
    answer::{Answer, CredentialError, LookupError, Page},
    calls::{Cancel, Cancellation, Prepare},
    capabilities::Capabilities,
    checkout::{Checkout, CheckoutParams},
    config::ConfigError,
    hint::Hint,
    http::Http,
    logistics::Logistics,
    pg::Pg,
    port::PaymentGateway,
    returned::{Return, ReturnError},
    snapshot::Snapshot,
    traffic::Traffic,
    verify::Merchant,
    webhook::WebhookError,
};
use client::Outcome;

/// How many payments a page of a list has.
const PAGE_SIZE: &str = "100";
/// The states that a list is gone through by, each by the time that belongs to it.
const LISTED: [&str; 4] = ["paid", "cancelled", "failed", "ready"];

/// Our account at PortOne V1.
#[derive(Debug, Clone)]
pub struct PortoneV1 {
    http: Http,
    base: Url,
    tokens: Arc<token::Tokens>,
    tier: Option<String>,
    merchant: Merchant,
    window: checkout::Window,
}

/// An amount to register.
#[derive(Serialize)]
struct Registering<'a> {
    merchant_uid: &'a str,
    amount: InMainUnits,
    currency: &'a str,
}

/// An amount that was registered.
#[derive(Deserialize)]
struct Registered {
    amount: Decimal,
    currency: Option<String>,
}

impl Registered {
    fn is(&self, prepare: &Prepare) -> bool {
        let currency = self.currency.as_deref().and_then(Currency::from_code).unwrap_or(Currency::KRW);
        self.amount.money(currency) == Ok(prepare.amount)
    }
}

impl PortoneV1 {
    /// Takes the settings, if they can be an account's.
    pub fn new(config: &PortoneV1Config) -> Result<Self, ConfigError> {
        config::connect(config)
    }

    /// Test payments are shown only to who asks for them.
    fn query<'q>(&self, more: &[(&'q str, &'q str)]) -> Vec<(&'q str, &'q str)> {
        let mut query = more.to_vec();
        if !self.merchant.live {
            query.push(("include_sandbox", "true"));
        }
        query
    }

    /// A second registration is refused, in words that nobody has confirmed: what is registered decides.
    async fn is_registered(&self, prepare: &Prepare) -> bool {
        let url = self.url(&["payments", "prepare", &prepare.id], &[]);
        matches!(self.look::<Registered>(&url).await, Ok(Some(registered)) if registered.is(prepare))
    }
}

#[async_trait]
impl PaymentGateway for PortoneV1 {
    fn gateway(&self) -> Gateway {
        Gateway::PortoneV1
    }

    fn capabilities(&self, pg: Pg) -> &'static Capabilities {
        Capabilities::of_portone_v1(pg)
    }

    fn merchant(&self) -> &Merchant {
        &self.merchant
    }

    fn traffic(&self) -> &Traffic {
        self.http.traffic()
    }

    async fn check_credentials(&self) -> Result<(), CredentialError> {
        match self.tokens.get(&self.http, &self.base).await {
            Ok(_) => Ok(()),
            Err(LookupError::Unauthorized { setting }) => {
                Err(CredentialError::Wrong { setting, problem: "PortOne does not take them".into() })
            }
            Err(LookupError::Unavailable(status)) if status.starts_with("404") => {
                Err(CredentialError::Wrong { setting: config::BASE_URL, problem: status })
            }
            Err(error) => Err(CredentialError::Unavailable(error.to_string())),
        }
    }

    async fn prepare(&self, prepare: &Prepare) -> Answer<()> {
        let body = Registering {
            merchant_uid: &prepare.id,
            amount: InMainUnits(prepare.amount),
            currency: prepare.amount.currency.code(),
        };
        match self.change::<Registered>(Method::POST, &["payments", "prepare"], &body).await {
            Outcome::Done(registered) if registered.is(prepare) => Answer::Done(()),
            Outcome::No(..) if self.is_registered(prepare).await => Answer::Done(()),
            Outcome::No(_, refusal) => Answer::Refused(refusal),
            Outcome::Done(_) | Outcome::InDoubt => Answer::InDoubt,
        }
    }

    async fn lookup(&self, id: &str) -> Result<Option<Snapshot>, LookupError> {
        let query = self.query(&[("limit", PAGE_SIZE), ("sorting", "-started")]);
        let url = self.url(&["payments", "findAll", id], &query);
        let Some(found) = self.look::<wire::List>(&url).await? else { return Ok(None) };
        wire::that_counts(found.list).map_err(LookupError::Unreadable)
    }

    async fn lookup_transaction(&self, transaction_id: &str) -> Result<Option<Snapshot>, LookupError> {
        let url = self.url(&["payments", transaction_id], &self.query(&[]));
        let Some(found) = self.look::<wire::Payment>(&url).await? else { return Ok(None) };
        found.snapshot().map(Some).map_err(LookupError::Unreadable)
    }

    async fn cancel(&self, cancel: &Cancel) -> Answer<Cancellation> {
        cancel::cancel(self, cancel).await
    }

    async fn register_logistics(&self, logistics: &Logistics) -> Answer<()> {
        escrow::register(self, logistics).await
    }

    async fn modify_logistics(&self, logistics: &Logistics) -> Answer<()> {
        escrow::modify(self, logistics).await
    }

    /// No further back than ninety days. A cursor is a state and a page.
    async fn list_since(&self, from: DateTime<Utc>, cursor: Option<&str>) -> Result<Page, LookupError> {
        let (status, page) = cursor.and_then(|cursor| cursor.split_once(':')).unwrap_or((LISTED[0], "1"));
        let from = from.timestamp().to_string();
        let query =
            self.query(&[("page", page), ("limit", PAGE_SIZE), ("from", &from), ("sorting", "started")]);
        let url = self.url(&["payments", "status", status], &query);
        let found = self.look::<wire::List>(&url).await?;
        let following = found.as_ref().map_or(0, |found| found.next);
        let next = if following > 0 {
            Some(format!("{status}:{following}"))
        } else {
            let after = LISTED.iter().skip_while(|it| **it != status).nth(1);
            after.map(|status| format!("{status}:1"))
        };
        let payments = found.map(|found| found.list).unwrap_or_default();
        Ok(Page { ids: payments.into_iter().filter_map(|payment| payment.merchant_uid).collect(), next })
    }

    fn checkout(&self, checkout: &Checkout) -> CheckoutParams {
        self.window.params(checkout)
    }

    fn parse_return(&self, pairs: &[(String, String)]) -> Result<Return, ReturnError> {
        checkout::returned(pairs)
    }

    fn parse_webhook(&self, _: &HeaderMap, body: &[u8], _: DateTime<Utc>) -> Result<Hint, WebhookError> {
        events::hint(body)
    }
}

#[cfg(test)]
mod tests;
