//! Cancelling a virtual account that nobody paid into: no money moves, and yet the shop sees a cancellation.

use chrono::{DateTime, Utc};

use super::{Cancellation, Cancelling, No, Outcome, Payment};

impl Payment {
    /// Closes the account; what was asked for is cancelled as a whole.
    pub fn call_off(&mut self, id: String, ask: Cancelling, now: DateTime<Utc>) -> Result<&Cancellation, No> {
        self.close_account(now)?;
        self.cancellations.push(Cancellation {
            id,
            outcome: Outcome::Succeeded,
            total: self.terms.total,
            tax_free: self.terms.tax_free,
            vat: self.vat(),
            reason: ask.reason,
            trigger: ask.trigger,
            requested_at: now,
            cancelled_at: Some(now),
            reference: ask.reference,
        });
        self.cancellations.last().ok_or(No::NothingRequested)
    }
}
