//! Double entry: every event that moves money becomes a balanced set of entries, by a pure function.
//!
//! No entry exists without an event and none is ever edited, so the journal is a projection like any other and a
//! replay cannot post twice.

mod account;
mod entries;

pub use account::Account;
pub use entries::entries;
use serde::{Deserialize, Serialize};

use crate::Money;

/// On which side of its account an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Left: more of an asset, less of a liability or income.
    Debit,
    /// Right: less of an asset, more of a liability or income.
    Credit,
}

/// One amount on one side of one account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Where.
    pub account: Account,
    /// On which side.
    pub side: Side,
    /// How much; never negative.
    pub amount: Money,
}

impl Entry {
    /// The amount with debit positive and credit negative, in minor units: a balanced set sums to nought.
    pub fn signed(&self) -> i64 {
        match self.side {
            Side::Debit => self.amount.amount,
            Side::Credit => self.amount.amount.saturating_neg(),
        }
    }
}
