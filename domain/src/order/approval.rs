//! The moment between the buyer's agreement and the gateway's capture. The stock has to be there when the money comes,
//! so nothing takes it away meanwhile; and one order is captured for one attempt only.

use chrono::{DateTime, Utc};

use serde::Serialize;

use super::{Order, OrderEvent, OrderRefusal, Window};
use crate::id::PaymentId;

/// An attempt that may be captured at any moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Approving {
    /// Which.
    pub payment_id: PaymentId,
    /// Until when at the latest; until the outcome is known if not given.
    pub until: Option<DateTime<Utc>>,
}

impl Approving {
    fn holds_at(&self, now: DateTime<Utc>) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

impl Window {
    /// What keeps the order as it is, if something does.
    pub fn approving_at(&self, now: DateTime<Utc>) -> Option<Approving> {
        self.approving.filter(|approving| approving.holds_at(now))
    }
}

impl Order {
    /// Secures the stock for an attempt that is about to be captured. Too late is refused, and so is a second attempt
    /// beside the first. The same attempt again changes nothing.
    pub fn begin_approval(
        &self,
        payment_id: PaymentId,
        now: DateTime<Utc>,
        until: Option<DateTime<Utc>>,
    ) -> Result<Vec<OrderEvent>, OrderRefusal> {
        let pay_by = self.pay_by()?;
        let Self::AwaitingPayment(terms, window) = self else { return Err(OrderRefusal::UnknownOrder) };
        terms.knows_attempt(payment_id)?;
        match window.approving_at(now) {
            Some(under_way) if under_way.payment_id == payment_id => return Ok(vec![]),
            Some(under_way) => {
                return Err(OrderRefusal::ApprovalUnderWay { payment_id: under_way.payment_id });
            }
            None => {}
        }
        if now >= pay_by || terms.failed_attempts.contains(&payment_id) {
            return Err(OrderRefusal::WindowHasEnded);
        }
        Ok(vec![OrderEvent::ApprovalBegun { payment_id, until }])
    }

    /// Records that the gateway waits for a deposit instead of capturing. Where nothing is being approved for that
    /// attempt, nothing changes.
    pub fn end_approval(&self, payment_id: PaymentId) -> Result<Vec<OrderEvent>, OrderRefusal> {
        self.pay_by()?;
        let Self::AwaitingPayment(terms, window) = self else { return Err(OrderRefusal::UnknownOrder) };
        terms.knows_attempt(payment_id)?;
        let is_under_way = window.approving.is_some_and(|approving| approving.payment_id == payment_id);
        Ok(if is_under_way { vec![OrderEvent::ApprovalEnded { payment_id }] } else { vec![] })
    }

    /// Refuses what must not happen while an attempt may be captured.
    pub(super) fn no_approval_at(&self, now: DateTime<Utc>) -> Result<(), OrderRefusal> {
        let Self::AwaitingPayment(_, window) = self else { return Ok(()) };
        match window.approving_at(now) {
            Some(Approving { payment_id, .. }) => Err(OrderRefusal::ApprovalUnderWay { payment_id }),
            None => Ok(()),
        }
    }

    pub(super) fn approval_begun(&mut self, payment_id: PaymentId, until: Option<DateTime<Utc>>) {
        if let Self::AwaitingPayment(_, window) = self {
            window.approving = Some(Approving { payment_id, until });
        }
    }

    pub(super) fn approval_ended(&mut self, payment_id: PaymentId) {
        if let Self::AwaitingPayment(_, window) = self
            && window.approving.is_some_and(|approving| approving.payment_id == payment_id)
        {
            window.approving = None;
        }
    }
}
