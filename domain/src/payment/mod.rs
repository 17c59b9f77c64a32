//! One attempt to pay an order, and the refunds of what it captured.

mod account;
mod approval;
mod event;
mod loss;
mod refund;
mod refusal;
mod silence;
mod verbs;

use std::collections::{BTreeMap, BTreeSet};

pub use account::VIRTUAL_ACCOUNT;
pub use approval::Agreement;
use chrono::{DateTime, Utc};
pub use event::{Custody, Doubt, Gateway, Mismatch, PaymentEvent};
pub use refund::{Refund, RefundState};
pub use refusal::PaymentRefusal;
pub use verbs::{Capture, CreatePayment};

use serde::Serialize;

use crate::{
    Money,
    aggregate::Aggregate,
    id::{CustomerId, OrderId, PaymentId, RefundId},
};

/// The fold of a payment's events.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub enum Payment {
    /// Never begun.
    #[default]
    Absent,
    /// Begun; the buyer has not paid.
    Open(Attempt, Progress),
    /// Approved, verified, and funding the order's holds.
    Authorized(Attempt, Captured),
    /// Captured, but not fit to fund anything; it goes back.
    Quarantined(Attempt, Captured),
    /// Over without money.
    Ended(Attempt, End),
}

/// What was asked of the gateway.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Attempt {
    /// The attempt.
    pub payment_id: PaymentId,
    /// For which order.
    pub order_id: OrderId,
    /// By whom.
    pub buyer_id: CustomerId,
    /// How much.
    pub amount: Money,
    /// Through which gateway.
    pub gateway: Gateway,
    /// Whether escrow was asked for.
    pub escrow: bool,
    /// When the window ends.
    pub expires_at: DateTime<Utc>,
    /// Whether the gateway could not be asked about it when it was last tried.
    pub silent: bool,
}

/// How far an unpaid attempt has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Progress {
    /// The gateway does not know it yet.
    Created,
    /// The gateway may or may not know it.
    PreparationInDoubt,
    /// The gateway knows it.
    Prepared,
    /// A virtual account waits for the deposit.
    AwaitingDeposit {
        /// Until when.
        due_at: DateTime<Utc>,
    },
    /// The buyer agreed; the gateway is to be asked to capture.
    Authenticated(Agreement),
    /// The gateway was asked to capture and did not answer.
    ApprovalInDoubt(Agreement),
}

/// What was captured, and what of it goes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Captured {
    /// The gateway's transaction.
    pub transaction_id: String,
    /// How much.
    pub amount: Money,
    /// Who holds it.
    pub custody: Custody,
    /// Card, transfer, virtual account …, where it was written down.
    pub method: Option<String>,
    /// The refunds so far.
    pub refunds: BTreeMap<RefundId, Refund>,
    /// Whether the bank took the deposit back.
    pub reversed: bool,
    /// The gateway's cancellations that are recorded, as refunds or as taken back from the platform.
    pub cancellations: BTreeSet<String>,
}

/// How an attempt ended without money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum End {
    /// The gateway would not register it.
    NotPrepared,
    /// The gateway says it failed.
    Failed,
    /// The window ended.
    Expired,
    /// The order was cancelled first.
    Cancelled,
    /// The bank took the deposit back for good.
    Reversed,
}

impl Payment {
    /// What was asked of the gateway, if anything was.
    pub fn attempt(&self) -> Result<&Attempt, PaymentRefusal> {
        match self {
            Self::Absent => Err(PaymentRefusal::UnknownPayment),
            Self::Open(attempt, _)
            | Self::Authorized(attempt, _)
            | Self::Quarantined(attempt, _)
            | Self::Ended(attempt, _) => Ok(attempt),
        }
    }

    /// What was captured, if anything was.
    pub fn captured(&self) -> Result<&Captured, PaymentRefusal> {
        match self {
            Self::Absent => Err(PaymentRefusal::UnknownPayment),
            Self::Open(..) | Self::Ended(..) => Err(PaymentRefusal::NothingCaptured),
            Self::Authorized(_, captured) | Self::Quarantined(_, captured) => Ok(captured),
        }
    }

    fn captured_mut(&mut self) -> Option<&mut Captured> {
        match self {
            Self::Absent | Self::Open(..) | Self::Ended(..) => None,
            Self::Authorized(_, captured) | Self::Quarantined(_, captured) => Some(captured),
        }
    }

