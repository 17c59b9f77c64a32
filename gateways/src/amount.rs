//! Amounts as gateways write them: a JSON number that is a whole one, with or without a nought behind the point.
//! The text of the number is read, so no amount ever passes through a floating-point number.

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// Whole minor units, from `13000` or `13000.0`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MinorUnits(pub i64);

impl<'de> Deserialize<'de> for MinorUnits {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = <&RawValue>::deserialize(from)?;
        whole(text.get()).map(Self).ok_or_else(|| serde::de::Error::custom("a whole amount is wanted here"))
    }
}

fn whole(text: &str) -> Option<i64> {
    let (digits, fraction) = text.split_once('.').unwrap_or((text, ""));
    if !fraction.bytes().all(|digit| digit == b'0') {
        return None;
    }
    digits.parse().ok()
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
}
