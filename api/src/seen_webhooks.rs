//! Webhooks that were taken: the same one again is somebody's replay, or a gateway that lost our answer. Either way
//! it brings no news. Only what is young enough to be signed validly is remembered; older ones are stale anyway.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, Duration, Utc};

use crate::problem::{Kind, Problem};

const KEEP: Duration = Duration::minutes(11);
const CAPACITY: usize = 100_000;

/// The ids of webhooks that were taken lately.
#[derive(Default)]
pub struct SeenWebhooks(Mutex<HashMap<String, DateTime<Utc>>>);

impl SeenWebhooks {
    /// Refuses a webhook that was taken before.
    pub fn is_new(&self, id: &str, now: DateTime<Utc>) -> Result<(), Problem> {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.get(id).is_some_and(|taken| now - *taken < KEEP) {
            return Err(Problem::plain(Kind::WebhookReplayed));
        }
        Ok(())
    }

    /// Remembers a webhook that was taken.
    pub fn remember(&self, id: String, now: DateTime<Utc>) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= CAPACITY {
            seen.retain(|_, taken| now - *taken < KEEP);
        }
        if seen.len() < CAPACITY {
            seen.insert(id, now);
        }
    }
}
