//! What a payment can be asked until it is captured or over.

use chrono::{DateTime, Utc};

use super::{
    Attempt, Custody, Doubt, End, Gateway, Mismatch, Payment, PaymentEvent, PaymentRefusal, Progress,
};
use crate::{
    Money,
    id::{CustomerId, OrderId, PaymentId},
};

/// Begins an attempt to pay.
#[derive(Debug, Clone, Copy)]
pub struct CreatePayment {
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
    /// Whether the gateway is asked to hold the money in escrow.
    pub escrow: bool,
    /// When the window ends.
    pub expires_at: DateTime<Utc>,
}

/// A capture as the gateway's own document tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capture {
    /// The gateway's transaction.
    pub transaction_id: String,
    /// How much.
    pub amount: Money,
    /// Card, transfer …, in the gateway's word.
    pub method: String,
    /// Who holds it.
    pub custody: Custody,
    /// When, by the gateway's clock.
    pub paid_at: DateTime<Utc>,
}

impl Payment {
    /// Begins the attempt.
    pub fn create(&self, command: CreatePayment) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        if *self != Self::Absent {
            return Err(PaymentRefusal::PaymentAlreadyExists);
        }
        let CreatePayment { payment_id, order_id, buyer_id, amount, gateway, escrow, expires_at } = command;
        if !amount.is_positive() {
            return Err(PaymentRefusal::AmountNotPositive);
        }
        Ok(vec![PaymentEvent::PaymentCreated {
            payment_id,
            order_id,
            buyer_id,
            amount,
            gateway,
            escrow,
            expires_at,
        }])
    }

    /// Records that the gateway knows the payment; known already, or past that, changes nothing.
    pub fn prepared(&self) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        Ok(match self.progress_so_far()? {
            Some(Progress::Created | Progress::PreparationInDoubt) => vec![PaymentEvent::PaymentPrepared {}],
            Some(
                Progress::Prepared
                | Progress::AwaitingDeposit { .. }
                | Progress::Authenticated(_)
                | Progress::ApprovalInDoubt(_),
            )
            | None => vec![],
        })
    }

    /// Records that the gateway would not register the payment.
    pub fn preparation_failed(&self, reason: String) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        Ok(match self.progress_so_far()? {
            Some(Progress::Created | Progress::PreparationInDoubt) => {
                vec![PaymentEvent::PaymentPreparationFailed { reason }]
            }
            Some(
                Progress::Prepared
                | Progress::AwaitingDeposit { .. }
                | Progress::Authenticated(_)
                | Progress::ApprovalInDoubt(_),
            )
            | None => vec![],
        })
    }

    /// Records that the gateway was asked to register the payment and did not answer.
    pub fn preparation_in_doubt(&self) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        Ok(match self.progress_so_far()? {
            Some(Progress::Created) => {
                vec![PaymentEvent::PaymentInDoubt { doubt: Doubt::Preparation {} }]
            }
            Some(
                Progress::PreparationInDoubt
                | Progress::Prepared
                | Progress::AwaitingDeposit { .. }
                | Progress::Authenticated(_)
                | Progress::ApprovalInDoubt(_),
            )
            | None => vec![],
        })
    }

    /// Records that a virtual account waits for its deposit.
    pub fn virtual_account_issued(&self, due_at: DateTime<Utc>) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        Ok(match self.progress_so_far()? {
            Some(
                Progress::Created
                | Progress::PreparationInDoubt
                | Progress::Prepared
                | Progress::Authenticated(_)
                | Progress::ApprovalInDoubt(_),
            ) => vec![PaymentEvent::VirtualAccountIssued { due_at }],
            Some(Progress::AwaitingDeposit { .. }) | None => vec![],
        })
    }

    /// Records a verified capture, which is as it was asked for or else belongs in quarantine. A gateway may approve
    /// an attempt it had called failed, so an ended attempt can still be authorised; whether its order takes the money
    /// is the order's to say.
    pub fn authorize(&self, capture: Capture) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        match self {
            Self::Absent => Err(PaymentRefusal::UnknownPayment),
            Self::Open(attempt, _) | Self::Ended(attempt, _) => {
                attempt.fits(&capture)?;
                let Capture { transaction_id, amount, method, custody, paid_at } = capture;
                Ok(vec![PaymentEvent::PaymentAuthorized { transaction_id, amount, method, custody, paid_at }])
            }
            Self::Authorized(_, captured) | Self::Quarantined(_, captured) => {
                captured.same_as(&capture.transaction_id)
            }
        }
    }

    /// Records a capture that must not fund the order.
    pub fn quarantine(
        &self,
        capture: Capture,
        mismatches: Vec<Mismatch>,
    ) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        match self {
            Self::Absent => Err(PaymentRefusal::UnknownPayment),
            Self::Open(attempt, _) | Self::Ended(attempt, _) => Ok(vec![PaymentEvent::PaymentQuarantined {
                transaction_id: capture.transaction_id,
                captured: capture.amount,
                gateway: attempt.gateway,
                custody: capture.custody,
                mismatches,
                method: Some(capture.method),
            }]),
            Self::Authorized(_, captured) | Self::Quarantined(_, captured) => {
                captured.same_as(&capture.transaction_id)
            }
        }
    }

    /// Records that the gateway says the payment failed; over already changes nothing.
    pub fn fail(&self, reason: String) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        self.end_with(PaymentEvent::PaymentFailed { reason })
    }

    /// Records that the window ended without money; over already changes nothing.
    pub fn expire(&self) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        self.end_with(PaymentEvent::PaymentExpired {})
    }

    /// Records that the order was cancelled first; over already changes nothing.
    pub fn cancel(&self) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        self.end_with(PaymentEvent::PaymentCancelled {})
    }

    fn end_with(&self, event: PaymentEvent) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        match self {
            Self::Absent => Err(PaymentRefusal::UnknownPayment),
            Self::Open(..) => Ok(vec![event]),
            Self::Ended(..) => Ok(vec![]),
            Self::Authorized(..) | Self::Quarantined(..) => Err(PaymentRefusal::AlreadyCaptured),
        }
    }

    /// `None` where the attempt is past being paid: late news of its preparation mean nothing then.
    pub(super) fn progress_so_far(&self) -> Result<Option<&Progress>, PaymentRefusal> {
        match self {
            Self::Absent => Err(PaymentRefusal::UnknownPayment),
            Self::Open(_, progress) => Ok(Some(progress)),
            Self::Authorized(..) | Self::Quarantined(..) | Self::Ended(..) => Ok(None),
        }
    }

    /// The attempt, if the buyer can still pay it.
    pub fn payable(&self) -> Result<&Attempt, PaymentRefusal> {
        match self {
            Self::Absent => Err(PaymentRefusal::UnknownPayment),
            Self::Open(attempt, _) => Ok(attempt),
            Self::Authorized(..) | Self::Quarantined(..) => Err(PaymentRefusal::AlreadyCaptured),
            Self::Ended(
                _,
                End::NotPrepared | End::Failed | End::Expired | End::Cancelled | End::Reversed,
            ) => Err(PaymentRefusal::PaymentIsOver),
        }
    }
}

impl Attempt {
    fn fits(&self, capture: &Capture) -> Result<(), PaymentRefusal> {
        let custody = if self.escrow { Custody::GatewayEscrow } else { Custody::Platform };
        if capture.amount == self.amount && capture.custody == custody {
            Ok(())
        } else {
            Err(PaymentRefusal::CaptureDiffers)
        }
    }
}

impl super::Captured {
    /// The same capture told again is no news; another one on the same attempt cannot be.
    fn same_as(&self, transaction_id: &str) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        if self.transaction_id == transaction_id { Ok(vec![]) } else { Err(PaymentRefusal::AlreadyCaptured) }
    }
}
