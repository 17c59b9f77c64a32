//! What a gateway is asked to do with money.

use chrono::{DateTime, Utc};
use domain::Money;

use crate::{bank::Bank, http::IdempotencyKey, secret::Secret};

/// A payment to register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepare {
    /// The payment's id at the gateway: [`domain::id::PaymentId::at_gateway`].
    pub id: String,
    /// What the buyer shall pay.
    pub amount: Money,
}

/// A payment to capture: what [`Return::ToApprove`](crate::Return) brought, with the amount of our own book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approve {
    /// The payment's id at the gateway.
    pub id: String,
    /// The gateway's transaction.
    pub transaction_id: String,
    /// The window's leave to approve, where the gateway gives one (`PortOne`'s `paymentToken`).
    pub token: Option<Secret>,
    /// What is to be captured.
    pub amount: Money,
    /// The same approval is carried out once.
    pub key: IdempotencyKey,
}

/// Money to give back. There is no "all of it": gateways read a missing or nought amount as everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cancel {
    /// The payment's id at the gateway.
    pub id: String,
    /// The refund's id: the same refund is carried out once, and found again by
    /// [`Snapshot::cancellation_of`](crate::Snapshot::cancellation_of).
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

impl Cancel {
    /// Whether the amounts can be meant.
    pub(crate) fn is_fit(&self) -> bool {
        self.amount.is_positive() && self.amount.currency == self.cancellable.currency
    }
}

/// A bank account of the buyer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundAccount {
    /// The bank.
    pub bank: Bank,
    /// The account's number.
    pub number: Secret,
    /// The account's holder.
    pub holder: Secret,
    /// The holder's telephone number, which some PGs want.
    pub phone: Option<Secret>,
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
