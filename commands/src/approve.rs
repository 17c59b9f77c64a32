//! Approval: the buyer agreed, and before anything is captured the stock is secured.

use chrono::{DateTime, Duration, Utc};
use domain::{
    Money, Sealed,
    id::PaymentId,
    order::Order,
    payment::{Payment, PaymentRefusal},
};
use serde::{Deserialize, Serialize};
use store::Desk;

use crate::{Command, Step, Stop, refusal::CallerRefusal};

/// How long a gateway that captures by itself may take from our yes to its capture.
const CAPTURES_WITHIN: Duration = Duration::minutes(10);

/// Records what the buyer agreed to, and secures the stock for it until the gateway's answer is known.
#[derive(Debug, Clone)]
pub struct AuthenticatePayment {
    /// Which.
    pub payment_id: PaymentId,
    /// The gateway's transaction.
    pub transaction_id: String,
    /// The window's leave to approve, sealed under the buyer's key.
    pub token: Option<Sealed>,
    /// What the browser says the buyer agreed to, if it says so.
    pub amount: Option<Money>,
}

/// Secures the stock for a payment that the gateway is about to capture.
#[derive(Debug, Clone, Copy)]
pub struct SecureStock {
    /// Which.
    pub payment_id: PaymentId,
    /// How much the gateway is about to capture, in minor units.
    pub amount: Option<i64>,
}

/// What came of asking for the capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApprovalResult {
    /// Nothing was heard.
    InDoubt,
    /// A look-up shows that nothing was captured yet.
    NotFound,
}

/// Records what came of asking for the capture, where it came to nothing that a look-up would not tell better.
#[derive(Debug, Clone, Copy)]
pub struct RecordApproval {
    /// Of which payment.
    pub payment_id: PaymentId,
    /// What came of it.
    pub result: ApprovalResult,
}

/// Records that an approval was refused or undone: the attempt is over.
#[derive(Debug, Clone)]
pub struct RecordApprovalFailure {
    /// Of which payment.
    pub payment_id: PaymentId,
    /// The gateway's reason code.
    pub reason: String,
}

/// A payment that may be captured now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approvable {
    /// Which.
    pub payment_id: PaymentId,
}

impl Command for AuthenticatePayment {
    type Answer = Approvable;

    fn decide(&self, desk: &Desk<'_>, now: DateTime<Utc>) -> Result<Step<Approvable>, Stop> {
        let (payment, version) = desk.get::<Payment>(self.payment_id)?;
        let attempt = payment.payable()?;
        if let Some(actual) = self.amount.filter(|agreed| *agreed != attempt.amount) {
            return Err(CallerRefusal::AmountDiffers {
                expected: attempt.amount.amount,
                actual: actual.amount,
            }
            .into());
        }
        let events = payment.authenticate(self.transaction_id.clone(), self.token.clone())?;
        let answer = Approvable { payment_id: self.payment_id };
        let is_news = !events.is_empty();
        let order_id = attempt.order_id;
        let mut step = Step::on::<Payment>(self.payment_id, version, events, answer);
        if is_news {
            let (order, version) = desk.get::<Order>(order_id)?;
            step.with::<Order>(order_id, version, order.begin_approval(self.payment_id, now, None)?);
        }
        Ok(step)
    }
}

impl Command for SecureStock {
    type Answer = Approvable;

    fn decide(&self, desk: &Desk<'_>, now: DateTime<Utc>) -> Result<Step<Approvable>, Stop> {
        let (payment, version) = desk.get::<Payment>(self.payment_id)?;
        let attempt = payment.payable()?;
        if self.amount != Some(attempt.amount.amount) {
            let actual = self.amount.unwrap_or_default();
            return Err(CallerRefusal::AmountDiffers { expected: attempt.amount.amount, actual }.into());
        }
        let order_id = attempt.order_id;
        let (order, order_version) = desk.get::<Order>(order_id)?;
        let until = now.checked_add_signed(CAPTURES_WITHIN);
        let begun = order.begin_approval(self.payment_id, now, until)?;
        let answer = Approvable { payment_id: self.payment_id };
        let mut step = Step::on::<Payment>(self.payment_id, version, vec![], answer);
        step.with::<Order>(order_id, order_version, begun);
        Ok(step)
    }
}

impl Command for RecordApproval {
    type Answer = ();

    fn decide(&self, desk: &Desk<'_>, _now: DateTime<Utc>) -> Result<Step<()>, Stop> {
        let (payment, version) = desk.get::<Payment>(self.payment_id)?;
        let events = match self.result {
            ApprovalResult::InDoubt => payment.approval_in_doubt()?,
            ApprovalResult::NotFound => payment.approval_not_found()?,
        };
        Ok(Step::on::<Payment>(self.payment_id, version, events, ()))
    }
}

impl Command for RecordApprovalFailure {
    type Answer = ();

    fn decide(&self, desk: &Desk<'_>, _now: DateTime<Utc>) -> Result<Step<()>, Stop> {
        let (payment, version) = desk.get::<Payment>(self.payment_id)?;
        if let Payment::Absent = payment {
            return Err(PaymentRefusal::UnknownPayment.into());
        }
        let order_id = payment.attempt()?.order_id;
        let events = payment.fail(self.reason.clone())?;
        let is_news = !events.is_empty();
        let mut step = Step::on::<Payment>(self.payment_id, version, events, ());
        if is_news {
            crate::payment::attempt_failed(&mut step, desk, order_id, self.payment_id)?;
        }
        Ok(step)
    }
}
