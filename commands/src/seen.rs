//! What a look-up at the gateway showed, already checked against what was asked for.

use chrono::{DateTime, Utc};
use domain::{
    Money,
    payment::{Capture, Mismatch},
};

/// A payment as the gateway knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Whether and how it is paid.
    pub standing: Standing,
    /// Cancellations carried out at the gateway that no refund of ours asked for.
    pub foreign: Vec<ForeignCancellation>,
}

/// Whether and how a payment is paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// The gateway does not know it.
    Unknown,
    /// Not paid yet; so also every status nobody has told us of.
    Waiting,
    /// A virtual account waits for the deposit.
    AwaitingDeposit {
        /// Until when.
        due_at: DateTime<Utc>,
    },
    /// Paid, and every check held.
    Paid(Capture),
    /// Paid, but not as asked.
    PaidWrong(Capture, Vec<Mismatch>),
    /// Failed.
    Failed {
        /// The gateway's reason code.
        reason: String,
    },
}

/// A cancellation somebody carried out at the gateway's own console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignCancellation {
    /// The gateway's cancellation.
    pub cancellation_id: String,
    /// How much.
    pub amount: Money,
    /// When, by the gateway's clock.
    pub cancelled_at: DateTime<Utc>,
}
