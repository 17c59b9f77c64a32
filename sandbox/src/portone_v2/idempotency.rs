//! Idempotency keys: held while a call is under way, answered with the same bytes for three hours after.

use std::{
    collections::{HashMap, VecDeque},
    sync::Mutex,
};

use axum::http::StatusCode;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};

use crate::app::hold;

const KEPT: TimeDelta = TimeDelta::hours(3);

/// The keys.
#[derive(Debug, Default)]
pub struct Idempotency(Mutex<Keys>);

#[derive(Debug, Default)]
struct Keys {
    known: HashMap<String, Option<(StatusCode, Bytes)>>,
    /// The ends of finished keys, in the order in which they come.
    ends: VecDeque<(DateTime<Utc>, String)>,
}

/// What a key means now.
#[derive(Debug)]
pub enum Begun {
    Malformed,
    Outstanding,
    Done(StatusCode, Bytes),
    Held(String),
}

impl Idempotency {
    /// Begins a call under the key of `header`.
    pub fn begin(&self, route: &str, payment_id: &str, header: &str, now: DateTime<Utc>) -> Begun {
        let Some(key) = header.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
            return Begun::Malformed;
        };
        if !(16..=256).contains(&key.len()) || !key.is_ascii() {
            return Begun::Malformed;
        }
        let key = format!("{route} {payment_id} {key}");
        let keys = &mut *hold(&self.0);
        while let Some((_, old)) = keys.ends.pop_front_if(|(end, _)| *end <= now) {
            keys.known.remove(&old);
        }
        match keys.known.get(&key) {
            Some(Some((status, body))) => Begun::Done(*status, body.clone()),
            Some(None) => Begun::Outstanding,
            None => {
                keys.known.insert(key.clone(), None);
                Begun::Held(key)
            }
        }
    }

    /// Ends the call: its answer is the key's from now on.
    pub fn end(&self, key: String, answer: &(StatusCode, Bytes), now: DateTime<Utc>) {
        let keys = &mut *hold(&self.0);
        keys.known.insert(key.clone(), Some(answer.clone()));
        keys.ends.push_back((now + KEPT, key));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "\"refund-0000000001\"";

    #[test]
    fn a_key_is_outstanding_then_answered_alike_for_three_hours() {
        let keys = Idempotency::default();
        let start = DateTime::UNIX_EPOCH;
        let Begun::Held(key) = keys.begin("cancel", "p", KEY, start) else { panic!("new") };
        assert!(matches!(keys.begin("cancel", "p", KEY, start), Begun::Outstanding));
        keys.end(key, &(StatusCode::OK, Bytes::from_static(b"{}")), start);
        let last = start + KEPT - TimeDelta::seconds(1);
        assert!(
            matches!(keys.begin("cancel", "p", KEY, last), Begun::Done(StatusCode::OK, body) if body == "{}")
        );
        assert!(matches!(keys.begin("cancel", "q", KEY, last), Begun::Held(_)), "another payment");
        assert!(matches!(keys.begin("cancel", "p", KEY, start + KEPT), Begun::Held(_)), "forgotten");
    }

    #[test]
    fn a_key_is_quoted_and_of_the_right_length() {
        let keys = Idempotency::default();
        for malformed in ["refund-0000000001", "\"short\"", "", "\"", &format!("\"{}\"", "x".repeat(257))] {
            assert!(matches!(keys.begin("cancel", "p", malformed, DateTime::UNIX_EPOCH), Begun::Malformed));
        }
    }
}
