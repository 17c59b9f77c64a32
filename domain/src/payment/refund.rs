//! Refunds of a captured payment: asked for, carried out later, in doubt, done or refused.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use serde::Serialize;

use super::{Captured, Custody, Doubt, Payment, PaymentEvent, PaymentRefusal};
use crate::{Money, Sealed, id::RefundId, money::MoneyError};

/// One refund.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refund {
    /// How much.
    pub amount: Money,
    /// How far it has come.
    pub state: RefundState,
    /// Whether the bank paid it, because the gateway would not.
    pub by_bank: bool,
    /// How often the gateway was asked anew, from 1; part of its idempotency key.
    pub round: u32,
    /// Where a deposit goes back to, as it was named last; sealed under the buyer's key.
    pub account: Option<Sealed>,
}

/// How far a refund has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum RefundState {
    /// The gateway is to be asked.
    Requested,
    /// The gateway was asked and did not answer.
    InDoubt,
    /// The gateway will carry it out later.
    Pending,
    /// The money is back.
    Done,
    /// The gateway refused.
    Failed,
}

impl Captured {
    pub(super) fn new(
        transaction_id: &str,
        (amount, custody): (Money, Custody),
        method: Option<&String>,
    ) -> Self {
        Self {
            transaction_id: transaction_id.to_owned(),
            amount,
            custody,
            method: method.cloned(),
            refunds: BTreeMap::new(),
            reversed: false,
            cancellations: BTreeSet::new(),
        }
    }

    /// What has not been asked back. A refund the gateway refused is still owed, so it counts as asked.
    pub fn refundable(&self) -> Result<Money, MoneyError> {
        self.refunds.values().map(|refund| refund.amount).try_fold(self.amount, Money::minus)
    }

    /// A refund the gateway refused, if there is one: it can be asked for anew.
    pub fn failed_refund(&self) -> Option<(RefundId, &Refund)> {
        let mut refunds = self.refunds.iter();
        refunds.find(|(_, refund)| refund.state == RefundState::Failed).map(|(id, refund)| (*id, refund))
    }

    /// What is back with the buyer.
    pub fn refunded(&self) -> Result<Money, MoneyError> {
        let done = self.refunds.values().filter(|refund| refund.state == RefundState::Done);
        Money::sum(self.amount.currency, done.map(|refund| refund.amount))
    }

    /// What the gateway itself can still give back, whoever asks it.
    pub fn left_at_gateway(&self) -> Result<Money, MoneyError> {
        let by_gateway = |refund: &&Refund| refund.state == RefundState::Done && !refund.by_bank;
        self.refunds
            .values()
            .filter(by_gateway)
            .map(|refund| refund.amount)
            .try_fold(self.amount, Money::minus)
    }

    pub(super) fn evolve(&mut self, event: &PaymentEvent) {
        if let PaymentEvent::RefundRequested { refund_id, amount, account, reason: _ } = event {
            let earlier = self.refunds.get(refund_id);
            let round = earlier.map_or(1, |earlier| earlier.round.saturating_add(1));
            let account = account.clone().or_else(|| earlier.and_then(|earlier| earlier.account.clone()));
            let (amount, state) = (*amount, RefundState::Requested);
            self.refunds.insert(*refund_id, Refund { amount, state, by_bank: false, round, account });
        } else if let PaymentEvent::RefundPending { refund_id, .. } = event {
            self.advance(*refund_id, RefundState::Pending);
        } else if let PaymentEvent::Refunded { refund_id, cancellation_id, .. } = event {
            self.advance(*refund_id, RefundState::Done);
            self.cancellations.insert(cancellation_id.clone());
        } else if let PaymentEvent::RefundedByBank { refund_id, .. } = event {
            self.advance(*refund_id, RefundState::Done);
            self.refunds.entry(*refund_id).and_modify(|refund| refund.by_bank = true);
        } else if let PaymentEvent::RefundFailed { refund_id, .. } = event {
            self.advance(*refund_id, RefundState::Failed);
        } else if let PaymentEvent::PaymentInDoubt { doubt: Doubt::Refund { refund_id } } = event {
            self.advance(*refund_id, RefundState::InDoubt);
        } else if let PaymentEvent::DoubtResolved { doubt: Doubt::Refund { refund_id } } = event {
            self.advance(*refund_id, RefundState::Requested);
        } else if let PaymentEvent::DepositReversed {} = event {
            self.reversed = true;
        } else if let PaymentEvent::DepositRestored {} = event {
            self.reversed = false;
        } else if let PaymentEvent::ChargedBack { cancellation_id, .. } = event {
            self.cancellations.insert(cancellation_id.clone());
        }
    }

    fn advance(&mut self, refund_id: RefundId, state: RefundState) {
        if let Some(refund) = self.refunds.get_mut(&refund_id) {
            refund.state = state;
        }
    }
}

