//! Times as Korean gateways write them: with `+09:00`, with `+0900`, or without a zone, which is Seoul's then.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use serde_json::Value;

/// Seoul's distance from UTC, which has no summer time.
pub(crate) const SEOUL: TimeDelta = TimeDelta::hours(9);

/// Reads one.
pub(crate) fn parse(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.to_utc());
    }
    if let Ok(at) = DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z") {
        return Some(at.to_utc());
    }
    let there = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").ok()?;
    Some(there.and_utc() - SEOUL)
}

/// Reads one that may not have happened: `0`, `"0"` and nothing are never.
pub(crate) fn happened(value: Option<&Value>) -> Option<DateTime<Utc>> {
    value.and_then(Value::as_str).and_then(parse)
}

/// The day in Seoul: `YYYYMMDD`.
pub(crate) fn day_in_seoul(at: DateTime<Utc>) -> String {
    (at + SEOUL).format("%Y%m%d").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_of_writing_a_time_is_the_same_time() {
        let wanted = "2026-03-02T01:23:45Z".parse::<DateTime<Utc>>().unwrap();
        for text in [
            "2026-03-02T10:23:45+09:00",
            "2026-03-02T10:23:45+0900",
            "2026-03-02T10:23:45.000+0900",
            "2026-03-02T10:23:45",
            "2026-03-02T10:23:45.000000",
            "2026-03-02T01:23:45Z",
        ] {
            assert_eq!(parse(text), Some(wanted), "{text}");
        }
        assert_eq!(day_in_seoul("2026-03-01T15:00:00Z".parse().unwrap()), "20260302");
    }

    #[test]
    fn what_did_not_happen_has_no_time() {
        for never in [serde_json::json!("0"), serde_json::json!(0), Value::Null, serde_json::json!("")] {
            assert_eq!(happened(Some(&never)), None, "{never}");
        }
        assert_eq!(happened(None), None);
    }
}
