//! A gateway that cannot be asked. Nothing is concluded from it; whoever follows the order sees that, and since when.

use super::{Attempt, Payment, PaymentEvent, PaymentRefusal};

impl Payment {
    /// Records that the payment could not be looked up; recorded already changes nothing.
    pub fn gateway_silent(&self, reason: String) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        let known = self.attempt()?.silent;
        Ok(if known { vec![] } else { vec![PaymentEvent::GatewayDidNotAnswer { reason }] })
    }

    /// Records that the payment can be looked up again; never lost sight of changes nothing.
    pub fn gateway_answered(&self) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        let was_silent = self.attempt()?.silent;
        Ok(if was_silent { vec![PaymentEvent::GatewayAnswered {}] } else { vec![] })
    }

    pub(super) fn fell_silent(&mut self, silent: bool) {
        if let Some(attempt) = self.attempt_mut() {
            attempt.silent = silent;
        }
    }

    const fn attempt_mut(&mut self) -> Option<&mut Attempt> {
        match self {
            Self::Absent => None,
            Self::Open(attempt, _)
            | Self::Authorized(attempt, _)
            | Self::Quarantined(attempt, _)
            | Self::Ended(attempt, _) => Some(attempt),
        }
    }
}
