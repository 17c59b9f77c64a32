//! The port: what the house asks of a payment gateway.
//!
//! A body is given here only where a gateway may honestly not do the thing at all: the answer is then a refusal of
//! [`RefusalKind::Unsupported`](crate::RefusalKind), which [`Capabilities`] tells beforehand.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::payment::Gateway;
use reqwest::header::HeaderMap;

use crate::{
    answer::{Answer, CredentialError, LookupError, Page, Refusal},
    calls::{Approve, Cancel, Cancellation, Prepare},
    capabilities::Capabilities,
    checkout::{Checkout, CheckoutParams},
    hint::{Acknowledgement, Hint},
    http::IdempotencyKey,
    logistics::Logistics,
    pg::Pg,
    returned::{Return, ReturnError},
    snapshot::Snapshot,
    traffic::Traffic,
    verify::Merchant,
    webhook::WebhookError,
};

/// One payment gateway, with our account at it.
#[async_trait]
pub trait PaymentGateway: Send + Sync {
    /// Which gateway this is.
    fn gateway(&self) -> Gateway;

    /// What it can do for us through a channel of `pg`. [`Pg::Unknown`] asks for what holds for every channel.
    fn capabilities(&self, pg: Pg) -> &'static Capabilities;

    /// Who we are at it: payments that name anyone else are not ours.
    fn merchant(&self) -> &Merchant;

    /// How its API does.
    fn traffic(&self) -> &Traffic;

    /// Whether our credentials are taken. For the start of the program: a wrong one is named by its setting.
    async fn check_credentials(&self) -> Result<(), CredentialError>;

    /// Registers the payment and its amount, so that the pay window refuses any other amount. A gateway that takes
    /// the amount with the approval has nothing to register and answers [`Answer::Done`].
    async fn prepare(&self, prepare: &Prepare) -> Answer<()>;

    /// The payment as the gateway has it now, by our id; `None` if it knows no such payment.
    async fn lookup(&self, id: &str) -> Result<Option<Snapshot>, LookupError>;

    /// The same by the gateway's own id of the transaction.
    async fn lookup_transaction(&self, transaction_id: &str) -> Result<Option<Snapshot>, LookupError> {
        let _ = transaction_id;
        Err(LookupError::Unsupported)
    }

    /// Captures what the buyer agreed to in the window, where the gateway leaves that to us. Done says only that
    /// the gateway took it: what was captured is looked up and verified like everything else.
    async fn approve(&self, approve: &Approve) -> Answer<()> {
        let _ = approve;
        Answer::Refused(Refusal::unsupported("the gateway approves payments itself"))
    }

    /// Takes back an approval that was left without an answer, where the gateway offers that.
    async fn undo_approval(&self, id: &str) -> Answer<()> {
        let _ = id;
        Answer::Refused(Refusal::unsupported("an approval is not undone but looked up and cancelled"))
    }

    /// Gives money back. Safe to repeat with the same key.
    async fn cancel(&self, cancel: &Cancel) -> Answer<Cancellation>;

    /// Tells the gateway's escrow that the goods are on their way. Safe to repeat with the same key.
    async fn register_logistics(&self, logistics: &Logistics) -> Answer<()> {
        let _ = logistics;
        Answer::Refused(Refusal::unsupported("deliveries are registered in the gateway's console"))
    }

    /// Corrects what was registered.
    async fn modify_logistics(&self, logistics: &Logistics) -> Answer<()> {
        let _ = logistics;
        Answer::Refused(Refusal::unsupported("a registered delivery cannot be corrected over the API"))
    }

    /// Tells the gateway's escrow that the buyer confirmed the purchase.
    async fn confirm_escrow(&self, id: &str, key: &IdempotencyKey) -> Answer<()> {
        let _ = (id, key);
        Answer::Refused(Refusal::unsupported("the buyer confirms the purchase on the gateway's page"))
    }

    /// Our ids of the payments that something happened to since `from`, a page at a time: the first call without a
    /// cursor, each further one with the last page's. Each is to be looked up.
    async fn list_since(&self, from: DateTime<Utc>, cursor: Option<&str>) -> Result<Page, LookupError> {
        let _ = (from, cursor);
        Err(LookupError::Unsupported)
    }

    /// What the buyer's browser needs to open the pay window.
    fn checkout(&self, checkout: &Checkout) -> CheckoutParams;

    /// What the browser brought back from the window: its query's or its form's pairs. A claim of the browser's;
    /// where the gateway signs it, the signature is proven here.
    fn parse_return(&self, pairs: &[(String, String)]) -> Result<Return, ReturnError>;

    /// Reads what a webhook is about and proves who sent it, as far as the gateway lets us: see
    /// [`Proof`](crate::Proof). A hint to look up, never a fact.
    fn parse_webhook(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: DateTime<Utc>,
    ) -> Result<Hint, WebhookError>;

    /// What a webhook's sender has to be answered so that it counts as delivered.
    fn acknowledgement(&self) -> Acknowledgement {
        Acknowledgement::AnySuccess
    }
}
