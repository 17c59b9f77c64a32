//! Captured money that is lost without anybody here having asked: a deposit the bank takes back, a chargeback.

use chrono::{DateTime, Utc};

use super::{Captured, Payment, PaymentEvent, PaymentRefusal};
use crate::{Money, id::RefundId};

impl Captured {
    /// Checks that the bank did not take the deposit back: goods are shipped for money that is there.
    pub const fn check_deposit(&self) -> Result<(), PaymentRefusal> {
        if self.reversed { Err(PaymentRefusal::DepositTakenBack) } else { Ok(()) }
    }
}

impl Payment {
    /// Records that the bank took the deposit back; taken back already changes nothing.
    pub fn deposit_reversed(&self) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        let reversed = self.captured()?.reversed;
        Ok(if reversed { vec![] } else { vec![PaymentEvent::DepositReversed {}] })
    }

    /// Records that the deposit is there again; there already changes nothing.
    pub fn deposit_restored(&self) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        let reversed = self.captured()?.reversed;
        Ok(if reversed { vec![PaymentEvent::DepositRestored {}] } else { vec![] })
    }

    /// Records that a deposit that was taken back does not come again.
    pub fn deposit_lost(&self, refund_id: RefundId) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        let captured = self.captured()?;
        if !captured.reversed {
            return Err(PaymentRefusal::DepositIsThere);
        }
        let (gateway, custody) = (self.attempt()?.gateway, captured.custody);
        Ok(vec![PaymentEvent::DepositLost { refund_id, amount: captured.refundable()?, gateway, custody }])
    }

    /// Records that the gateway took money back that the holds no longer have; the same again changes nothing.
    pub fn charged_back(
        &self,
        cancellation_id: String,
        amount: Money,
        taken_at: DateTime<Utc>,
    ) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        let captured = self.captured()?;
        if captured.cancellations.contains(&cancellation_id) {
            return Ok(vec![]);
        }
        let (gateway, custody) = (self.attempt()?.gateway, captured.custody);
        Ok(vec![PaymentEvent::ChargedBack { cancellation_id, amount, gateway, custody, taken_at }])
    }
}