impl Payment {
    /// Asks for money to go back. The same refund again changes nothing unless it had failed: then the gateway is
    /// asked anew.
    pub fn request_refund(
        &self,
        refund_id: RefundId,
        amount: Money,
        reason: String,
    ) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        self.request_refund_to(refund_id, amount, reason, None)
    }

    /// The same for a deposit, which goes back to an account. One that was named before counts until another is.
    pub fn request_refund_to(
        &self,
        refund_id: RefundId,
        amount: Money,
        reason: String,
        account: Option<Sealed>,
    ) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        let captured = self.captured()?;
        if let Some(known) = captured.refunds.get(&refund_id) {
            if known.state != RefundState::Failed {
                return Ok(vec![]);
            }
            if known.amount != amount {
                return Err(PaymentRefusal::RefundAmountFixed { fixed: known.amount, wanted: amount });
            }
            return Ok(vec![PaymentEvent::RefundRequested { refund_id, amount, reason, account }]);
        }
        if !amount.is_positive() {
            return Err(PaymentRefusal::AmountNotPositive);
        }
        let refundable = captured.refundable()?;
        if amount.compare(refundable)?.is_gt() {
            return Err(PaymentRefusal::ExceedsRefundable { wanted: amount, refundable });
        }
        Ok(vec![PaymentEvent::RefundRequested { refund_id, amount, reason, account }])
    }

    /// Records that the gateway will carry a refund out later.
    pub fn refund_pending(
        &self,
        refund_id: RefundId,
        cancellation_id: String,
    ) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        Ok(match self.refund(refund_id)?.state {
            RefundState::Requested | RefundState::InDoubt => {
                vec![PaymentEvent::RefundPending { refund_id, cancellation_id }]
            }
            RefundState::Pending | RefundState::Done | RefundState::Failed => vec![],
        })
    }

    /// Records that the gateway carried a refund out; recorded already changes nothing.
    pub fn refund_done(
        &self,
        refund_id: RefundId,
        cancellation_id: String,
        refunded_at: DateTime<Utc>,
    ) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        let refund = self.refund(refund_id)?;
        if refund.state == RefundState::Done {
            return Ok(vec![]);
        }
        Ok(vec![PaymentEvent::Refunded {
            refund_id,
            amount: refund.amount,
            cancellation_id,
            gateway: self.attempt()?.gateway,
            custody: self.captured()?.custody,
            quarantined: matches!(self, Self::Quarantined(..)),
            refunded_at,
        }])
    }

    /// Records that the bank sent the buyer what the gateway would not give back. Only a refused refund is paid so: one
    /// that is under way would be paid twice. Done already changes nothing.
    pub fn refunded_by_bank(
        &self,
        refund_id: RefundId,
        bank_reference: String,
        refunded_at: DateTime<Utc>,
    ) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        let refund = self.refund(refund_id)?;
        match refund.state {
            RefundState::Done => Ok(vec![]),
            RefundState::Requested | RefundState::InDoubt | RefundState::Pending => {
                Err(PaymentRefusal::RefundUnderWay)
            }
            RefundState::Failed => Ok(vec![PaymentEvent::RefundedByBank {
                refund_id,
                amount: refund.amount,
                bank_reference,
                gateway: self.attempt()?.gateway,
                quarantined: matches!(self, Self::Quarantined(..)),
                refunded_at,
            }]),
        }
    }

    /// Records that the gateway refused a refund; refused or done already changes nothing.
    pub fn refund_failed(
        &self,
        refund_id: RefundId,
        reason: String,
    ) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        Ok(match self.refund(refund_id)?.state {
            RefundState::Requested | RefundState::InDoubt | RefundState::Pending => {
                vec![PaymentEvent::RefundFailed { refund_id, reason }]
            }
            RefundState::Done | RefundState::Failed => vec![],
        })
    }

    /// Records that the gateway was asked for a refund and did not answer.
    pub fn refund_in_doubt(&self, refund_id: RefundId) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        Ok(match self.refund(refund_id)?.state {
            RefundState::Requested => {
                vec![PaymentEvent::PaymentInDoubt { doubt: Doubt::Refund { refund_id } }]
            }
            RefundState::InDoubt | RefundState::Pending | RefundState::Done | RefundState::Failed => vec![],
        })
    }

    /// Records that a look-up showed no trace of a refund in doubt: it may be asked for again.
    pub fn refund_not_found(&self, refund_id: RefundId) -> Result<Vec<PaymentEvent>, PaymentRefusal> {
        Ok(match self.refund(refund_id)?.state {
            RefundState::InDoubt => vec![PaymentEvent::DoubtResolved { doubt: Doubt::Refund { refund_id } }],
            RefundState::Requested | RefundState::Pending | RefundState::Done | RefundState::Failed => vec![],
        })
    }

    /// One refund of the payment.
    pub fn refund(&self, refund_id: RefundId) -> Result<&Refund, PaymentRefusal> {
        self.captured()?.refunds.get(&refund_id).ok_or(PaymentRefusal::UnknownRefund)
    }
}
