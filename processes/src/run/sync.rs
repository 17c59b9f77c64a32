//! `SyncPayment`: look the payment up at its gateway, check everything, record what has become of it.

use chrono::Duration;
use commands::{
    Failure, ForeignCancellation, PaymentState, Reading, RecordReading, RecordRefund, RefundResult, Standing,
};
use domain::{
    Money,
    id::{Id, PaymentId, RefundId},
    payment::{Attempt, Capture, Mismatch, Payment, PaymentRefusal},
};
use gateways::{
    CancellationSeen, CancellationStatus, Expected, LookupError, Merchant, Rejection, Snapshot, Status,
    verify,
};
use store::Fault;
use thiserror::Error;

use super::{Next, Runner};
use crate::NoSuchGateway;

/// Waits between look-ups of a payment nobody tells us about: a tenth of its window, within these.
const SHORTEST_POLL: Duration = Duration::seconds(30);
const LONGEST_POLL: Duration = Duration::minutes(10);
/// How long one looks on after the window's end. A pay window that is still open somewhere knows nothing of ours,
/// and the webhook of a late payment can be lost like any other.
const AFTERMATH: Duration = Duration::hours(1);

/// Who made us look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The buyer's browser is back.
    Browser,
    /// The gateway sent a webhook.
    Webhook,
    /// Nobody; we look now and then.
    Poller,
    /// An operator, or whoever asks for a verification.
    Operator,
}

impl Source {
    const fn process(self) -> &'static str {
        match self {
            Self::Browser => "payment-sync/browser",
            Self::Webhook => "payment-sync/webhook",
            Self::Poller => "payment-sync/poller",
            Self::Operator => "payment-sync/operator",
        }
    }
}

/// Where a payment stands after a look-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncOutcome {
    /// Where it stands.
    pub state: PaymentState,
    /// A position of the log at which that is visible.
    pub position: i64,
}

