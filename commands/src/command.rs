//! What a command is, and what its decision may come to.

use chrono::{DateTime, Utc};
use domain::Aggregate;
use serde::{Serialize, de::DeserializeOwned};
use store::{Desk, Missing, Unit};

use crate::Refusal;

/// Something asked of the ledger. Pure: it may be decided more than once before it happens once.
pub trait Command: Send + 'static {
    /// What the caller is told when it happened.
    type Answer: Serialize + DeserializeOwned + Send;

    /// Decides on current states; `now` is the time the command was taken in.
    fn decide(&self, desk: &Desk<'_>, now: DateTime<Utc>) -> Result<Step<Self::Answer>, Stop>;
}

/// A decision: the events of one unit, and the answer.
#[derive(Debug)]
pub struct Step<T> {
    pub(crate) unit: Unit,
    pub(crate) version: i64,
    pub(crate) answer: T,
}

/// Why there is no decision.
#[derive(Debug)]
pub enum Stop {
    /// A stream must be loaded first; the command is then decided anew.
    Missing(Missing),
    /// No.
    Refused(Refusal),
}

impl From<Missing> for Stop {
    fn from(missing: Missing) -> Self {
        Self::Missing(missing)
    }
}

impl<R: Into<Refusal>> From<R> for Stop {
    fn from(refusal: R) -> Self {
        Self::Refused(refusal.into())
    }
}

impl<T> Step<T> {
    /// A decision about the aggregate `id`, whose new version the caller is told, and possibly others.
    pub(crate) fn on<A: Aggregate>(id: A::Id, version: i64, events: Vec<A::Event>, answer: T) -> Self {
        let mut unit = Unit::new();
        let version_after = version.saturating_add(i64::try_from(events.len()).unwrap_or(i64::MAX));
        unit.record::<A>(id, version, events);
        Self { unit, version: version_after, answer }
    }

    /// Adds another aggregate's events to the unit.
    pub(crate) fn with<A: Aggregate>(&mut self, id: A::Id, version: i64, events: Vec<A::Event>) {
        self.unit.record::<A>(id, version, events);
    }
}
