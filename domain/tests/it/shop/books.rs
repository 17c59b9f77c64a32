//! The journal: what the ledger makes of every event, summed up by account.

use std::collections::BTreeMap;

use domain::{
    Currency, Fact,
    ledger::{self, Account},
};

/// Balances in minor units, debit positive.
#[derive(Debug, Default)]
pub struct Books {
    balances: BTreeMap<(Account, &'static str), i128>,
}

impl Books {
    /// Posts the entries of an event, which must balance in each currency by themselves.
    pub fn post(&mut self, fact: &Fact) {
        let mut sums: BTreeMap<&str, i128> = BTreeMap::new();
        for entry in ledger::entries(fact) {
            assert!(entry.amount.amount >= 0, "{fact:?} posts a negative amount");
            let code = entry.amount.currency.code();
            let signed = i128::from(entry.signed());
            *sums.entry(code).or_default() += signed;
            *self.balances.entry((entry.account, code)).or_default() += signed;
        }
        assert!(sums.values().all(|sum| *sum == 0), "{fact:?} does not balance: {sums:?}");
    }

    /// What stands on the debit side of an account.
    pub fn debit(&self, account: Account, currency: Currency) -> i128 {
        self.balances.get(&(account, currency.code())).copied().unwrap_or(0)
    }

    /// What stands on the credit side of an account.
    pub fn credit(&self, account: Account, currency: Currency) -> i128 {
        -self.debit(account, currency)
    }

    /// All balances.
    pub fn all(&self) -> impl Iterator<Item = (Account, i128)> {
        self.balances.iter().map(|((account, _), balance)| (*account, *balance))
    }
}
