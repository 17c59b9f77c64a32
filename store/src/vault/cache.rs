//! Keys in memory, for a short while: a subject forgotten by another node is forgotten here within `KEEP`.

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
    time::{Duration, Instant},
};

use uuid::Uuid;

use super::cipher::Key;

const KEEP: Duration = Duration::from_mins(5);
const CAPACITY: usize = 50_000;

#[derive(Default)]
pub(super) struct KeyCache(RwLock<HashMap<Uuid, (Instant, Key)>>);

impl KeyCache {
    pub(super) fn get(&self, subject: Uuid) -> Option<Key> {
        let keys = self.0.read().unwrap_or_else(PoisonError::into_inner);
        keys.get(&subject).filter(|(since, _)| since.elapsed() < KEEP).map(|(_, key)| key.clone())
    }

    pub(super) fn put(&self, subject: Uuid, key: Key) {
        let mut keys = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if keys.len() >= CAPACITY {
            keys.clear();
        }
        keys.insert(subject, (Instant::now(), key));
    }

    pub(super) fn drop_key(&self, subject: Uuid) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(&subject);
    }
}
