//! Recording what the gateway knows of a payment. Browser, webhook, poller and operator all end here.

use chrono::{DateTime, Utc};
use domain::{
    id::{OrderId, PaymentId, RefundId},
    order::{Order, OrderRefusal},
    payment::{Capture, Captured, Mismatch, Payment, PaymentRefusal},
};
use serde::{Deserialize, Serialize};
use store::Desk;

use crate::{Command, Reading, Standing, Step, Stop, foreign, holds, lost, owed, seen::ForeignCancellation};

/// Why quarantined money goes back, in words the gateway's own console shows.
const QUARANTINE_REASON: &str = "payment does not match the order";

/// What came of registering a payment at its gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Preparation {
    /// The gateway knows it.
    Done,
    /// The gateway refused.
    Failed {
        /// Its reason code.
        reason: String,
    },
    /// Nothing was heard.
    InDoubt,
}

/// Records what came of registering a payment.
#[derive(Debug, Clone)]
pub struct RecordPreparation {
    /// Which.
    pub payment_id: PaymentId,
    /// What came of it.
    pub result: Preparation,
}

/// Records what a look-up showed.
#[derive(Debug, Clone)]
pub struct RecordReading {
    /// Of which payment.
    pub payment_id: PaymentId,
    /// What it showed.
    pub reading: Reading,
    /// The refund's id, should the money have to go back.
    pub refund_id: RefundId,
}

/// Where a payment stands after a look-up was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentState {
    /// Not paid.
    Open,
    /// Paid, and funding the order.
    Authorized,
    /// Paid wrongly or too late; the money goes back.
    Quarantined,
    /// Over without money.
    Ended,
}

impl PaymentState {
    /// Its name, as it is written down.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Authorized => "authorized",
            Self::Quarantined => "quarantined",
            Self::Ended => "ended",
        }
    }
}

impl Command for RecordPreparation {
    type Answer = ();

    fn decide(&self, desk: &Desk<'_>, _now: DateTime<Utc>) -> Result<Step<()>, Stop> {
        let (payment, version) = desk.get::<Payment>(self.payment_id)?;
        let order_id = payment.attempt()?.order_id;
        let events = match &self.result {
            Preparation::Done => payment.prepared()?,
            Preparation::Failed { reason } => payment.preparation_failed(reason.clone())?,
            Preparation::InDoubt => payment.preparation_in_doubt()?,
        };
        let is_over = matches!(self.result, Preparation::Failed { .. }) && !events.is_empty();
        let mut step = Step::on::<Payment>(self.payment_id, version, events, ());
        if is_over {
            attempt_failed(&mut step, desk, order_id, self.payment_id)?;
        }
        Ok(step)
    }
}

impl Command for RecordReading {
    type Answer = PaymentState;

    fn decide(&self, desk: &Desk<'_>, now: DateTime<Utc>) -> Result<Step<PaymentState>, Stop> {
        let (payment, version) = desk.get::<Payment>(self.payment_id)?;
        match payment {
            Payment::Absent => Err(PaymentRefusal::UnknownPayment.into()),
            Payment::Open(..) | Payment::Ended(..) => self.of_unpaid(desk, payment, version),
            Payment::Authorized(..) => self.of_paid(desk, payment, version, now),
            Payment::Quarantined(..) => {
                let (at, state) = ((self.payment_id, payment, version), PaymentState::Quarantined);
                let settled = owed::settled(desk, at, self.unseen(payment), state)?;
                Ok(settled.unwrap_or_else(|| self.unchanged(version, state)))
            }
        }
    }
}

impl RecordReading {
    fn of_unpaid(
        &self,
        desk: &Desk<'_>,
        payment: &Payment,
        version: i64,
    ) -> Result<Step<PaymentState>, Stop> {
        let now = if matches!(payment, Payment::Open(..)) { PaymentState::Open } else { PaymentState::Ended };
        match &self.reading.standing {
            Standing::Unknown => Ok(self.unchanged(version, now)),
            Standing::Waiting => Ok(Step::on::<Payment>(self.payment_id, version, payment.prepared()?, now)),
            Standing::AwaitingDeposit { due_at } => {
                self.awaiting_deposit(desk, payment, version, (*due_at, now))
            }
            Standing::Failed { reason } => {
                let events = payment.fail(reason.clone())?;
                let is_news = !events.is_empty();
                let mut step = Step::on::<Payment>(self.payment_id, version, events, PaymentState::Ended);
                if is_news {
                    attempt_failed(&mut step, desk, payment.attempt()?.order_id, self.payment_id)?;
                }
                Ok(step)
            }
            Standing::Paid(capture) => self.paid(desk, payment, version, capture),
            Standing::PaidWrong(capture, mismatches) => {
                self.quarantine(desk, payment, version, (capture, mismatches.clone()))
            }
        }
    }

