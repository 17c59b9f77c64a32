//! Our aggregates in cqrs-es's clothes.

use cqrs_es::{DomainEvent, EventEnvelope, View, event_sink::EventSink};
use domain::{Aggregate, Event};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// One of our aggregates.
#[derive(Debug, Default, Clone)]
pub struct Stock<A>(pub A);

/// One of our events, stored as ours are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent, bound = "E: Event")]
pub struct Told<E>(pub E);

/// A command: one of our decisions.
pub type Decision<A> = Box<dyn FnOnce(&A) -> Result<Vec<<A as Aggregate>::Event>, String> + Send>;

/// A decision's no.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct No(pub String);

impl<E: Event> DomainEvent for Told<E> {
    fn event_type(&self) -> String {
        self.0.name().to_owned()
    }

    fn event_version(&self) -> String {
        self.0.version().to_owned()
    }
}

impl<A: Aggregate> cqrs_es::Aggregate for Stock<A> {
    const TYPE: &'static str = A::TYPE;
    type Command = Decision<A>;
    type Event = Told<A::Event>;
    type Error = No;
    type Services = ();

    async fn handle(&mut self, decide: Decision<A>, (): &(), sink: &EventSink<Self>) -> Result<(), No> {
        for event in decide(&self.0).map_err(No)? {
            sink.write(Told(event), self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: Told<A::Event>) {
        self.0.evolve(&event.0);
    }
}

// States are stored by snapshots only, and the event store makes none.
impl<A> Serialize for Stock<A> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_unit()
    }
}

impl<'de, A: Default> Deserialize<'de> for Stock<A> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        <()>::deserialize(from).map(|()| Self::default())
    }
}

/// The one view: how far the stream is.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Summary {
    events: usize,
    last: String,
}

impl<A: Aggregate> View<Stock<A>> for Summary {
    fn update(&mut self, event: &EventEnvelope<Stock<A>>) {
        self.events = event.sequence;
        event.payload.0.name().clone_into(&mut self.last);
    }
}