    fn become_with(&mut self, next: impl FnOnce(Attempt) -> Self) {
        *self = match std::mem::take(self) {
            Self::Absent => Self::Absent,
            Self::Open(attempt, _)
            | Self::Authorized(attempt, _)
            | Self::Quarantined(attempt, _)
            | Self::Ended(attempt, _) => next(attempt),
        };
    }

    fn progress(&mut self, progress: Progress) {
        self.become_with(|attempt| Self::Open(attempt, progress));
    }

    fn end(&mut self, end: End) {
        self.become_with(|attempt| Self::Ended(attempt, end));
    }
}

impl Aggregate for Payment {
    const TYPE: &'static str = "payment";
    type Id = PaymentId;
    type Event = PaymentEvent;

    fn evolve(&mut self, event: &PaymentEvent) {
        match event {
            PaymentEvent::PaymentCreated {
                payment_id,
                order_id,
                buyer_id,
                amount,
                gateway,
                escrow,
                expires_at,
            } => {
                let attempt = Attempt {
                    payment_id: *payment_id,
                    order_id: *order_id,
                    buyer_id: *buyer_id,
                    amount: *amount,
                    gateway: *gateway,
                    escrow: *escrow,
                    expires_at: *expires_at,
                    silent: false,
                };
                *self = Self::Open(attempt, Progress::Created);
            }
            PaymentEvent::PaymentPrepared {} => self.progress(Progress::Prepared),
            PaymentEvent::PaymentPreparationFailed { .. } => self.end(End::NotPrepared),
            PaymentEvent::VirtualAccountIssued { due_at } => {
                self.progress(Progress::AwaitingDeposit { due_at: *due_at });
            }
            PaymentEvent::PaymentAuthenticated { transaction_id, token } => {
                let agreement = Agreement { transaction_id: transaction_id.clone(), token: token.clone() };
                self.progress(Progress::Authenticated(agreement));
            }
            PaymentEvent::PaymentInDoubt { doubt: Doubt::Approval {} } => {
                self.change_agreement(Progress::ApprovalInDoubt);
            }
            PaymentEvent::DoubtResolved { doubt: Doubt::Approval {} } => {
                self.change_agreement(Progress::Authenticated);
            }
            PaymentEvent::DepositLost { .. } => self.end(End::Reversed),
            PaymentEvent::PaymentFailed { .. } => self.end(End::Failed),
            PaymentEvent::PaymentExpired {} => self.end(End::Expired),
            PaymentEvent::PaymentCancelled {} => self.end(End::Cancelled),
            PaymentEvent::PaymentAuthorized { transaction_id, amount, custody, method, .. } => {
                let captured = Captured::new(transaction_id, (*amount, *custody), Some(method));
                self.become_with(|attempt| Self::Authorized(attempt, captured));
            }
            PaymentEvent::PaymentQuarantined { transaction_id, captured, custody, method, .. } => {
                let captured = Captured::new(transaction_id, (*captured, *custody), method.as_ref());
                self.become_with(|attempt| Self::Quarantined(attempt, captured));
            }
            PaymentEvent::PaymentInDoubt { doubt: Doubt::Preparation {} } => {
                self.progress(Progress::PreparationInDoubt);
            }
            PaymentEvent::DoubtResolved { doubt: Doubt::Preparation {} } => self.progress(Progress::Created),
            PaymentEvent::GatewayDidNotAnswer { .. } => self.fell_silent(true),
            PaymentEvent::GatewayAnswered {} => self.fell_silent(false),
            PaymentEvent::DepositReversed {}
            | PaymentEvent::DepositRestored {}
            | PaymentEvent::ChargedBack { .. }
            | PaymentEvent::RefundRequested { .. }
            | PaymentEvent::RefundPending { .. }
            | PaymentEvent::Refunded { .. }
            | PaymentEvent::RefundedByBank { .. }
            | PaymentEvent::RefundFailed { .. }
            | PaymentEvent::PaymentInDoubt { doubt: Doubt::Refund { .. } }
            | PaymentEvent::DoubtResolved { doubt: Doubt::Refund { .. } } => {
                if let Some(captured) = self.captured_mut() {
                    captured.evolve(event);
                }
            }
        }
    }
}
