//! Approval by us: what the buyer agreed to is a fact before the gateway is asked, so that a program that is killed in
//! between goes on where it was; what became of the question is a capture, a failure or a doubt.

use serde::Serialize;

use super::{Doubt, Payment, PaymentEvent, PaymentRefusal, Progress};
use crate::Sealed;

/// What the buyer agreed to in the pay window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Agreement {
    /// The gateway's transaction.
    pub transaction_id: String,
    /// The window's leave to approve, where the gateway gives one.
    pub token: Option<Sealed>,
}

impl Payment {
    /// Records that the buyer agreed. The same agreement again changes nothing, and another one is refused while the
    /// first is being approved: both might be captured.
    pub fn authenticate(
        &self,
        transaction_id: String,
        token: Option<Sealed>,
    ) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        self.payable()?;
        match self.agreement() {
            Some(known) if known.transaction_id == transaction_id => Ok(vec![]),
            Some(_) => Err(PaymentRefusal::ApprovalUnderWay),
            None => Ok(vec![PaymentEvent::PaymentAuthenticated { transaction_id, token }]),
        }
    }

    /// Records that the gateway was asked to capture and did not answer.
    pub fn approval_in_doubt(&self) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        Ok(match self.progress_so_far()? {
            Some(Progress::Authenticated(_)) => {
                vec![PaymentEvent::PaymentInDoubt { doubt: Doubt::Approval {} }]
            }
            Some(
                Progress::Created
                | Progress::PreparationInDoubt
                | Progress::Prepared
                | Progress::AwaitingDeposit { .. }
                | Progress::ApprovalInDoubt(_),
            )
            | None => vec![],
        })
    }

    /// Records that a look-up showed that nothing was captured yet: the approval may be asked for again.
    pub fn approval_not_found(&self) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        Ok(match self.progress_so_far()? {
            Some(Progress::ApprovalInDoubt(_)) => {
                vec![PaymentEvent::DoubtResolved { doubt: Doubt::Approval {} }]
            }
            Some(
                Progress::Created
                | Progress::PreparationInDoubt
                | Progress::Prepared
                | Progress::AwaitingDeposit { .. }
                | Progress::Authenticated(_),
            )
            | None => vec![],
        })
    }

    /// What is being approved, if something is.
    pub const fn agreement(&self) -> Option<&Agreement> {
        match self {
            Self::Open(_, Progress::Authenticated(agreement) | Progress::ApprovalInDoubt(agreement)) => {
                Some(agreement)
            }
            Self::Absent
            | Self::Open(
                _,
                Progress::Created
                | Progress::PreparationInDoubt
                | Progress::Prepared
                | Progress::AwaitingDeposit { .. },
            )
            | Self::Authorized(..)
            | Self::Quarantined(..)
            | Self::Ended(..) => None,
        }
    }

    pub(super) fn change_agreement(&mut self, to: fn(Agreement) -> Progress) {
        if let Some(agreement) = self.agreement().cloned() {
            self.progress(to(agreement));
        }
    }
}
