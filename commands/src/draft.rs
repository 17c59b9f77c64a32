//! One aggregate while a unit is decided: each verb sees what the verbs before it made of it.

use domain::Aggregate;
use store::{Desk, Missing};

use crate::{Refusal, Step};

/// An aggregate and the events decided so far.
pub(crate) struct Draft<A: Aggregate> {
    id: A::Id,
    version: i64,
    pub(crate) state: A,
    events: Vec<A::Event>,
}

impl<A: Aggregate> Draft<A> {
    /// The aggregate as it is.
    pub(crate) fn of(desk: &Desk<'_>, id: A::Id) -> Result<Self, Missing> {
        let (state, version) = desk.get::<A>(id)?;
        Ok(Self { id, version, state: state.clone(), events: vec![] })
    }

    /// Decides the next verb on what the earlier ones made of it; answers with its events.
    pub(crate) fn then<R: Into<Refusal>>(
        &mut self,
        verb: impl FnOnce(&A) -> Result<Vec<A::Event>, R>,
    ) -> Result<Vec<A::Event>, Refusal> {
        let events = verb(&self.state).map_err(Into::into)?;
        for event in &events {
            self.state.evolve(event);
        }
        self.events.extend(events.iter().cloned());
        Ok(events)
    }

    /// Which aggregate it is.
    pub(crate) const fn id(&self) -> A::Id {
        self.id
    }

    /// Whether anything happened.
    pub(crate) const fn is_changed(&self) -> bool {
        !self.events.is_empty()
    }

    /// Adds what happened to the unit.
    pub(crate) fn into_step<T>(self, step: &mut Step<T>) {
        step.with::<A>(self.id, self.version, self.events);
    }

    /// Begins the unit: the caller is told this aggregate's version.
    pub(crate) fn begin<T>(self, answer: T) -> Step<T> {
        Step::on::<A>(self.id, self.version, self.events, answer)
    }
}
