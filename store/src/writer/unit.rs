//! What a decision writes: the events of several aggregates, all or none.

use std::{any::Any, fmt::Write};

use domain::{Aggregate, Event, id::Id};
use serde_json::value::RawValue;

use super::{
    cache::{Cache, State, StreamKey},
    desk::Wanted,
};

/// What a command does and what it is answered.
#[derive(Debug)]
pub struct Decision {
    /// The events, all or none.
    pub unit: Unit,
    /// The answer, kept word for word.
    pub outcome: Box<RawValue>,
}

/// Events of one or several aggregates that are appended together.
#[derive(Debug, Default)]
pub struct Unit {
    pub(super) members: Vec<Member>,
}

/// One aggregate's part of a unit.
pub(super) struct Member {
    pub key: StreamKey,
    pub version: i64,
    pub events: Box<dyn Events>,
}

impl Unit {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an aggregate's events, decided at `version`. None at all still checks the version.
    pub fn record<A: Aggregate>(&mut self, id: A::Id, version: i64, events: Vec<A::Event>) {
        let key = StreamKey { aggregate_type: A::TYPE, uuid: id.uuid() };
        self.members.push(Member { key, version, events: Box::new(Typed::<A> { id, events }) });
    }

    /// The members that are not in memory. An empty stream may be assumed once, if it is written to.
    pub(super) fn unseen(&self, cache: &Cache, trusting: bool) -> Vec<Wanted> {
        let written = |member: &Member| trusting && member.version == 0 && member.events.count() > 0;
        let is_seen = |member: &Member| match cache.version(&member.key) {
            Some(_) => cache.knows(&member.key) || written(member),
            None => false,
        };
        let unseen = self.members.iter().filter(|member| !is_seen(member));
        unseen
            .map(|member| {
                let mut id = String::new();
                member.events.write_id(&mut id);
                Wanted { key: member.key, id, absent: member.events.absent(), assume: written(member) }
            })
            .collect()
    }

    /// How many events there are.
    pub fn len(&self) -> usize {
        self.members.iter().map(|member| member.events.count()).sum()
    }

    /// Whether nothing happens.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl std::fmt::Debug for Member {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Member")
            .field("stream", &self.key)
            .field("version", &self.version)
            .field("events", &self.events.count())
            .finish()
    }
}

/// Events of whatever aggregate.
pub(super) trait Events: Send {
    fn count(&self) -> usize;
    fn write_id(&self, text: &mut String);
    /// The name and version of the event at `index`; its payload goes into `bytes`.
    fn write(&self, index: usize, bytes: &mut Vec<u8>) -> Result<(&'static str, &'static str), String>;
    fn evolve(&self, state: &mut dyn Any);
    fn absent(&self) -> fn() -> Box<dyn State>;
}

struct Typed<A: Aggregate> {
    id: A::Id,
    events: Vec<A::Event>,
}

impl<A: Aggregate> Events for Typed<A> {
    fn count(&self) -> usize {
        self.events.len()
    }

    fn write_id(&self, text: &mut String) {
        // Writing into a text cannot fail.
        let _ = write!(text, "{}", self.id);
    }

    fn write(&self, index: usize, bytes: &mut Vec<u8>) -> Result<(&'static str, &'static str), String> {
        let event = self.events.get(index).ok_or("no such event")?;
        serde_json::to_writer(bytes, event).map_err(|error| error.to_string())?;
        Ok((event.name(), event.version()))
    }

    fn evolve(&self, state: &mut dyn Any) {
        if let Some(state) = state.downcast_mut::<A>() {
            for event in &self.events {
                state.evolve(event);
            }
        }
    }

    fn absent(&self) -> fn() -> Box<dyn State> {
        || Box::new(A::default())
    }
}
