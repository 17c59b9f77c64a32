//! The gateway's rules about opening, authorising and capturing.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Dispute, Escrow, No, Payment, State, Terms};

impl Payment {
    /// Another window for a payment that is not paid.
    pub fn reopen(&mut self, transaction_id: String, terms: Terms, now: DateTime<Utc>) -> Result<(), No> {
        match self.state {
            State::Paid { .. } => Err(No::AlreadyPaid),
            State::AccountIssued | State::Pending | State::Authorised { .. } => Ok(()),
            State::Ready => {
                self.agree(terms);
                Ok(())
            }
            State::Failed { .. } | State::Expired { .. } => {
                self.tries += 1;
                self.transaction_id = transaction_id;
                self.agree(terms);
                self.account = None;
                self.become_(State::Ready, now);
                Ok(())
            }
        }
    }

    fn agree(&mut self, terms: Terms) {
        self.escrow = terms.escrow.then(Escrow::default);
        self.terms = terms;
    }

    /// The buyer agrees; the shop has so long to approve.
    pub fn authorise(&mut self, token: String, within: TimeDelta, now: DateTime<Utc>) -> Result<(), No> {
        match self.state {
            State::Paid { .. } => Err(No::AlreadyPaid),
            State::Ready | State::Pending => {
                self.lost_at = Some(now + within);
                self.become_(State::Authorised { token }, now);
                Ok(())
            }
            State::Authorised { .. }
            | State::AccountIssued
            | State::Failed { .. }
            | State::Expired { .. } => Err(No::Lost),
        }
    }

    /// The shop approves; whoever has the token may, if there is still time. What the money then is, a capture or
    /// an account to pay into, follows from the method.
    pub fn may_be_approved(&self, token: Option<&str>, now: DateTime<Utc>) -> Result<(), No> {
        let State::Authorised { token: known } = &self.state else {
            return Err(match self.state {
                State::Paid { .. } => No::AlreadyPaid,
                State::Expired { .. } => No::Lost,
                State::Ready
                | State::Pending
                | State::AccountIssued
                | State::Failed { .. }
                | State::Authorised { .. } => No::NotAuthorised,
            });
        };
        if token.is_some_and(|token| token != known) {
            return Err(No::WrongToken);
        }
        if self.lost_at.is_some_and(|end| end <= now) {
            return Err(No::Lost);
        }
        Ok(())
    }

    /// What was not done in time is lost. Called before every look at a payment.
    pub fn pass(&mut self, now: DateTime<Utc>) {
        let waits = matches!(self.state, State::Ready | State::Authorised { .. });
        if let Some(end) = self.lost_at.filter(|end| waits && *end <= now) {
            self.become_(State::Expired { at: end }, end);
        }
    }

    /// The buyer, or the bank, pays.
    pub fn capture(&mut self, now: DateTime<Utc>) -> Result<(), No> {
        if self.is_captured() {
            return Err(No::AlreadyPaid);
        }
        self.lost_at = None;
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

    /// The card holder's bank disputes the payment; no money moves yet.
    pub fn dispute(&mut self, reason: String, amount: Option<i64>, now: DateTime<Utc>) -> Result<(), No> {
        if !self.is_captured() {
            return Err(No::NotPaid);
        }
        let amount = amount.unwrap_or(self.terms.total);
        self.dispute = Some(Dispute { reason, amount, created_at: now, resolved_at: None });
        self.changed_at = now;
        Ok(())
    }

    /// The dispute is over.
    pub fn resolve(&mut self, now: DateTime<Utc>) -> Result<(), No> {
        let open = self.dispute.as_mut().filter(|dispute| dispute.resolved_at.is_none());
        open.ok_or(No::NothingRequested)?.resolved_at = Some(now);
        self.changed_at = now;
        Ok(())
    }

    pub(super) fn become_(&mut self, state: State, now: DateTime<Utc>) {
        self.state = state;
        self.changed_at = now;
    }
}
