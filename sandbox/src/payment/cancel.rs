//! The gateway's rules about giving back.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{EscrowStatus, No, PayMethod, Payment, vat};

/// Money that went back, or shall.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Cancellation {
    pub id: String,
    pub outcome: Outcome,
    pub total: i64,
    pub tax_free: i64,
    pub vat: i64,
    pub reason: String,
    pub trigger: Trigger,
    pub requested_at: DateTime<Utc>,
    pub cancelled_at: Option<DateTime<Utc>>,
    /// What one protocol alone wants to be told again: the shop's own id of the cancellation, an account.
    pub reference: Option<String>,
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

/// Where the money goes back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Destination {
    /// The way it came; a virtual account has no such way.
    WhereItCameFrom,
    /// An account that the shop named, or that the PG's people know.
    Account,
    /// This protocol, or this caller, does not look.
    Anywhere,
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
    pub to: Destination,
    pub reference: Option<String>,
}

impl Cancelling {
    /// The whole rest, asked for by the shop, as far as it goes.
    pub fn whole(reason: String) -> Self {
        Self {
            amount: None,
            tax_free: None,
            vat: None,
            balance: None,
            reason,
            trigger: Trigger::Api,
            outcome: Outcome::Succeeded,
            part_of_escrow_allowed: false,
            to: Destination::Anywhere,
            reference: None,
        }
    }
}

impl Payment {
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
        if ask.to == Destination::WhereItCameFrom && self.terms.method == PayMethod::VirtualAccount {
            return Err(No::RefundAccountMissing);
        }
        let tax_free = ask.tax_free.unwrap_or(0);
        if tax_free < 0 || tax_free > self.terms.tax_free.min(total) {
            return Err(No::TaxFreeExceeds);
        }
        let vat = ask.vat.unwrap_or_else(|| vat(total, tax_free));
        if vat < 0 || vat > total - tax_free {
            return Err(No::VatExceeds);
        }
        let cancelled_at = (ask.outcome == Outcome::Succeeded).then_some(now);
        let Cancelling { reason, trigger, outcome, reference, .. } = ask;
        self.cancellations.push(Cancellation {
            id,
            outcome,
            total,
            tax_free,
            vat,
            reason,
            trigger,
            requested_at: now,
            cancelled_at,
            reference,
        });
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
}
