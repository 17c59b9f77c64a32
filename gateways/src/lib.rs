//! The outside: payment gateways behind one small port.
//!
//! A gateway is asked, never believed: what a browser, a webhook or an answer says is a hint, and only a look-up
//! that passes [`verify`] is a payment. A call that changes something answers [`Answer::Done`], [`Answer::Pending`],
//! [`Answer::Refused`] or [`Answer::InDoubt`]; a time-out, a lost connection or a fault of the gateway is a doubt
//! and never a failure, because the money may have moved. A doubt ends by a look-up, or by the same call with the
//! same idempotency key.
//!
//! `port` is the trait; `calls`, `logistics`, `checkout` what is asked, `answer`, `hint` and `returned` what is
//! said; `capabilities` what each PG can do; `snapshot` the one picture of a payment that every gateway's document
//! is read into, `verify` the one place where that picture is compared with what was asked. Each provider has a
//! folder, and `accounts` makes those that the settings name.

mod accounts;
mod amount;
mod answer;
mod bank;
mod calls;
mod cancelling;
mod capabilities;
mod checkout;
mod config;
mod courier;
mod digest;
mod hint;
mod http;
mod logistics;
pub mod nicepay;
mod pg;
mod port;
pub mod portone_v1;
pub mod portone_v2;
mod reason;
mod returned;
mod secret;
mod snapshot;
mod time;
pub mod toss;
mod traffic;
mod verify;
mod webhook;
mod witness;

pub use accounts::configured;
pub use answer::{Answer, CredentialError, LookupError, Page, Refusal, RefusalKind};
pub use bank::Bank;
pub use calls::{Approve, Cancel, Cancellation, Prepare, RefundAccount};
pub use capabilities::{
    Approval, BankRefund, Capabilities, CheckoutField, LogisticsField, LogisticsRules, RefundRoute,
    WebhookProof,
};
pub use checkout::{Checkout, CheckoutCustomer, CheckoutParams, CheckoutRequest, Method};
pub use config::ConfigError;
pub use courier::Courier;
pub use hint::{Acknowledgement, Hint, Proof};
pub use http::{Http, HttpError, IdempotencyKey, TimeLimits};
pub use logistics::{Address, Logistics, Party, Product};
pub use nicepay::Nicepay;
pub use pg::Pg;
pub use port::PaymentGateway;
pub use portone_v1::PortoneV1;
pub use portone_v2::PortoneV2;
pub use reqwest::header::HeaderMap;
pub use returned::{Return, ReturnError};
pub use secret::Secret;
pub use snapshot::{CancellationSeen, CancellationStatus, Channel, EscrowState, Snapshot, Status};
pub use toss::Toss;
pub use traffic::Traffic;
pub use verify::{Expected, Merchant, Rejection, Verified, verify};
pub use webhook::{SigningKeys, WEBHOOK_TOLERANCE, WebhookError};
pub use witness::{NoWitness, Witness, Witnessed};
