//! The two traits every aggregate keeps: a state folded from events, and events with a stable name.

use std::fmt::Debug;

use serde::{Serialize, de::DeserializeOwned};

use crate::id::Id;

/// A fact in the past tense. Its serialised form is the storage format: frozen once released.
pub trait Event: Serialize + DeserializeOwned + Clone + Debug + PartialEq + Send + Sync + 'static {
    /// The event's name in the log, for example `OrderCreated`.
    fn name(&self) -> &'static str;

    /// The version of the payload's shape; raised only together with an upcaster.
    fn version(&self) -> &'static str {
        "1"
    }
}

/// A consistency boundary: the fold of one stream of events.
///
/// `evolve` only folds, it never refuses: an old event must replay under new rules. A state is serialised to be shown
/// to an auditor and never to be stored.
pub trait Aggregate: Default + Clone + Debug + PartialEq + Serialize + Send + Sync + 'static {
    /// The stream's type in the log, for example `order`.
    const TYPE: &'static str;
    /// The stream's id.
    type Id: Id;
    /// The stream's events.
    type Event: Event;

    /// Folds one event into the state.
    fn evolve(&mut self, event: &Self::Event);

    /// Folds a whole history from nothing.
    fn replay<'a>(events: impl IntoIterator<Item = &'a Self::Event>) -> Self {
        let mut state = Self::default();
        for event in events {
            state.evolve(event);
        }
        state
    }
}
