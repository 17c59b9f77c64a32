//! An order and its payment: attempts, the payment itself, the end of the window.

use chrono::{DateTime, Utc};

use super::{Order, OrderEvent, OrderRefusal, Terms};
use crate::id::PaymentId;

impl Order {
    /// Begins an attempt to pay; the same attempt again changes nothing.
    pub fn start_payment(
        &self,
        payment_id: PaymentId,
        now: DateTime<Utc>,
    ) -> Result<Vec<OrderEvent>, OrderRefusal> {
        let pay_by = self.pay_by()?;
        if self.terms()?.attempts.contains(&payment_id) {
            return Ok(vec![]);
        }
        if now >= pay_by {
            return Err(OrderRefusal::WindowHasEnded);
        }
        Ok(vec![OrderEvent::PaymentStarted { payment_id }])
    }

    /// Records an attempt that came to nothing; recorded already changes nothing, and an order that waits no more is
    /// not concerned.
    pub fn payment_failed(&self, payment_id: PaymentId) -> Result<Vec<OrderEvent>, OrderRefusal> {
        match self {
            Self::Absent => Err(OrderRefusal::UnknownOrder),
            Self::AwaitingPayment(terms, _) => {
                terms.knows_attempt(payment_id)?;
                let recorded = terms.failed_attempts.contains(&payment_id);
                Ok(if recorded { vec![] } else { vec![OrderEvent::PaymentAttemptFailed { payment_id }] })
            }
            Self::Paid(..) | Self::Cancelling(..) | Self::Cancelled(_) | Self::Expired(_) => Ok(vec![]),
        }
    }

    /// Moves the end of the window, for a virtual account whose deposit may come later; it never moves back.
    pub fn extend_window(&self, pay_by: DateTime<Utc>) -> Result<Vec<OrderEvent>, OrderRefusal> {
        let current = self.pay_by()?;
        Ok(if pay_by > current { vec![OrderEvent::PaymentWindowExtended { pay_by }] } else { vec![] })
    }

    /// Records a verified payment; the same payment again changes nothing.
    pub fn pay(
        &self,
        payment_id: PaymentId,
        paid_at: DateTime<Utc>,
    ) -> Result<Vec<OrderEvent>, OrderRefusal> {
        match self {
            Self::Paid(_, paid) if paid.payment_id == payment_id => Ok(vec![]),
            Self::Absent
            | Self::AwaitingPayment(..)
            | Self::Paid(..)
            | Self::Cancelling(..)
            | Self::Cancelled(_)
            | Self::Expired(_) => {
                self.pay_by()?;
                self.terms()?.knows_attempt(payment_id)?;
                Ok(vec![OrderEvent::OrderPaid { payment_id, paid_at }])
            }
        }
    }

    /// Ends the window of an order that nobody paid; expired already changes nothing.
    pub fn expire(&self, now: DateTime<Utc>) -> Result<Vec<OrderEvent>, OrderRefusal> {
        if let Self::Expired(_) = self {
            return Ok(vec![]);
        }
        if now < self.pay_by()? {
            return Err(OrderRefusal::WindowStillOpen);
        }
        self.no_approval_at(now)?;
        Ok(vec![OrderEvent::OrderExpired {}])
    }

    /// When the payment window ends, while the order waits for its payment.
    pub fn pay_by(&self) -> Result<DateTime<Utc>, OrderRefusal> {
        match self {
            Self::Absent => Err(OrderRefusal::UnknownOrder),
            Self::AwaitingPayment(_, window) => Ok(window.pay_by),
            Self::Paid(_, paid) => Err(OrderRefusal::AlreadyPaid { payment_id: paid.payment_id }),
            Self::Cancelling(..) | Self::Cancelled(_) => Err(OrderRefusal::OrderIsCancelled),
            Self::Expired(_) => Err(OrderRefusal::OrderHasExpired),
        }
    }
}

impl Terms {
    pub(super) fn knows_attempt(&self, payment_id: PaymentId) -> Result<(), OrderRefusal> {
        if self.attempts.contains(&payment_id) {
            Ok(())
        } else {
            Err(OrderRefusal::UnknownAttempt { payment_id })
        }
    }
}
