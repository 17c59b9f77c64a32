//! The outside: payment gateways behind one small port.
//!
//! A gateway is asked, never believed: what a browser, a webhook or an answer says is a hint, and only a look-up
//! that passes [`verify`] is a payment. A call that changes something answers [`Answer::Done`], [`Answer::Pending`],
//! [`Answer::Refused`] or [`Answer::InDoubt`]; a time-out, a lost connection or a fault of the gateway is a doubt
//! and never a failure, because the money may have moved. A doubt ends by a look-up, or by the same call with the
//! same idempotency key.
//!
//! `port` is the trait and its words, `snapshot` the one picture of a payment that every gateway's document is read
//! into, `verify` the one place where that picture is compared with what was asked. Each provider has a folder.

mod amount;
mod http;
mod port;
pub mod portone_v2;
mod secret;
mod snapshot;
mod verify;
mod webhook;

pub use http::{Http, HttpError, IdempotencyKey, TimeLimits};
pub use port::{
    Answer, Cancel, Cancellation, Capabilities, Checkout, CheckoutCustomer, CheckoutParams, CheckoutRequest,
    CredentialError, LookupError, Method, PaymentGateway, Prepare, RefundAccount, Refusal,
};
pub use portone_v2::PortoneV2;
pub use reqwest::header::HeaderMap;
pub use secret::Secret;
pub use snapshot::{CancellationSeen, CancellationStatus, Channel, EscrowState, Snapshot, Status};
pub use verify::{Expected, Merchant, Rejection, Verified, verify};
pub use webhook::{Hint, SigningKeys, WEBHOOK_TOLERANCE, WebhookError};
