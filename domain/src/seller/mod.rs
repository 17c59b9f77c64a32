//! A seller: may sell while active, and is owed what released escrows credit.

mod event;
mod refusal;
mod verbs;

use std::collections::BTreeMap;

pub use event::{Commission, SellerEvent};
pub use refusal::SellerRefusal;
pub use verbs::Split;

use serde::Serialize;

use crate::{aggregate::Aggregate, id::SellerId, money::Currency};

/// The fold of a seller's events.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub enum Seller {
    /// Nobody.
    #[default]
    Absent,
    /// Registered, not yet allowed to sell.
    Applied(Account),
    /// Allowed to sell.
    Active(Account),
    /// No new orders; what is under way goes on.
    Suspended(Account),
}

/// A seller's terms and what the seller is owed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Account {
    /// Who.
    pub seller_id: SellerId,
    /// The contract.
    pub commission: Commission,
    /// What is to be paid out, per currency code, in minor units.
    pub payable: BTreeMap<&'static str, i64>,
    /// What the seller owes, per currency code, in minor units.
    pub receivable: BTreeMap<&'static str, i64>,
}

impl Aggregate for Seller {
    const TYPE: &'static str = "seller";
    type Id = SellerId;
    type Event = SellerEvent;

    fn evolve(&mut self, event: &SellerEvent) {
        match event {
            SellerEvent::SellerRegistered { seller_id, commission } => {
                let account = Account {
                    seller_id: *seller_id,
                    commission: *commission,
                    payable: BTreeMap::new(),
                    receivable: BTreeMap::new(),
                };
                *self = Self::Applied(account);
            }
            SellerEvent::SellerActivated {} => {
                if let Some(account) = self.take_account() {
                    *self = Self::Active(account);
                }
            }
            SellerEvent::SellerSuspended { .. } => {
                if let Some(account) = self.take_account() {
                    *self = Self::Suspended(account);
                }
            }
            SellerEvent::SellerCredited { amount, .. } => {
                if let Some(account) = self.account_mut() {
                    let payable = account.payable.entry(amount.currency.code()).or_default();
                    *payable = payable.saturating_add(amount.amount);
                }
            }
            SellerEvent::SellerDebited { amount, receivable, .. } => {
                if let Some(account) = self.account_mut() {
                    let code = amount.currency.code();
                    let payable = account.payable.entry(code).or_default();
                    *payable = payable.saturating_sub(amount.amount.saturating_sub(receivable.amount));
                    let owed = account.receivable.entry(code).or_default();
                    *owed = owed.saturating_add(receivable.amount);
                }
            }
        }
    }
}

impl Seller {
    /// The seller's account, in whatever standing.
    pub fn account(&self) -> Option<&Account> {
        match self {
            Self::Absent => None,
            Self::Applied(account) | Self::Active(account) | Self::Suspended(account) => Some(account),
        }
    }

    /// What the seller is owed in `currency`, in minor units.
    pub fn payable(&self, currency: Currency) -> i64 {
        self.account().and_then(|account| account.payable.get(currency.code())).copied().unwrap_or(0)
    }

    fn account_mut(&mut self) -> Option<&mut Account> {
        match self {
            Self::Absent => None,
            Self::Applied(account) | Self::Active(account) | Self::Suspended(account) => Some(account),
        }
    }

    fn take_account(&mut self) -> Option<Account> {
        match std::mem::take(self) {
            Self::Absent => None,
            Self::Applied(account) | Self::Active(account) | Self::Suspended(account) => Some(account),
        }
    }
}
