//! Money: whole minor units of a currency, in 64 bits, with checked arithmetic and no fractions.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use iso_currency::Currency;

/// An amount in minor units (won for KRW, cents for USD) of one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Minor units.
    pub amount: i64,
    /// ISO 4217 alphabetic code.
    pub currency: Currency,
}

/// Why an arithmetic on money has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MoneyError {
    /// The result does not fit 64 bits.
    #[error("the amount is too large")]
    Overflow,
    /// The two amounts are of different currencies.
    #[error("the amounts are of different currencies")]
    CurrencyMismatch,
}

impl Money {
    /// `amount` minor units of `currency`.
    pub const fn new(amount: i64, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// Nothing of `currency`.
    pub const fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    /// `amount` won.
    pub const fn krw(amount: i64) -> Self {
        Self::new(amount, Currency::KRW)
    }

    /// Whether the amount is more than nothing.
    pub const fn is_positive(self) -> bool {
        self.amount > 0
    }

    /// The sum, if both are of one currency and it fits.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        self.combine(other, i64::checked_add)
    }

    /// The difference, if both are of one currency and it fits.
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        self.combine(other, i64::checked_sub)
    }

    /// `quantity` times the amount.
    pub fn times(self, quantity: u32) -> Result<Self, MoneyError> {
        self.amount
            .checked_mul(i64::from(quantity))
            .map(|amount| Self { amount, ..self })
            .ok_or(MoneyError::Overflow)
    }

    /// The sum of amounts, nothing of `currency` if there are none.
    pub fn sum(currency: Currency, amounts: impl IntoIterator<Item = Self>) -> Result<Self, MoneyError> {
        amounts.into_iter().try_fold(Self::zero(currency), Self::plus)
    }

    /// The share `numerator / denominator`, rounded down: the remainder stays with whoever keeps the rest.
    pub fn share_down(self, numerator: u32, denominator: u32) -> Result<Self, MoneyError> {
        let product = i128::from(self.amount) * i128::from(numerator);
        self.narrow(product.div_euclid(i128::from(denominator.max(1))))
    }

    /// The share `numerator / denominator`, rounded half up.
    pub fn share_half_up(self, numerator: u32, denominator: u32) -> Result<Self, MoneyError> {
        let denominator = i128::from(denominator.max(1));
        let doubled = i128::from(self.amount) * i128::from(numerator) * 2 + denominator;
        self.narrow(doubled.div_euclid(denominator * 2))
    }

    /// Splits the amount in proportion to `weights` by largest remainder: the parts sum to the amount exactly, and
    /// equal remainders go to the earlier part. All weights nought: the first part takes everything.
    pub fn allocate(self, weights: &[i64]) -> Result<Vec<Self>, MoneyError> {
        let total: i128 = weights.iter().map(|weight| i128::from((*weight).max(0))).sum();
        if total == 0 {
            let rest = std::iter::repeat_n(Self::zero(self.currency), weights.len().saturating_sub(1));
            return Ok(std::iter::once(self).chain(rest).take(weights.len()).collect());
        }
        let exact = |weight: &i64| i128::from(self.amount) * i128::from((*weight).max(0));
        let mut parts: Vec<i128> = weights.iter().map(|weight| exact(weight).div_euclid(total)).collect();
        let mut by_remainder: Vec<usize> = (0..weights.len()).collect();
        by_remainder.sort_by_key(|index| {
            std::cmp::Reverse(weights.get(*index).map_or(0, |w| exact(w).rem_euclid(total)))
        });
        let mut left = i128::from(self.amount) - parts.iter().sum::<i128>();
        for index in by_remainder {
            if left == 0 {
                break;
            }
            if let Some(part) = parts.get_mut(index) {
                *part += 1;
                left -= 1;
            }
        }
        parts.into_iter().map(|part| self.narrow(part)).collect()
    }

    /// Compares two amounts of one currency.
    pub fn compare(self, other: Self) -> Result<Ordering, MoneyError> {
        self.minus(other).map(|difference| difference.amount.cmp(&0))
    }

    fn narrow(self, amount: i128) -> Result<Self, MoneyError> {
        i64::try_from(amount).map(|amount| Self { amount, ..self }).map_err(|_| MoneyError::Overflow)
    }

    fn combine(self, other: Self, with: fn(i64, i64) -> Option<i64>) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::CurrencyMismatch);
        }
        with(self.amount, other.amount).map(|amount| Self { amount, ..self }).ok_or(MoneyError::Overflow)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_written_as_minor_units_and_code() {
        assert_eq!(serde_json::to_string(&Money::krw(1000)).unwrap(), r#"{"amount":1000,"currency":"KRW"}"#);
    }

    #[test]
    fn arithmetic_is_checked() {
        assert_eq!(Money::krw(i64::MAX).plus(Money::krw(1)), Err(MoneyError::Overflow));
        assert_eq!(Money::krw(1).plus(Money::new(1, Currency::USD)), Err(MoneyError::CurrencyMismatch));
        assert_eq!(Money::krw(i64::MAX).times(2), Err(MoneyError::Overflow));
    }

    #[test]
    fn shares_round_as_named() {
        assert_eq!(Money::krw(19_999).share_down(10_000, 100_000), Ok(Money::krw(1_999)));
        assert_eq!(Money::krw(15).share_half_up(1, 10), Ok(Money::krw(2)));
        assert_eq!(Money::krw(14).share_half_up(1, 10), Ok(Money::krw(1)));
    }

    #[test]
    fn an_allocation_sums_to_the_whole() {
        let parts = Money::krw(100).allocate(&[1, 1, 1]).unwrap();
        assert_eq!(parts, [Money::krw(34), Money::krw(33), Money::krw(33)]);
        assert_eq!(Money::krw(7).allocate(&[0, 0]).unwrap(), [Money::krw(7), Money::krw(0)]);
    }
}
