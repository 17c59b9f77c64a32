//! Amounts as gateways write them: JSON numbers. Their text is read, so no amount ever passes through a
//! floating-point number.

use domain::{Currency, Money};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// Whole minor units, from `13000` or `13000.0`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MinorUnits(pub i64);

impl<'de> Deserialize<'de> for MinorUnits {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = <&RawValue>::deserialize(from)?;
        minor(text.get(), 0)
            .map(Self)
            .ok_or_else(|| serde::de::Error::custom("a whole amount is wanted here"))
    }
}

/// An amount in the currency's main unit: `13000` won or `13000.0` won, `10.5` dollars.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decimal(String);

impl Decimal {
    /// The text of a form's field, if it can be an amount.
    pub fn from_text(text: &str) -> Option<Self> {
        is_plain(text).then(|| Self(text.to_owned()))
    }

    /// In minor units, if the currency has that many.
    pub fn money(&self, currency: Currency) -> Result<Money, String> {
        let exponent = usize::from(currency.exponent().unwrap_or(0));
        let amount = minor(&self.0, exponent)
            .ok_or_else(|| format!("{} is no amount of {}", self.0, currency.code()))?;
        Ok(Money::new(amount, currency))
    }

    /// As the gateway wrote it: what it signed.
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = <&RawValue>::deserialize(from)?;
        Self::from_text(text.get()).ok_or_else(|| serde::de::Error::custom("an amount is wanted here"))
    }
}

/// Our money as such a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InMainUnits(pub Money);

impl InMainUnits {
    /// The number's text.
    pub fn text(self) -> String {
        let Money { amount, currency } = self.0;
        let exponent = usize::from(currency.exponent().unwrap_or(0));
        if exponent == 0 {
            return amount.to_string();
        }
        let digits = format!("{:0>width$}", amount.unsigned_abs(), width = exponent + 1);
        let (whole, fraction) = digits.split_at(digits.len() - exponent);
        let sign = if amount < 0 { "-" } else { "" };
        format!("{sign}{whole}.{fraction}")
    }
}

impl Serialize for InMainUnits {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        RawValue::from_string(self.text()).map_err(serde::ser::Error::custom)?.serialize(to)
    }
}

fn is_plain(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole.strip_prefix('-').unwrap_or(whole)) && digits(fraction)
}

/// `text` times ten to the `exponent`, if that is whole.
fn minor(text: &str, exponent: usize) -> Option<i64> {
    if !is_plain(text) {
        return None;
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > exponent {
        return None;
    }
    format!("{whole}{fraction:0<exponent$}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_amounts_are_read_exactly_and_others_are_refused() {
        let read = |text: &str| serde_json::from_str::<MinorUnits>(text).ok().map(|units| units.0);
        assert_eq!(read("13000"), Some(13_000));
        assert_eq!(read("13000.0"), Some(13_000));
        assert_eq!(read("9007199254740993"), Some(9_007_199_254_740_993));
        for refused in ["0.5", "1e3", "\"13000\"", "null", "9223372036854775808", "true"] {
            assert_eq!(read(refused), None, "{refused}");
        }
    }

    #[test]
    fn main_units_become_minor_ones_by_the_currency() {
        let read = |text: &str, currency| {
            serde_json::from_str::<Decimal>(text).ok().and_then(|it| it.money(currency).ok())
        };
        assert_eq!(read("1000", Currency::KRW), Some(Money::krw(1_000)));
        assert_eq!(read("1000.0", Currency::KRW), Some(Money::krw(1_000)));
        assert_eq!(read("1000.5", Currency::KRW), None, "won have no fractions");
        assert_eq!(read("10.5", Currency::USD), Some(Money::new(1_050, Currency::USD)));
        assert_eq!(read("10.505", Currency::USD), None);
        assert_eq!(
            read("90071992547409.93", Currency::USD),
            Some(Money::new(9_007_199_254_740_993, Currency::USD))
        );
        for refused in ["1e3", "\"1000\"", "null", "9223372036854775808"] {
            assert_eq!(read(refused, Currency::KRW), None, "{refused}");
        }
    }

    #[test]
    fn minor_units_are_written_as_main_ones() {
        let written =
            |amount, currency| serde_json::to_string(&InMainUnits(Money::new(amount, currency))).unwrap();
        assert_eq!(written(1_000, Currency::KRW), "1000");
        assert_eq!(written(1_050, Currency::USD), "10.50");
        assert_eq!(written(5, Currency::USD), "0.05");
        assert_eq!(written(-5, Currency::USD), "-0.05");
    }
}
