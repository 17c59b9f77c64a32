//! The port: what the house asks of a payment gateway, and the words of the answers.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{Money, payment::Gateway};
use reqwest::header::HeaderMap;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    http::IdempotencyKey,
    portone_v2::RequestPayment,
    secret::Secret,
    snapshot::Snapshot,
    verify::Merchant,
    webhook::{Hint, WebhookError},
};

/// One payment gateway, with our account at it.
#[async_trait]
pub trait PaymentGateway: Send + Sync {
    /// Which gateway this is.
    fn gateway(&self) -> Gateway;

    /// What it can do for us.
    fn capabilities(&self) -> Capabilities;

    /// Who we are at it: payments that name anyone else are not ours.
    fn merchant(&self) -> &Merchant;

    /// Whether our credentials are taken. For the start of the program: a wrong one is named by its setting.
    async fn check_credentials(&self) -> Result<(), CredentialError>;

    /// Registers the payment and its amount, so that the pay window refuses any other amount.
    async fn prepare(&self, prepare: &Prepare) -> Answer<()>;

    /// The payment as the gateway has it now; `None` if it knows no such payment.
    async fn lookup(&self, id: &str) -> Result<Option<Snapshot>, LookupError>;

    /// Gives money back. Safe to repeat with the same key.
    async fn cancel(&self, cancel: &Cancel) -> Answer<Cancellation>;

    /// What the buyer's browser needs to open the pay window.
    fn checkout(&self, checkout: &Checkout) -> CheckoutParams;

    /// Proves who sent a webhook and reads what it is about. A hint to look up, never a fact.
    fn parse_webhook(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: DateTime<Utc>,
    ) -> Result<Hint, WebhookError>;
}

/// What a gateway can do. Where it cannot, the house refunds by bank transfer or waits for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capabilities {
    /// With which methods it holds money in escrow.
    pub escrow_methods: Vec<Method>,
    /// Whether a part of an escrow payment can be cancelled.
    pub partial_cancel_of_escrow: bool,
    /// Whether a call can be repeated under a key and is carried out once.
    pub idempotency_key: bool,
    /// Whether its webhooks are signed.
    pub signed_webhooks: bool,
}

/// How the buyer pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// By card.
    Card,
    /// By transfer from the buyer's bank account.
    Transfer,
    /// By deposit to an account that is issued for this payment.
    VirtualAccount,
    /// By a wallet.
    EasyPay,
    /// On the phone bill.
    Mobile,
}

/// The answer to a call that changes something at the gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer<T> {
    /// It is done.
    Done(T),
    /// The gateway took it on and will do it later.
    Pending(T),
    /// The gateway said no and did nothing.
    Refused(Refusal),
    /// It may or may not have happened, or the gateway did not judge it yet: look up, or repeat with the same key.
    InDoubt,
}

/// A gateway's no.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{code}: {message}")]
pub struct Refusal {
    /// The gateway's code: branch on this.
    pub code: String,
    /// The gateway's words: for people.
    pub message: String,
}

/// A payment to register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepare {
    /// The payment's id at the gateway: [`domain::id::PaymentId::at_gateway`].
    pub id: String,
    /// What the buyer shall pay.
    pub amount: Money,
}

/// Money to give back. There is no "all of it": gateways read a missing or nought amount as everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cancel {
    /// The payment's id at the gateway.
    pub id: String,
    /// The refund's id: the same refund is carried out once, and found again by [`Snapshot::cancellation_of`].
    pub key: IdempotencyKey,
    /// How much.
    pub amount: Money,
    /// What can still be cancelled by our book, before this; if the gateway disagrees, nothing is done.
    pub cancellable: Money,
    /// Why, for the buyer and the gateway's console.
    pub reason: String,
    /// Where the money goes, if the method cannot take it back (virtual accounts).
    pub refund_account: Option<RefundAccount>,
}

/// A bank account of the buyer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundAccount {
    /// The bank, in the gateway's code.
    pub bank: String,
    /// The account's number.
    pub number: Secret,
    /// The account's holder.
    pub holder: Secret,
}

/// A cancellation the gateway made or took on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cancellation {
    /// The gateway's id of it.
    pub id: String,
    /// How much.
    pub amount: Money,
    /// When it was carried out, by the gateway's clock.
    pub cancelled_at: Option<DateTime<Utc>>,
}

/// A pay window to open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkout {
    /// The payment's id at the gateway.
    pub id: String,
    /// What the buyer shall pay.
    pub amount: Money,
    /// What it is for, as shown to the buyer.
    pub order_name: String,
    /// How the buyer pays.
    pub method: Method,
    /// Whether the gateway shall hold the money.
    pub escrow: bool,
    /// Who pays.
    pub customer: Option<CheckoutCustomer>,
    /// Where the browser goes afterwards.
    pub redirect_url: Option<String>,
    /// Where webhooks about this payment go, instead of the account's address.
    pub notice_urls: Vec<String>,
    /// Until when a virtual account takes the deposit.
    pub deposit_due: Option<DateTime<Utc>>,
}

/// What the gateway may know of the buyer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckoutCustomer {
    /// Our id of them.
    pub customer_id: String,
    /// Their name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub full_name: Option<String>,
    /// Their address for receipts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Their number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
}

/// What a browser needs to open the pay window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckoutParams {
    /// Which gateway.
    pub gateway: Gateway,
    /// The gateway's script that defines the function to call.
    pub sdk_url: String,
    /// A page to send the browser to instead, where the gateway has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pay_url: Option<String>,
    /// The arguments of that function, as they are.
    pub request: CheckoutRequest,
}

/// The arguments of a gateway's own function, in its own words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum CheckoutRequest {
    /// For `PortOne.requestPayment`.
    PortoneV2(RequestPayment),
}

/// Why a look-up brought nothing. None of them says anything about the payment.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LookupError {
    /// The gateway does not take our credentials.
    #[error("the gateway refused our credentials ({setting})")]
    Unauthorized {
        /// Which setting to look at.
        setting: &'static str,
    },
    /// The gateway cannot be reached or is at fault.
    #[error("the gateway cannot be asked: {0}")]
    Unavailable(String),
    /// The gateway's document is not what its protocol says.
    #[error("the gateway's answer cannot be read: {0}")]
    Unreadable(String),
}

/// What is wrong with our account at the gateway.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CredentialError {
    /// A setting the gateway does not take.
    #[error("{setting}: {problem}")]
    Wrong {
        /// The setting's name.
        setting: &'static str,
        /// What the gateway said.
        problem: String,
    },
    /// The gateway could not be asked.
    #[error("the gateway cannot be asked: {0}")]
    Unavailable(String),
}
