//! The one picture of a payment that every gateway's document is read into.

use chrono::{DateTime, Utc};
use domain::Money;

use crate::{pg::Pg, secret::Secret};

/// A payment as the gateway has it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The payment's id at the gateway, which we chose.
    pub id: String,
    /// The gateway's id of the transaction.
    pub transaction_id: String,
    /// How far it is.
    pub status: Status,
    /// What was asked for, and captured if it was.
    pub total: Money,
    /// What went back, by cancellations that were carried out.
    pub cancelled: Money,
    /// Card, transfer, virtual account …, in the gateway's word; empty before the buyer chose.
    pub method: String,
    /// The state of the gateway's escrow; `None` if this is no escrow payment.
    pub escrow: Option<EscrowState>,
    /// The store it was paid to, where the gateway has stores.
    pub store: Option<String>,
    /// The channel it was paid through; `None` before the buyer chose.
    pub channel: Option<Channel>,
    /// When it was captured, by the gateway's clock.
    pub paid_at: Option<DateTime<Utc>>,
    /// Every cancellation, whoever asked for it.
    pub cancellations: Vec<CancellationSeen>,
    /// What a genuine webhook about this payment carries, where the gateway proves them so.
    pub webhook_secret: Option<Secret>,
}

impl Snapshot {
    /// Whether money was captured, even if it went back since.
    pub const fn is_captured(&self) -> bool {
        match self.status {
            Status::Paid | Status::PartialCancelled => true,
            Status::Cancelled => self.paid_at.is_some(),
            Status::Ready
            | Status::Pending
            | Status::AwaitingDeposit { .. }
            | Status::Failed { .. }
            | Status::Unknown(_) => false,
        }
    }

    /// What can still go back.
    pub fn cancellable(&self) -> Money {
        self.total.minus(self.cancelled).unwrap_or(self.total)
    }

    /// The PG it was paid through.
    pub fn pg(&self) -> Pg {
        self.channel.as_ref().map_or(Pg::Unknown, |channel| channel.pg)
    }

    /// The cancellation that was made for one of our refunds.
    pub fn cancellation_of(&self, refund: &str) -> Option<&CancellationSeen> {
        self.cancellations.iter().find(|cancellation| cancellation.refund.as_deref() == Some(refund))
    }
}

/// How far a payment is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// The window is open, nothing happened yet.
    Ready,
    /// The gateway itself waits for an outcome.
    Pending,
    /// A virtual account waits for the deposit.
    AwaitingDeposit {
        /// Until when, if the gateway says.
        due_at: Option<DateTime<Utc>>,
    },
    /// Captured.
    Paid,
    /// Captured, and a part went back.
    PartialCancelled,
    /// All of it went back, or it was called off before anything was captured.
    Cancelled,
    /// Not paid.
    Failed {
        /// The gateway's reason code.
        code: String,
    },
    /// A word we do not know. Nothing is concluded from it: look again later.
    Unknown(String),
}

/// Through what a payment was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// The channel's key.
    pub key: String,
    /// Whether real money moves through it.
    pub live: bool,
    /// The PG behind it.
    pub pg: Pg,
}

/// How far the gateway's own escrow is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EscrowState {
    /// The delivery was not registered yet.
    BeforeRegistered,
    /// The delivery was registered.
    Registered,
    /// The goods arrived.
    Delivered,
    /// The buyer, or the clock, confirmed the purchase.
    Confirmed {
        /// By the clock.
        automatically: bool,
    },
    /// The buyer refused the purchase.
    Rejected,
    /// The refusal was accepted.
    RejectConfirmed,
    /// The deal was called off.
    Cancelled,
    /// The gateway holds the money and does not tell how far it is.
    Hidden,
    /// A word we do not know.
    Unknown(String),
}

/// One cancellation in the gateway's document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CancellationSeen {
    /// The gateway's id of it.
    pub id: String,
    /// How much.
    pub amount: Money,
    /// How far it is.
    pub status: CancellationStatus,
    /// Who asked for it, in the gateway's word (API, CONSOLE, CHARGEBACK …), if it says.
    pub trigger: Option<String>,
    /// Which of our refunds it carries out; `None` if somebody else asked for it.
    pub refund: Option<String>,
    /// When it was carried out, or asked for if it is not yet.
    pub at: DateTime<Utc>,
}

/// How far a cancellation is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CancellationStatus {
    /// The money went back.
    Succeeded,
    /// The gateway took it on; the money did not go back yet.
    Requested,
    /// It will not be carried out.
    Failed,
    /// A word we do not know: as `Requested`.
    Unknown(String),
}