    fn awaiting_deposit(
        &self,
        desk: &Desk<'_>,
        payment: &Payment,
        version: i64,
        (due_at, now): (DateTime<Utc>, PaymentState),
    ) -> Result<Step<PaymentState>, Stop> {
        let events = payment.virtual_account_issued(due_at)?;
        let is_news = !events.is_empty();
        let order_id = payment.attempt()?.order_id;
        let mut step = Step::on::<Payment>(self.payment_id, version, events, now);
        let (order, version) = desk.get::<Order>(order_id)?;
        if is_news
            && let (Ok(mut events), Ok(extended)) =
                (order.end_approval(self.payment_id), order.extend_window(due_at))
        {
            events.extend(extended);
            step.with::<Order>(order_id, version, events);
        }
        Ok(step)
    }

    /// The order takes the money, or the money goes back: both in this one unit.
    fn paid(
        &self,
        desk: &Desk<'_>,
        payment: &Payment,
        version: i64,
        capture: &Capture,
    ) -> Result<Step<PaymentState>, Stop> {
        let attempt = payment.attempt()?;
        let (order, order_version) = desk.get::<Order>(attempt.order_id)?;
        let paid = match order.pay(self.payment_id, capture.paid_at) {
            Ok(paid) => paid,
            Err(refusal) => {
                let mismatch = if let OrderRefusal::AlreadyPaid { payment_id } = refusal {
                    Mismatch::DuplicateCapture { paid_by: payment_id }
                } else {
                    Mismatch::LatePayment {}
                };
                return self.quarantine(desk, payment, version, (capture, vec![mismatch]));
            }
        };
        let events = payment.authorize(capture.clone())?;
        let mut step = Step::on::<Payment>(self.payment_id, version, events, PaymentState::Authorized);
        step.with::<Order>(attempt.order_id, order_version, paid);
        holds::fund_and_sell(&mut step, desk, order.terms()?, (self.payment_id, attempt.gateway, capture))?;
        Ok(step)
    }

    fn quarantine(
        &self,
        desk: &Desk<'_>,
        payment: &Payment,
        version: i64,
        (capture, mismatches): (&Capture, Vec<Mismatch>),
    ) -> Result<Step<PaymentState>, Stop> {
        let mut after = payment.clone();
        let mut events = payment.quarantine(capture.clone(), mismatches)?;
        for event in &events {
            domain::Aggregate::evolve(&mut after, event);
        }
        if capture.amount.is_positive() {
            let reason = QUARANTINE_REASON.to_owned();
            events.extend(after.request_refund(self.refund_id, capture.amount, reason)?);
        }
        let order_id = payment.attempt()?.order_id;
        let mut step = Step::on::<Payment>(self.payment_id, version, events, PaymentState::Quarantined);
        attempt_failed(&mut step, desk, order_id, self.payment_id)?;
        Ok(step)
    }

    /// A cancellation at the gateway's own console settles a refund of ours that is owed, or is one by itself.
    fn of_paid(
        &self,
        desk: &Desk<'_>,
        payment: &Payment,
        version: i64,
        now: DateTime<Utc>,
    ) -> Result<Step<PaymentState>, Stop> {
        let at = (self.payment_id, payment, version);
        if let Some(step) = owed::settled(desk, at, self.unseen(payment), PaymentState::Authorized)? {
            return Ok(step);
        }
        let Some(seen) = self.unseen(payment).next() else {
            let standing = (&self.reading.standing, self.refund_id);
            return lost::deposit(desk, (self.payment_id, payment, version), standing, now);
        };
        foreign::taken_back(desk, at, seen, PaymentState::Authorized)
    }

    /// What was cancelled at the gateway and is not recorded here.
    fn unseen<'a>(&'a self, payment: &'a Payment) -> impl Iterator<Item = &'a ForeignCancellation> {
        self.reading.foreign.iter().filter(|seen| {
            let is_recorded = |captured: &Captured| captured.cancellations.contains(&seen.cancellation_id);
            payment.refund(foreign::refund_of(&seen.cancellation_id)).is_err()
                && !payment.captured().is_ok_and(is_recorded)
        })
    }

    fn unchanged(&self, version: i64, state: PaymentState) -> Step<PaymentState> {
        Step::on::<Payment>(self.payment_id, version, vec![], state)
    }
}

pub(crate) fn attempt_failed<T>(
    step: &mut Step<T>,
    desk: &Desk<'_>,
    order_id: OrderId,
    payment_id: PaymentId,
) -> Result<(), Stop> {
    let (order, version) = desk.get::<Order>(order_id)?;
    step.with::<Order>(order_id, version, order.payment_failed(payment_id)?);
    Ok(())
}
