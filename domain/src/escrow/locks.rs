//! What may not move: for a claim or a dispute, each with its own lock, or because the bank took the deposit back.

use super::{Escrow, EscrowEvent, EscrowRefusal, Hold, add, minus};
use crate::{Money, contest::Contest, money::MoneyError};

impl Escrow {
    /// Keeps part of the held money from moving.
    pub fn lock(&self, amount: Money, reason: String) -> Result<Vec<EscrowEvent>, EscrowRefusal> {
        self.open()?.can_move(amount)?;
        Ok(vec![EscrowEvent::EscrowLocked { amount, reason, contest: None }])
    }

    /// Lets money move again that is locked for no claim and no dispute.
    pub fn unlock(&self, amount: Money) -> Result<Vec<EscrowEvent>, EscrowRefusal> {
        let hold = self.open()?;
        if !amount.is_positive() {
            return Err(EscrowRefusal::AmountNotPositive);
        }
        let locked = hold.locked_otherwise()?;
        if amount.compare(locked)?.is_gt() {
            return Err(EscrowRefusal::ExceedsLock { wanted: amount, locked });
        }
        Ok(vec![EscrowEvent::EscrowUnlocked { amount, contest: None }])
    }

    /// Keeps what a claim or a dispute is about from moving. Nothing of it held, or locked already, changes nothing.
    pub fn lock_for(&self, contest: Contest, amount: Money) -> Result<Vec<EscrowEvent>, EscrowRefusal> {
        if let Self::Open(hold) | Self::Closed(hold) = self
            && (hold.locks.contains_key(&contest) || amount.amount == 0)
        {
            return Ok(vec![]);
        }
        self.open()?.can_move(amount)?;
        let reason = contest.to_string();
        Ok(vec![EscrowEvent::EscrowLocked { amount, reason, contest: Some(contest) }])
    }

    /// Lets all move again that is locked for a claim or a dispute; nothing locked changes nothing.
    pub fn unlock_for(&self, contest: Contest) -> Result<Vec<EscrowEvent>, EscrowRefusal> {
        let amount = self.hold()?.locks.get(&contest).copied();
        let unlocked = |amount| EscrowEvent::EscrowUnlocked { amount, contest: Some(contest) };
        Ok(amount.map(unlocked).into_iter().collect())
    }
}

impl Hold {
    /// What is locked for no claim and no dispute.
    pub fn locked_otherwise(&self) -> Result<Money, MoneyError> {
        self.locks.values().copied().try_fold(self.locked, Money::minus)
    }

    pub(super) fn lock_or_unlock(&mut self, event: &EscrowEvent) {
        if let EscrowEvent::EscrowLocked { amount, contest, reason: _ } = event {
            add(&mut self.locked, *amount);
            if let Some(contest) = contest {
                let nothing = Money::zero(amount.currency);
                add(self.locks.entry(*contest).or_insert(nothing), *amount);
            }
        } else if let EscrowEvent::EscrowUnlocked { amount, contest } = event {
            add(&mut self.locked, minus(*amount));
            if let Some(contest) = contest {
                self.locks.remove(contest);
            }
        }
    }
}
