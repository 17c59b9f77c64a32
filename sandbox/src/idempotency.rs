//! Idempotency keys: held while a call is under way, answered with the same bytes for a while after.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Mutex,
};

use chrono::{DateTime, TimeDelta, Utc};

use crate::{app::hold, call::Answer};

/// The keys.
#[derive(Debug, Default)]
pub struct Idempotency(Mutex<Keys>);

#[derive(Debug, Default)]
struct Keys {
    known: HashMap<String, Option<Answer>>,
    /// The ends of finished keys.
    ends: BTreeSet<(DateTime<Utc>, String)>,
}

/// A key that a call holds.
#[derive(Debug, PartialEq, Eq)]
pub struct Held {
    key: String,
    kept: TimeDelta,
}

/// What a key means now.
#[derive(Debug)]
pub enum Begun {
    Outstanding,
    Done(Answer),
    Held(Held),
}

impl Idempotency {
    /// Begins a call under `key`, whose answer will be kept for a while.
    pub fn begin(&self, key: String, kept: TimeDelta, now: DateTime<Utc>) -> Begun {
        let keys = &mut *hold(&self.0);
        while let Some((end, _)) = keys.ends.first()
            && *end <= now
            && let Some((_, old)) = keys.ends.pop_first()
        {
            keys.known.remove(&old);
        }
        match keys.known.get(&key) {
            Some(Some(answer)) => Begun::Done(answer.clone()),
            Some(None) => Begun::Outstanding,
            None => {
                keys.known.insert(key.clone(), None);
                Begun::Held(Held { key, kept })
            }
        }
    }

    /// Ends the call: its answer is the key's from now on.
    pub fn end(&self, held: Held, answer: &Answer, now: DateTime<Utc>) {
        let keys = &mut *hold(&self.0);
        keys.known.insert(held.key.clone(), Some(answer.clone()));
        keys.ends.insert((now + held.kept, held.key));
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::*;

    #[test]
    fn a_key_is_outstanding_then_answered_alike_until_its_end() {
        let keys = Idempotency::default();
        let (start, kept) = (DateTime::UNIX_EPOCH, TimeDelta::hours(3));
        let begin = |key: &str, at| keys.begin(key.into(), kept, at);
        let Begun::Held(held) = begin("cancel p 1", start) else { panic!("new") };
        assert!(matches!(begin("cancel p 1", start), Begun::Outstanding));
        keys.end(held, &Answer::json(StatusCode::OK, "{}".into()), start);
        let last = start + kept - TimeDelta::seconds(1);
        assert!(matches!(begin("cancel p 1", last), Begun::Done(answer) if answer.body == "{}"));
        assert!(matches!(begin("cancel q 1", last), Begun::Held(_)), "another payment");
        assert!(matches!(begin("cancel p 1", start + kept), Begun::Held(_)), "forgotten");
    }
}