/// Why a payment could not be looked up.
#[derive(Debug, Error)]
pub enum SyncError {
    /// The id names nothing.
    #[error("there is no such payment")]
    UnknownPayment,
    /// No account at its gateway.
    #[error(transparent)]
    Gateway(#[from] NoSuchGateway),
    /// The gateway could not be asked, or its answer not read.
    #[error(transparent)]
    Lookup(#[from] LookupError),
    /// What it said was refused.
    #[error(transparent)]
    Refused(#[from] commands::Refusal),
    /// The log could not be reached.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Runner {
    pub(crate) async fn sync(&self, payment_id: PaymentId, source: Source) -> Result<SyncOutcome, SyncError> {
        let (payment, _) = self.commands.load::<Payment>(payment_id).await?;
        let attempt = match payment.attempt() {
            Ok(attempt) => attempt,
            Err(PaymentRefusal::UnknownPayment) => return Err(SyncError::UnknownPayment),
            Err(refusal) => return Err(SyncError::Refused(refusal.into())),
        };
        let gateway = self.gateways.get(attempt.gateway)?;
        let snapshot = match gateway.lookup(&payment_id.at_gateway()).await {
            Ok(snapshot) => snapshot,
            Err(error) => {
                self.note_silence(payment_id, Some(&error)).await;
                return Err(error.into());
            }
        };
        if attempt.silent {
            self.note_silence(payment_id, None).await;
        }
        if let Some(snapshot) = &snapshot {
            self.own_refunds(&payment, snapshot, source).await?;
        }
        let reading = read(attempt, gateway.merchant(), snapshot.as_ref());
        let mut outcome = self.recorded(payment_id, &reading, source).await?;
        // Each unit takes in one thing that was done at the gateway without us.
        for _ in 0..reading.foreign.len() {
            if outcome.state != PaymentState::Authorized {
                break;
            }
            outcome = self.recorded(payment_id, &reading, source).await?;
        }
        Ok(outcome)
    }

    /// Refunds of ours that the gateway shows as carried out and our book does not: the answer was lost, came too late,
    /// or somebody else had settled the refund meanwhile.
    async fn own_refunds(
        &self,
        payment: &Payment,
        snapshot: &Snapshot,
        source: Source,
    ) -> Result<(), SyncError> {
        let (Ok(captured), Ok(attempt)) = (payment.captured(), payment.attempt()) else { return Ok(()) };
        for seen in &snapshot.cancellations {
            let is_news =
                seen.status == CancellationStatus::Succeeded && !captured.cancellations.contains(&seen.id);
            let named = seen.refund.as_deref().and_then(refund_named);
            let of_ours = named.filter(|refund_id| {
                captured.refunds.get(refund_id).is_some_and(|refund| refund.amount == seen.amount)
            });
            let Some(refund_id) = of_ours.filter(|_| is_news) else { continue };
            let result = RefundResult::Done { cancellation_id: seen.id.clone(), refunded_at: seen.at };
            let record = RecordRefund { payment_id: attempt.payment_id, refund_id, result };
            match self.dispatch(source.process(), record).await {
                Ok(_) => {}
                Err(Failure::Refused(refusal)) => return Err(SyncError::Refused(refusal)),
                Err(Failure::Fault(fault)) => return Err(SyncError::Fault(fault)),
            }
        }
        Ok(())
    }

    async fn recorded(
        &self,
        payment_id: PaymentId,
        reading: &Reading,
        source: Source,
    ) -> Result<SyncOutcome, SyncError> {
        let refund_id = RefundId::from_uuid(ambient::fresh_id());
        let record = RecordReading { payment_id, reading: reading.clone(), refund_id };
        match self.dispatch(source.process(), record).await {
            Ok(done) => Ok(SyncOutcome { state: done.answer, position: done.position }),
            Err(Failure::Refused(refusal)) => Err(SyncError::Refused(refusal)),
            Err(Failure::Fault(fault)) => Err(SyncError::Fault(fault)),
        }
    }

    pub(super) async fn poll(&self, payment_id: PaymentId) -> Next {
        let attempt = match self.commands.load::<Payment>(payment_id).await {
            // Money can still come in where an attempt is over, and must be found to be given back.
            Ok((Payment::Open(attempt, _) | Payment::Ended(attempt, _), _)) => attempt,
            // A deposit that was taken back may come again.
            Ok((Payment::Authorized(_, captured), _)) if captured.reversed => {
                return match self.sync(payment_id, Source::Poller).await {
                    Ok(_) => {
                        Next::At(self.clock().now() + LONGEST_POLL, "the deposit was taken back".to_owned())
                    }
                    Err(error) => Next::Again(error.to_string()),
                };
            }
            Ok(_) => return Next::Done,
            Err(fault) => return super::again(&fault),
        };
        match self.sync(payment_id, Source::Poller).await {
            Ok(SyncOutcome { state: PaymentState::Open | PaymentState::Ended, .. }) => {
                let now = self.clock().now();
                let left = attempt.expires_at - now;
                let wait =
                    if left > Duration::zero() { (left / 10).max(SHORTEST_POLL) } else { LONGEST_POLL };
                let next = now + wait.min(LONGEST_POLL);
                if next >= attempt.expires_at + AFTERMATH {
                    Next::Done
                } else {
                    Next::At(next, "not paid yet".to_owned())
                }
            }
            Ok(_) => Next::Done,
            Err(error) => Next::Again(error.to_string()),
        }
    }
}

/// What the gateway's document means for us.
pub(super) fn read(attempt: &Attempt, merchant: &Merchant, snapshot: Option<&Snapshot>) -> Reading {
    let Some(snapshot) = snapshot else { return Reading { standing: Standing::Unknown, foreign: vec![] } };
    let id = attempt.payment_id.at_gateway();
    let expected = Expected { id: &id, amount: attempt.amount, escrow: attempt.escrow, merchant };
    let standing = match verify(&expected, snapshot) {
        // Captured and given back before anybody here heard of it: nothing funds anything.
        _ if is_over(snapshot) => Standing::Failed { reason: "cancelled".to_owned() },
        Ok(verified) => Standing::Paid(Capture {
            transaction_id: verified.transaction_id,
            amount: verified.amount,
            method: verified.method,
            custody: verified.custody,
            paid_at: verified.paid_at,
        }),
        Err(Rejection::Mismatched(mismatches)) => paid_wrong(snapshot, mismatches),
        Err(Rejection::NotCaptured(status)) => unpaid(attempt, status),
    };
    let foreign = snapshot.cancellations.iter().filter(|seen| is_foreign(seen)).map(foreign).collect();
    Reading { standing, foreign }
}

fn is_over(snapshot: &Snapshot) -> bool {
    snapshot.status == Status::Cancelled && snapshot.cancellable().amount == 0
}

fn unpaid(attempt: &Attempt, status: Status) -> Standing {
    match status {
        Status::Failed { code } => Standing::Failed { reason: code },
        Status::Cancelled => Standing::Failed { reason: "cancelled".to_owned() },
        Status::AwaitingDeposit { due_at } => {
            Standing::AwaitingDeposit { due_at: due_at.unwrap_or(attempt.expires_at) }
        }
        Status::Ready | Status::Pending | Status::Paid | Status::PartialCancelled | Status::Unknown(_) => {
            Standing::Waiting
        }
    }
}

fn paid_wrong(snapshot: &Snapshot, mismatches: Vec<Mismatch>) -> Standing {
    let capture = Capture {
        transaction_id: snapshot.transaction_id.clone(),
        amount: still_captured(snapshot),
        method: snapshot.method.clone(),
        custody: snapshot.custody(),
        paid_at: snapshot.paid_at.unwrap_or_default(),
    };
    Standing::PaidWrong(capture, mismatches)
}

fn still_captured(snapshot: &Snapshot) -> Money {
    snapshot.total.minus(snapshot.cancelled).unwrap_or(snapshot.total)
}

/// The refund behind the key of one of its rounds.
fn refund_named(key: &str) -> Option<RefundId> {
    key.split('.').next().and_then(|id| id.parse().ok())
}

fn is_foreign(seen: &CancellationSeen) -> bool {
    seen.refund.is_none() && seen.status == CancellationStatus::Succeeded
}

fn foreign(seen: &CancellationSeen) -> ForeignCancellation {
    ForeignCancellation { cancellation_id: seen.id.clone(), amount: seen.amount, cancelled_at: seen.at }
}
