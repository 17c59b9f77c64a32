//! What a decision may look at.

use std::cell::RefCell;

use domain::{Aggregate, id::Id};
use uuid::Uuid;

use super::cache::{Cache, State, StreamKey};

/// The aggregates a decision may read: the states in memory.
pub struct Desk<'a> {
    cache: &'a Cache,
    touched: RefCell<Vec<StreamKey>>,
    trusting: bool,
}

/// Aggregates that are not in memory: the writer loads them and runs the decision again.
#[derive(Debug)]
pub struct Missing {
    pub(super) wanted: Vec<Wanted>,
}

/// One stream to load.
#[derive(Debug)]
pub(super) struct Wanted {
    pub key: StreamKey,
    pub id: String,
    pub absent: fn() -> Box<dyn State>,
    /// The id is new, so the stream is taken for empty; the log's unique key finds out if it is not.
    pub assume: bool,
}

impl<'a> Desk<'a> {
    pub(super) fn new(cache: &'a Cache, trusting: bool) -> Self {
        Self { cache, touched: RefCell::new(vec![]), trusting }
    }

    pub(super) fn touched(self) -> Vec<StreamKey> {
        self.touched.into_inner()
    }

    /// What was looked at so far: the aggregates' types and ids.
    pub fn looked_at(&self) -> Vec<(&'static str, Uuid)> {
        self.touched.borrow().iter().map(|key| (key.aggregate_type, key.uuid)).collect()
    }

    /// The aggregate and its version; version 0 means there is none yet.
    pub fn get<A: Aggregate>(&self, id: A::Id) -> Result<(&A, i64), Missing> {
        self.find::<A>(id, false)
    }

    /// The same for an id that was made just now: nothing is loaded to learn that there is nothing.
    pub fn fresh<A: Aggregate>(&self, id: A::Id) -> Result<(&A, i64), Missing> {
        self.find::<A>(id, self.trusting)
    }

    /// Asks for several at once, so that they are loaded together.
    pub fn all<A: Aggregate>(&self, ids: impl IntoIterator<Item = A::Id>) -> Result<(), Missing> {
        let mut wanted = vec![];
        for id in ids {
            if let Err(missing) = self.get::<A>(id) {
                wanted.extend(missing.wanted);
            }
        }
        if wanted.is_empty() { Ok(()) } else { Err(Missing { wanted }) }
    }

    fn find<A: Aggregate>(&self, id: A::Id, assume: bool) -> Result<(&A, i64), Missing> {
        let key = StreamKey { aggregate_type: A::TYPE, uuid: id.uuid() };
        if let Some(found) = self.cache.get::<A>(&key).filter(|_| assume || self.cache.knows(&key)) {
            let mut touched = self.touched.borrow_mut();
            if !touched.contains(&key) {
                touched.push(key);
            }
            return Ok(found);
        }
        Err(Missing {
            wanted: vec![Wanted { key, id: id.to_string(), absent: || Box::new(A::default()), assume }],
        })
    }
}

impl Missing {
    /// Both are missing.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.wanted.extend(other.wanted);
        self
    }
}

impl std::fmt::Debug for Desk<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Desk").finish_non_exhaustive()
    }
}
