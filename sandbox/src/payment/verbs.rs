//! The gateway's rules about paying and giving back.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{Cancellation, EscrowStatus, Payment, State, Terms, vat};

/// How long a virtual account takes the deposit if the shop did not say.
const DEPOSIT_DAYS: i64 = 7;

/// Why the gateway does not do it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum No {
    AlreadyPaid,
    NotPaid,
    NotWaitingForDeposit,
    DepositTooLate,
    AmountNotPositive,
    AlreadyCancelled,
    BalanceDiffers,
    ExceedsBalance,
    TaxFreeExceeds,
    VatExceeds,
    PartOfEscrow,
    AfterConfirmation,
    NotEscrow,
    AlreadyRegistered,
    EscrowState,
    NothingRequested,
}

/// How a cancellation ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    Succeeded,
    Requested,
    Failed,
}

/// Who asked for a cancellation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Trigger {
    Api,
    Console,
    Chargeback,
}

/// A cancellation that is asked for.
#[derive(Debug, Clone)]
pub struct Cancelling {
    /// All that is left if not given.
    pub amount: Option<i64>,
    pub tax_free: Option<i64>,
    pub vat: Option<i64>,
    /// What the asker believes is left.
    pub balance: Option<i64>,
    pub reason: String,
    pub trigger: Trigger,
    pub outcome: Outcome,
    pub part_of_escrow_allowed: bool,
}

impl Payment {
    /// Another window for a payment that is not paid.
    pub fn reopen(&mut self, transaction_id: String, terms: Terms, now: DateTime<Utc>) -> Result<(), No> {
        match self.state {
            State::Paid { .. } => Err(No::AlreadyPaid),
            State::AccountIssued { .. } | State::Pending => Ok(()),
            State::Ready => {
                self.escrow = terms.escrow.then(super::Escrow::default);
                self.terms = terms;
                Ok(())
            }
            State::Failed { .. } => {
                self.tries += 1;
                self.transaction_id = transaction_id;
                self.escrow = terms.escrow.then(super::Escrow::default);
                self.terms = terms;
                self.become_(State::Ready, now);
                Ok(())
            }
        }
    }

    /// The buyer, or the bank, pays.
    pub fn capture(&mut self, now: DateTime<Utc>) -> Result<(), No> {
        if self.is_captured() {
            return Err(No::AlreadyPaid);
        }
        self.become_(State::Paid { at: now }, now);
        Ok(())
    }

    /// The PG says no to the buyer.
    pub fn decline(&mut self, code: &str, message: &str, now: DateTime<Utc>) -> Result<(), No> {
        if self.is_captured() {
            return Err(No::AlreadyPaid);
        }
        self.become_(State::Failed { at: now, code: code.to_owned(), message: message.to_owned() }, now);
        Ok(())
    }

    /// The PG takes its time.
    pub fn pend(&mut self, now: DateTime<Utc>) -> Result<(), No> {
        if self.is_captured() {
            return Err(No::AlreadyPaid);
        }
        self.become_(State::Pending, now);
        Ok(())
    }

    /// A virtual account is issued.
    pub fn issue_account(&mut self, now: DateTime<Utc>) -> Result<(), No> {
        if self.is_captured() {
            return Err(No::AlreadyPaid);
        }
        let due_at = self.terms.due_at.unwrap_or(now + TimeDelta::days(DEPOSIT_DAYS));
        self.become_(State::AccountIssued { due_at }, now);
        Ok(())
    }

    /// The deposit arrives. Another amount than asked for stands in the document, as if the bank had taken it.
    pub fn deposit(&mut self, amount: Option<i64>, even_late: bool, now: DateTime<Utc>) -> Result<(), No> {
        let State::AccountIssued { due_at } = self.state else {
            return Err(No::NotWaitingForDeposit);
        };
        if now > due_at && !even_late {
            return Err(No::DepositTooLate);
        }
        self.terms.total = amount.unwrap_or(self.terms.total);
        self.become_(State::Paid { at: now }, now);
        Ok(())
    }

    /// The bank takes a deposit back: paid becomes waiting again.
    pub fn reverse_deposit(&mut self, now: DateTime<Utc>) -> Result<(), No> {
        if !self.is_captured() {
            return Err(No::NotPaid);
        }
        let due_at = self.terms.due_at.unwrap_or(now + TimeDelta::days(DEPOSIT_DAYS));
        self.become_(State::AccountIssued { due_at }, now);
        Ok(())
    }

    /// Money goes back.
    pub fn cancel(&mut self, id: String, ask: Cancelling, now: DateTime<Utc>) -> Result<&Cancellation, No> {
        if !self.is_captured() {
            return Err(No::NotPaid);
        }
        let balance = self.cancellable();
        if balance <= 0 {
            return Err(No::AlreadyCancelled);
        }
        if ask.balance.is_some_and(|believed| believed != balance) {
            return Err(No::BalanceDiffers);
        }
        let total = ask.amount.unwrap_or(balance);
        if total <= 0 {
            return Err(No::AmountNotPositive);
        }
        if total > balance {
            return Err(No::ExceedsBalance);
        }
        self.check_escrow(total, ask.part_of_escrow_allowed)?;
        let tax_free = ask.tax_free.unwrap_or(0);
        if tax_free < 0 || tax_free > self.terms.tax_free.min(total) {
            return Err(No::TaxFreeExceeds);
        }
        let vat = ask.vat.unwrap_or_else(|| vat(total, tax_free));
        if vat < 0 || vat > total - tax_free {
            return Err(No::VatExceeds);
        }
        let cancelled_at = (ask.outcome == Outcome::Succeeded).then_some(now);
        let Cancelling { reason, trigger, outcome, .. } = ask;
        let made = Cancellation {
            id,
            outcome,
            total,
            tax_free,
            vat,
            reason,
            trigger,
            requested_at: now,
            cancelled_at,
        };
        self.cancellations.push(made);
        self.settle_escrow();
        self.changed_at = now;
        self.cancellations.last().ok_or(No::NothingRequested)
    }

    /// The PG carries out, or fails to carry out, what it had taken on.
    pub fn settle(&mut self, succeeded: bool, now: DateTime<Utc>) -> Result<&Cancellation, No> {
        let open = self.cancellations.iter_mut().position(|it| it.outcome == Outcome::Requested);
        let index = open.ok_or(No::NothingRequested)?;
        if let Some(cancellation) = self.cancellations.get_mut(index) {
            cancellation.outcome = if succeeded { Outcome::Succeeded } else { Outcome::Failed };
            cancellation.cancelled_at = succeeded.then_some(now);
        }
        self.settle_escrow();
        self.changed_at = now;
        self.cancellations.get(index).ok_or(No::NothingRequested)
    }

    fn check_escrow(&self, total: i64, part_allowed: bool) -> Result<(), No> {
        let Some(escrow) = &self.escrow else {
            return Ok(());
        };
        if escrow.status == EscrowStatus::Confirmed {
            return Err(No::AfterConfirmation);
        }
        if total < self.terms.total && !part_allowed {
            return Err(No::PartOfEscrow);
        }
        Ok(())
    }

    /// A registered escrow whose money went back altogether is called off.
    fn settle_escrow(&mut self) {
        let all = self.cancelled() >= self.terms.total;
        if let Some(escrow) = self.escrow.as_mut().filter(|escrow| all && escrow.parcel.is_some()) {
            escrow.status = EscrowStatus::Cancelled;
        }
    }

    fn become_(&mut self, state: State, now: DateTime<Utc>) {
        self.state = state;
        self.changed_at = now;
    }
}
