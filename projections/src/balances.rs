//! What stands in each account?
//!
//! One row per account and currency, and one per number of the chart and currency: a trial balance adds up a handful
//! of totals, however many holds there are. Debits count positive, so a trial balance sums to nought per currency.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Utc};
use domain::ledger::{self, Entry, Side};
use sea_query::{Expr, ExprTrait, Order as Sort};
use serde::Serialize;
use store::Occurrence;
use utoipa::ToSchema;

use crate::{
    bulk::Known,
    error::ViewsError,
    page::{Page, PageRequest},
    projection::{Out, Target},
    row::row,
    views::{Views, from},
};

row! {
    /// What stands in one account in one currency.
    pub struct Balance in "balances" keyed by [account, currency] {
        /// The account with its sub-account, `2100/esc_…`.
        pub account: String,
        /// The currency, ISO 4217.
        pub currency: String,
        /// The account's number in the chart.
        pub code: i64,
        /// The account's name in the chart.
        pub name: String,
        /// Sum of the debits, in minor units.
        pub debit: i64,
        /// Sum of the credits.
        pub credit: i64,
        /// Debits less credits.
        pub balance: i64,
        /// When it last changed.
        pub updated_at: DateTime<Utc>,
        /// Where it first changed; the order of lists.
        #[serde(skip)]
        pub created_position: i64,
        /// How many entries it has had.
        pub version: i64,
        /// Position of the last event in this row.
        pub position: i64,
    }
}

row! {
    /// What stands in all accounts of one number in one currency.
    pub struct AccountTotal in "account_totals" keyed by [code, currency] {
        /// The number in the chart.
        pub code: i64,
        /// The currency, ISO 4217.
        pub currency: String,
        /// The name in the chart.
        pub name: String,
        /// Sum of the debits, in minor units.
        pub debit: i64,
        /// Sum of the credits.
        pub credit: i64,
        /// Debits less credits.
        pub balance: i64,
        /// When it last changed.
        pub updated_at: DateTime<Utc>,
        /// How many entries it has had.
        pub version: i64,
        /// Position of the last event in this row.
        pub position: i64,
    }
}

/// The touched rows.
#[derive(Debug, Default)]
pub struct Model {
    balances: BTreeMap<(String, String), Balance>,
    totals: BTreeMap<(i64, String), AccountTotal>,
}

impl crate::projection::Model for Model {
    async fn load(&mut self, target: &mut Target<'_>, events: &[Occurrence]) -> Result<(), ViewsError> {
        let entries = || events.iter().flat_map(|event| ledger::entries(&event.fact));
        let accounts: HashSet<String> = entries().map(|entry| entry.account.to_string()).collect();
        if accounts.is_empty() {
            return Ok(());
        }
        // A row is held together with those of the same account, or currency, that were there.
        let held: HashSet<&str> = self.balances.keys().map(|(account, _)| account.as_str()).collect();
        let accounts: Vec<String> =
            accounts.into_iter().filter(|account| !held.contains(account.as_str())).collect();
        for balance in target.tx.load::<Balance>(target.generation, "account", &accounts).await? {
            self.balances.insert((balance.account.clone(), balance.currency.clone()), balance);
        }
        let currencies: HashSet<String> =
            entries().map(|entry| entry.amount.currency.code().to_owned()).collect();
        let held: HashSet<&str> = self.totals.keys().map(|(_, currency)| currency.as_str()).collect();
        let currencies: Vec<String> =
            currencies.into_iter().filter(|currency| !held.contains(currency.as_str())).collect();
        for total in target.tx.load::<AccountTotal>(target.generation, "currency", &currencies).await? {
            self.totals.insert((total.code, total.currency.clone()), total);
        }
        Ok(())
    }

    fn apply(&mut self, event: &Occurrence) -> Result<(), String> {
        for entry in ledger::entries(&event.fact) {
            let (account, code) = (entry.account.to_string(), i64::from(entry.account.code()));
            let currency = entry.amount.currency.code().to_owned();
            let balance = self
                .balances
                .entry((account.clone(), currency.clone()))
                .or_insert_with(|| Balance::empty(account, &entry, event));
            post(&entry, (&mut balance.debit, &mut balance.credit, &mut balance.balance))?;
            balance.version += 1;
            (balance.updated_at, balance.position) = (event.recorded_at, event.position);
            let total =
                self.totals.entry((code, currency)).or_insert_with(|| AccountTotal::empty(&entry, event));
            post(&entry, (&mut total.debit, &mut total.credit, &mut total.balance))?;
            total.version += 1;
            (total.updated_at, total.position) = (event.recorded_at, event.position);
        }
        Ok(())
    }

