//! The aggregates in memory, folded in place, and bounded in number.
//!
//! A state may be ahead of the log by the events of unsent or in-flight batches; such an entry is pinned, because
//! loading it anew would lose them. The others leave in the order they came, unless used since (the clock algorithm).

use std::{
    any::Any,
    cell::Cell,
    collections::{HashMap, VecDeque},
};

use domain::Aggregate;
use uuid::Uuid;

use crate::decode::{Decoder, Stored};

/// Aggregates kept in memory unless told otherwise.
pub(super) const CAPACITY: usize = 200_000;

/// A stream: its type and the UUID of its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct StreamKey {
    pub aggregate_type: &'static str,
    pub uuid: Uuid,
}

/// A folded aggregate of whatever type.
pub(super) trait State: Any + Send {
    fn fold(&mut self, decoder: &Decoder, event: &Stored<'_>) -> Result<(), String>;
}

impl<A: Aggregate> State for A {
    fn fold(&mut self, decoder: &Decoder, event: &Stored<'_>) -> Result<(), String> {
        self.evolve(&decoder.event::<A::Event>(event)?);
        Ok(())
    }
}

struct Entry {
    state: Box<dyn State>,
    version: i64,
    /// Decided events that are not committed yet hold the entry, once per command.
    pins: u32,
    used: Cell<bool>,
    /// Taken for empty without a look; sure once its first events are committed.
    assumed: bool,
}

impl Entry {
    fn is_unsure(&self) -> bool {
        self.assumed && self.pins == 0
    }
}

pub(super) struct Cache {
    entries: HashMap<StreamKey, Entry>,
    order: VecDeque<StreamKey>,
    types: Vec<&'static str>,
    capacity: usize,
}

impl Cache {
    pub fn new(capacity: usize) -> Self {
        Self { entries: HashMap::new(), order: VecDeque::new(), types: vec![], capacity: capacity.max(1) }
    }

    pub fn get<A: Aggregate>(&self, key: &StreamKey) -> Option<(&A, i64)> {
        let entry = self.entries.get(key)?;
        entry.used.set(true);
        let state: &dyn Any = &*entry.state;
        Some((state.downcast_ref()?, entry.version))
    }

    /// Whether the stream is here, and not merely assumed to be empty.
    pub fn knows(&self, key: &StreamKey) -> bool {
        self.entries.get(key).is_some_and(|entry| !entry.is_unsure())
    }

    pub fn version(&self, key: &StreamKey) -> Option<i64> {
        self.entries.get(key).map(|entry| entry.version)
    }

    /// The key of a stored stream, if any of its type was ever here.
    pub fn key(&self, aggregate_type: &str, aggregate_id: &str) -> Option<StreamKey> {
        let aggregate_type = self.types.iter().copied().find(|known| *known == aggregate_type)?;
        let (_, uuid) = aggregate_id.rsplit_once('_')?;
        Some(StreamKey { aggregate_type, uuid: Uuid::try_parse(uuid).ok()? })
    }

    /// Puts an empty state in, unless there is one.
    pub fn assume(&mut self, key: StreamKey, state: Box<dyn State>) {
        if !self.entries.contains_key(&key) {
            self.put(key, state, 0, true);
        }
    }

    /// Puts a loaded state in, unless there is one.
    pub fn insert(&mut self, key: StreamKey, state: Box<dyn State>, version: i64) {
        if !self.knows(&key) {
            self.put(key, state, version, false);
        }
    }

    fn put(&mut self, key: StreamKey, state: Box<dyn State>, version: i64, assumed: bool) {
        self.make_room();
        if !self.types.contains(&key.aggregate_type) {
            self.types.push(key.aggregate_type);
        }
        let entry = Entry { state, version, pins: 0, used: Cell::new(true), assumed };
        if self.entries.insert(key, entry).is_none() {
            self.order.push_back(key);
        }
    }

    /// Folds decided events into the state in place and pins it.
    pub fn evolve(&mut self, key: &StreamKey, count: i64, fold: impl FnOnce(&mut dyn Any)) {
        if let Some(entry) = self.entries.get_mut(key) {
            let state: &mut dyn Any = &mut *entry.state;
            fold(state);
            entry.version += count;
            entry.pins += 1;
        }
    }

    /// One command's events of this stream are committed.
    pub fn unpin(&mut self, key: &StreamKey) {
        if let Some(entry) = self.entries.get_mut(key) {
            entry.assumed = false;
            entry.pins = entry.pins.saturating_sub(1);
        }
    }

    pub fn remove(&mut self, key: &StreamKey) {
        // Its place in `order` stays, and is skipped or reused later.
        self.entries.remove(key);
    }

    /// Drops a state that holds events which did not get into the log.
    pub fn drop_pinned(&mut self, key: &StreamKey) {
        if self.entries.get(key).is_some_and(|entry| entry.pins > 0) {
            self.entries.remove(key);
        }
    }

    pub fn clear(&mut self) {
        self.entries.clear();
        self.order.clear();
    }

    /// Folds an event that another node appended. What is already in is skipped; what does not follow is dropped.
    pub fn apply_foreign(&mut self, key: &StreamKey, decoder: &Decoder, event: &Stored<'_>) {
        let Some(entry) = self.entries.get_mut(key) else { return };
        if event.sequence <= entry.version {
            return;
        }
        let follows = event.sequence == entry.version + 1;
        if follows && entry.state.fold(decoder, event).is_ok() {
            entry.version = event.sequence;
        } else {
            self.entries.remove(key);
        }
    }

    fn make_room(&mut self) {
        let mut tries = self.order.len();
        while self.entries.len() >= self.capacity && tries > 0 {
            tries -= 1;
            let Some(key) = self.order.pop_front() else { return };
            let Some(entry) = self.entries.get(&key) else { continue };
            if entry.pins > 0 || entry.used.replace(false) {
                self.order.push_back(key);
            } else {
                self.entries.remove(&key);
            }
        }
    }
}
