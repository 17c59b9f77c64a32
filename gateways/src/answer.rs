//! What gateways answer: done, later, no, or nothing that can be relied on.

use domain::Money;
use thiserror::Error;

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
    /// What it means for us, whichever gateway says it: branch on this.
    pub kind: RefusalKind,
    /// The gateway's code: for the books.
    pub code: String,
    /// The gateway's words: for people.
    pub message: String,
}

/// What a gateway's no means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefusalKind {
    /// The payment is paid already: look it up.
    AlreadyPaid,
    /// All of it went back already: look it up.
    AlreadyCancelled,
    /// What can still be cancelled is not what we believe: look it up.
    BalanceDiffers,
    /// The delivery is registered already.
    AlreadyRegistered,
    /// This gateway, or this channel of it, does not do that. It may be done in another way, never by asking again.
    Unsupported,
    /// What we sent cannot be right.
    Unfit,
    /// Anything else.
    Other,
}

impl Refusal {
    /// The code of what a gateway does not do.
    pub const UNSUPPORTED: &str = "UNSUPPORTED_BY_GATEWAY";
    /// The code of what was not even sent.
    pub const UNFIT: &str = "INVALID_REQUEST";
    /// The code of a balance that a look-up found to be another.
    pub const BALANCE_DIFFERS: &str = "BALANCE_DIFFERS";
    /// The code of a payment that a look-up found to be given back.
    pub const ALREADY_CANCELLED: &str = "ALREADY_CANCELLED";

    /// The gateway does not do that.
    pub fn unsupported(message: impl Into<String>) -> Self {
        Self { kind: RefusalKind::Unsupported, code: Self::UNSUPPORTED.into(), message: message.into() }
    }

    /// Not sent, because it cannot be right.
    pub fn unfit(message: impl Into<String>) -> Self {
        Self { kind: RefusalKind::Unfit, code: Self::UNFIT.into(), message: message.into() }
    }

    /// Not sent, because the gateway's balance is not ours.
    pub fn balance_differs(ours: Money, theirs: Money) -> Self {
        let message = format!("we believe {} is left, the gateway has {}", ours.amount, theirs.amount);
        Self { kind: RefusalKind::BalanceDiffers, code: Self::BALANCE_DIFFERS.into(), message }
    }

    /// Not sent, because everything went back already.
    pub fn already_cancelled() -> Self {
        Self {
            kind: RefusalKind::AlreadyCancelled,
            code: Self::ALREADY_CANCELLED.into(),
            message: "nothing is left to cancel".into(),
        }
    }
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
    /// The gateway has no such look-up.
    #[error("the gateway has no such look-up")]
    Unsupported,
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

/// A piece of a list of payments.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// Our ids, in the gateway's order. One may be there twice, and some may not be ours at all.
    pub ids: Vec<String>,
    /// Where the next piece begins; `None` if this was the last.
    pub next: Option<String>,
}
