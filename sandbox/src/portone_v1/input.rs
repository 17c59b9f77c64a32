//! What a call says in its body: JSON or a form, numbers as numbers or as text.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::answer::Said;
use crate::{body::fields, call::Call};

/// A body's fields, or those of an object in it.
pub struct Input(Map<String, Value>);

impl Input {
    pub fn of(call: &Call) -> Self {
        Self(fields(&call.headers, &call.body))
    }

    /// An object in it; empty if there is none.
    pub fn object(&self, name: &str) -> Self {
        Self(self.0.get(name).and_then(Value::as_object).cloned().unwrap_or_default())
    }

    pub fn value(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// A text that says something.
    pub fn text(&self, name: &str) -> Option<String> {
        let text = match self.value(name)? {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
        };
        (!text.trim().is_empty()).then_some(text)
    }

    pub fn flag(&self, name: &str) -> bool {
        match self.value(name) {
            Some(Value::Bool(flag)) => *flag,
            Some(Value::String(text)) => text == "true" || text == "1",
            Some(_) | None => false,
        }
    }

    /// An amount, as `1000`, `1000.0` or `"1000"`.
    pub fn amount(&self, name: &str) -> Result<Option<i64>, Said> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        whole(&text).map(Some).ok_or_else(|| Said::failed(&format!("{name} 값이 올바르지 않습니다.")))
    }

    /// A time in seconds.
    pub fn seconds(&self, name: &str) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp(self.text(name)?.parse().ok()?, 0)
    }

    /// The names of those that say nothing.
    pub fn missing<'n>(&self, names: &[&'n str]) -> Vec<&'n str> {
        names.iter().copied().filter(|name| self.value(name).is_none_or(is_blank)).collect()
    }
}

fn is_blank(value: &Value) -> bool {
    match value {
        Value::String(text) => text.trim().is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Null => true,
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// A whole number, which JavaScript may write with a point.
pub fn whole(text: &str) -> Option<i64> {
    let (number, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    if fraction.chars().any(|digit| digit != '0') {
        return None;
    }
    number.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_whole_however_they_are_written() {
        assert_eq!(["1000", "1000.0", " 1000.00 "].map(whole), [Some(1_000); 3]);
        assert_eq!(["1000.5", "1e3", "", "ten"].map(whole), [None; 4]);
    }
}
