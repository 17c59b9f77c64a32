//! Virtual accounts: issued, paid into by the buyer's bank, taken back by it, closed.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{No, PayMethod, Payment, State};

/// How long a virtual account takes the deposit if the shop did not say.
const DEPOSIT_DAYS: i64 = 7;

/// A virtual account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Account {
    pub number: String,
    pub issued_at: DateTime<Utc>,
    pub due_at: DateTime<Utc>,
    /// What the bank received, if not what was asked for.
    pub received: Option<i64>,
}

/// A number that follows from the payment's id, so that two payments have two.
fn number_of(id: &str) -> String {
    let digits = Sha256::digest(id);
    let mut number = String::from("562");
    number.extend(digits.iter().take(11).map(|byte| char::from(b'0' + byte % 10)));
    number
}

impl Payment {
    /// A virtual account is issued.
    pub fn issue_account(&mut self, now: DateTime<Utc>) -> Result<(), No> {
        if self.is_captured() {
            return Err(No::AlreadyPaid);
        }
        let due_at = self.terms.due_at.unwrap_or(now + TimeDelta::days(DEPOSIT_DAYS));
        let number = number_of(&self.id);
        self.account = Some(Account { number, issued_at: now, due_at, received: None });
        self.terms.method = PayMethod::VirtualAccount;
        self.lost_at = None;
        self.become_(State::AccountIssued, now);
        Ok(())
    }

    /// The account's terms are changed before the deposit.
    pub fn alter_account(
        &mut self,
        total: Option<i64>,
        due_at: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Result<(), No> {
        let (State::AccountIssued, Some(account)) = (&self.state, &mut self.account) else {
            return Err(No::NotWaitingForDeposit);
        };
        if total.is_some_and(|total| total <= 0) {
            return Err(No::AmountNotPositive);
        }
        account.due_at = due_at.unwrap_or(account.due_at);
        self.terms.total = total.unwrap_or(self.terms.total);
        self.changed_at = now;
        Ok(())
    }

    /// The account takes nothing any more.
    pub fn close_account(&mut self, now: DateTime<Utc>) -> Result<(), No> {
        if self.state != State::AccountIssued {
            return Err(No::NotWaitingForDeposit);
        }
        self.become_(State::Expired { at: now }, now);
        Ok(())
    }

    /// The deposit arrives. Another amount than asked for stands in the document, as if the bank had taken it.
    pub fn deposit(&mut self, amount: Option<i64>, even_late: bool, now: DateTime<Utc>) -> Result<(), No> {
        let (State::AccountIssued | State::Expired { .. }, Some(account)) = (&self.state, &mut self.account)
        else {
            return Err(No::NotWaitingForDeposit);
        };
        if !even_late && (now > account.due_at || self.state != State::AccountIssued) {
            return Err(No::DepositTooLate);
        }
        if amount.is_some_and(|amount| amount <= 0) {
            return Err(No::AmountNotPositive);
        }
        account.received = amount.filter(|amount| *amount != self.terms.total);
        self.terms.total = amount.unwrap_or(self.terms.total);
        self.become_(State::Paid { at: now }, now);
        Ok(())
    }

    /// The bank takes a deposit back: paid becomes waiting again.
    pub fn reverse_deposit(&mut self, now: DateTime<Utc>) -> Result<(), No> {
        if !self.is_captured() {
            return Err(No::NotPaid);
        }
        let Some(account) = &mut self.account else {
            return Err(No::NotWaitingForDeposit);
        };
        account.due_at = account.due_at.max(now + TimeDelta::days(1));
        self.become_(State::AccountIssued, now);
        Ok(())
    }
}
