//! Toss Payments: <https://docs.tosspayments.com/reference>.
//!
//! What this connector leans on: the window only gets the buyer's agreement, which is lost after ten minutes, and
//! nothing is captured before we confirm it; a POST carries an `Idempotency-Key` and is carried out once within
//! fifteen days; a cancellation looks first all the same, because Toss takes no checksum. Documents do not say
//! whether real money moved: the keys do. Webhooks are not signed.

mod checkout;
mod client;
mod config;
mod events;
mod wire;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use domain::payment::Gateway;
use reqwest::{StatusCode, Url, header::HeaderMap};
use serde::Serialize;

pub use checkout::{Escrow, TossAmount, TossWindow};
pub use config::TossConfig;

use crate::{
    amount::InMainUnits,
    answer::{Answer, CredentialError, LookupError, Page, Refusal},
    calls::{Approve, Cancel, Cancellation, Prepare},
    cancelling,
    capabilities::Capabilities,
    checkout::{Checkout, CheckoutParams},
    config::{ConfigError, behind},
    hint::Hint,
    http::Http,
    pg::Pg,
    port::PaymentGateway,
    reason,
    returned::{Return, ReturnError},
    secret::Secret,
    snapshot::Snapshot,
    time::SEOUL,
    traffic::Traffic,
    verify::Merchant,
    webhook::WebhookError,
};
use client::Outcome;

/// An order no shop has: asked for to see whether the gateway takes our key.
const PROBE: &str = "escrow-credential-check";
/// The longest order id.
const MAX_ORDER_ID: usize = 64;
/// How many transactions a page of a list has.
const PAGE_SIZE: usize = 100;

/// Our account at Toss Payments.
#[derive(Debug, Clone)]
pub struct Toss {
    http: Http,
    base: Url,
    authorization: Secret,
    account: Account,
    merchant: Merchant,
    window: checkout::Window,
}

/// What the account says of its documents.
#[derive(Debug, Clone, Copy)]
struct Account {
    live: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Confirming<'a> {
    payment_key: &'a str,
    order_id: &'a str,
    amount: InMainUnits,
}

/// There is always an amount: Toss reads a missing one as everything.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Cancelling<'a> {
    cancel_reason: String,
    cancel_amount: InMainUnits,
    currency: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    refund_receive_account: Option<Receiving<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Receiving<'a> {
    bank: &'a str,
    account_number: &'a str,
    holder_name: &'a str,
}

impl Toss {
    /// Takes the settings, if they can be an account's.
    pub fn new(config: &TossConfig) -> Result<Self, ConfigError> {
        config::connect(config)
    }
}

#[async_trait]
impl PaymentGateway for Toss {
    fn gateway(&self) -> Gateway {
        Gateway::Toss
    }

    fn capabilities(&self, _: Pg) -> &'static Capabilities {
        Capabilities::of_toss()
    }

    fn merchant(&self) -> &Merchant {
        &self.merchant
    }

    fn traffic(&self) -> &Traffic {
        self.http.traffic()
    }

    async fn check_credentials(&self) -> Result<(), CredentialError> {
        match self.look(&["v1", "payments", "orders", PROBE]).await {
            Ok(_) => Ok(()),
            Err(LookupError::Unauthorized { setting }) => {
                Err(CredentialError::Wrong { setting, problem: "Toss Payments does not take it".into() })
            }
            Err(LookupError::Unavailable(status)) if status.starts_with("404") => {
                Err(CredentialError::Wrong { setting: config::BASE_URL, problem: status })
            }
            Err(error) => Err(CredentialError::Unavailable(error.to_string())),
        }
    }

    /// Nothing to register: the amount is ours to say when we confirm.
    async fn prepare(&self, prepare: &Prepare) -> Answer<()> {
        if prepare.id.len() > MAX_ORDER_ID {
            return Answer::Refused(Refusal::unfit("an order's id has no more than 64 characters"));
        }
        Answer::Done(())
    }

    async fn lookup(&self, id: &str) -> Result<Option<Snapshot>, LookupError> {
        self.look(&["v1", "payments", "orders", id]).await
    }

    async fn lookup_transaction(&self, transaction_id: &str) -> Result<Option<Snapshot>, LookupError> {
        self.look(&["v1", "payments", transaction_id]).await
    }

    async fn approve(&self, approve: &Approve) -> Answer<()> {
        let body = Confirming {
            payment_key: &approve.transaction_id,
            order_id: &approve.id,
            amount: InMainUnits(approve.amount),
        };
        match self.change(&["v1", "payments", "confirm"], &approve.key, &body).await {
            Outcome::Done(payment) if payment.order_id == approve.id => Answer::Done(()),
            Outcome::No(refusal) => Answer::Refused(refusal),
            Outcome::Done(_) | Outcome::InDoubt => Answer::InDoubt,
        }
    }

    async fn cancel(&self, cancel: &Cancel) -> Answer<Cancellation> {
        let Ok(seen) = self.lookup(&cancel.id).await else { return Answer::InDoubt };
        if let Some(answer) = cancelling::before(cancel, seen.as_ref()) {
            return answer;
        }
        let payment_key = seen.map(|seen| seen.transaction_id).unwrap_or_default();
        let body = Cancelling {
            cancel_reason: reason::with_key(&cancel.reason, &cancel.key),
            cancel_amount: InMainUnits(cancel.amount),
            currency: cancel.amount.currency.code(),
            refund_receive_account: cancel.refund_account.as_ref().map(|account| Receiving {
                bank: account.bank.toss(),
                account_number: account.number.expose(),
                holder_name: account.holder.expose(),
            }),
        };
        match self.change(&["v1", "payments", &payment_key, "cancel"], &cancel.key, &body).await {
            Outcome::Done(payment) => cancelling::taken(cancel, payment.snapshot(self.account)),
            Outcome::No(refusal) => match self.lookup(&cancel.id).await {
                Ok(after) => cancelling::refused(cancel, after.as_ref(), refusal),
                Err(_) => Answer::InDoubt,
            },
            Outcome::InDoubt => Answer::InDoubt,
        }
    }

    async fn list_since(&self, from: DateTime<Utc>, cursor: Option<&str>) -> Result<Page, LookupError> {
        let there = |at: DateTime<Utc>| (at + SEOUL).format("%Y-%m-%dT%H:%M:%S").to_string();
        let until = ambient::Clock::system().now().max(from) + TimeDelta::days(1);
        let mut url = behind(&self.base, &["v1", "transactions"]);
        url.query_pairs_mut()
            .append_pair("startDate", &there(from))
            .append_pair("endDate", &there(until))
            .append_pair("limit", &PAGE_SIZE.to_string());
        if let Some(cursor) = cursor {
            url.query_pairs_mut().append_pair("startingAfter", cursor);
        }
        let reply = self.get(&url).await?;
        match reply.status {
            StatusCode::OK => wire::page(&reply.body, PAGE_SIZE).map_err(LookupError::Unreadable),
            status => Err(client::failure(status)),
        }
    }

    fn checkout(&self, checkout: &Checkout) -> CheckoutParams {
        self.window.params(checkout)
    }

    fn parse_return(&self, pairs: &[(String, String)]) -> Result<Return, ReturnError> {
        checkout::returned(pairs)
    }

    fn parse_webhook(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        _: DateTime<Utc>,
    ) -> Result<Hint, WebhookError> {
        events::hint(headers, body)
    }
}

#[cfg(test)]
mod tests;
