//! A gateway that cannot be asked about a payment, and that it can be asked again.

use chrono::{DateTime, Utc};
use domain::{id::PaymentId, payment::Payment};
use store::Desk;

use crate::{Command, Step, Stop};

/// Records whether a payment's gateway answers.
#[derive(Debug, Clone)]
pub struct RecordSilence {
    /// Which payment.
    pub payment_id: PaymentId,
    /// Why it does not; none where it does.
    pub reason: Option<String>,
}

impl Command for RecordSilence {
    type Answer = ();

    fn decide(&self, desk: &Desk<'_>, _now: DateTime<Utc>) -> Result<Step<()>, Stop> {
        let (payment, version) = desk.get::<Payment>(self.payment_id)?;
        let events = match &self.reason {
            Some(reason) => payment.gateway_silent(reason.clone())?,
            None => payment.gateway_answered()?,
        };
        Ok(Step::on::<Payment>(self.payment_id, version, events, ()))
    }
}