    fn held(&self) -> usize {
        self.balances.len() + self.totals.len()
    }

    async fn save(self, out: &mut Out<'_>) -> Result<(), ViewsError> {
        out.write(self.balances.into_values().collect(), Known::Replace).await?;
        out.write(self.totals.into_values().collect(), Known::Replace).await
    }
}

fn post(entry: &Entry, (debit, credit, balance): (&mut i64, &mut i64, &mut i64)) -> Result<(), String> {
    let sum = match entry.side {
        Side::Debit => debit,
        Side::Credit => credit,
    };
    let added = sum.checked_add(entry.amount.amount).zip(balance.checked_add(entry.signed()));
    let (new_sum, new_balance) = added.ok_or_else(|| format!("account {} overflows", entry.account))?;
    (*sum, *balance) = (new_sum, new_balance);
    Ok(())
}

impl Balance {
    fn empty(account: String, entry: &Entry, event: &Occurrence) -> Self {
        Self {
            account,
            currency: entry.amount.currency.code().to_owned(),
            code: i64::from(entry.account.code()),
            name: entry.account.name().to_owned(),
            debit: 0,
            credit: 0,
            balance: 0,
            updated_at: event.recorded_at,
            created_position: event.position,
            version: 0,
            position: event.position,
        }
    }
}

impl AccountTotal {
    fn empty(entry: &Entry, event: &Occurrence) -> Self {
        Self {
            code: i64::from(entry.account.code()),
            currency: entry.amount.currency.code().to_owned(),
            name: entry.account.name().to_owned(),
            debit: 0,
            credit: 0,
            balance: 0,
            updated_at: event.recorded_at,
            version: 0,
            position: event.position,
        }
    }
}

/// The trial balance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TrialBalance {
    /// One row per number of the chart and currency.
    pub accounts: Vec<AccountTotal>,
    /// One row per currency; every balance is nought, or something is wrong.
    pub totals: Vec<CurrencyTotal>,
}

/// All accounts of one currency together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CurrencyTotal {
    /// The currency, ISO 4217.
    pub currency: String,
    /// Sum of all debits, in minor units.
    pub debit: i64,
    /// Sum of all credits.
    pub credit: i64,
    /// Debits less credits: nought.
    pub balance: i64,
}

/// What stands in one account, one row per currency.
pub async fn of_account(views: &Views, account: &str) -> Result<Vec<Balance>, ViewsError> {
    let mut query = from::<Balance>();
    query.and_where(Expr::col("account").eq(account)).order_by("currency", Sort::Asc);
    views.all(&query).await
}

/// What stands in all accounts of a number, in the order of their first entry.
pub async fn of_code(views: &Views, code: u16, page: PageRequest) -> Result<Page<Balance>, ViewsError> {
    let mut query = from::<Balance>();
    query
        .and_where(Expr::col("code").eq(i64::from(code)))
        .and_where_option(page.after.map(|after| Expr::col("created_position").gt(after)))
        .order_by("created_position", Sort::Asc)
        .limit(page.fetch());
    Ok(Page::of(views.all(&query).await?, page, |row: &Balance| row.created_position))
}

/// The trial balance over all accounts.
pub async fn trial_balance(views: &Views) -> Result<TrialBalance, ViewsError> {
    let mut query = from::<AccountTotal>();
    query.order_by("currency", Sort::Asc).order_by("code", Sort::Asc);
    let accounts: Vec<AccountTotal> = views.all(&query).await?;
    let mut totals: BTreeMap<&str, CurrencyTotal> = BTreeMap::new();
    for account in &accounts {
        let total = totals.entry(&account.currency).or_insert_with(|| CurrencyTotal {
            currency: account.currency.clone(),
            debit: 0,
            credit: 0,
            balance: 0,
        });
        // Sums beyond 64 bits would be a world's money; they stick at the end rather than wrap.
        total.debit = total.debit.saturating_add(account.debit);
        total.credit = total.credit.saturating_add(account.credit);
        total.balance = total.balance.saturating_add(account.balance);
    }
    let totals = totals.into_values().collect();
    Ok(TrialBalance { accounts, totals })
}
