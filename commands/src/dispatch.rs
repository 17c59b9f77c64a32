//! The one way from a command to its answer.

use std::sync::{Arc, Mutex, PoisonError};

use ambient::Clock;
use chrono::{DateTime, Utc};
use domain::Aggregate;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use store::{
    Decision, Desk, Fault, Unit, Writer,
    refusals::{Refusals, Refused},
};
use thiserror::Error;
use uuid::Uuid;

use crate::{Command, Context, Refusal, Step, Stop};

/// Takes commands to the log. Cheap to clone.
#[derive(Clone)]
pub struct Commands {
    writer: Writer,
    clock: Clock,
    refusals: Option<Refusals>,
}

/// A command that happened.
#[derive(Debug)]
pub struct Executed<T> {
    /// What the caller is told.
    pub answer: T,
    /// The version of the aggregate the command was about.
    pub version: i64,
    /// A position of the log at which everything the answer tells is visible.
    pub position: i64,
    /// Whether the answer is that of an earlier, identical command.
    pub replayed: bool,
}

/// A command that did not happen.
#[derive(Debug, Error)]
pub enum Failure {
    /// It was refused; asking again will not help while things stand so.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It could not be dealt with; asking again may help.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// What a receipt keeps. The answer's bytes stay as they were first given.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Outcome<T> {
    Done { version: i64, answer: T },
    Refused(Refusal),
}

impl Commands {
    /// Commands that append through `writer` and date by `clock`.
    pub fn new(writer: Writer, clock: Clock) -> Self {
        Self { writer, clock, refusals: None }
    }

    /// The same, and what is refused is remembered.
    #[must_use]
    pub fn remembering(self, refusals: Refusals) -> Self {
        Self { refusals: Some(refusals), ..self }
    }

    /// Decides `command` on current states and appends what it decided, once.
    pub async fn dispatch<C: Command>(
        &self,
        context: &Context,
        command: C,
    ) -> Result<Executed<C::Answer>, Failure> {
        let now = self.clock.now();
        let envelope = store::Command {
            id: context.command_id,
            fingerprint: context.fingerprint,
            metadata: context.metadata(),
            now,
            keep: context.keep,
        };
        let about: About = Arc::default();
        let looked_at = self.refusals.is_some().then(|| about.clone());
        let decide = move |desk: &Desk<'_>| match command.decide(desk, now) {
            Ok(Step { unit, version, answer }) => Ok(decision(unit, &Outcome::Done { version, answer })),
            Err(Stop::Missing(missing)) => Err(missing),
            Err(Stop::Refused(refusal)) => {
                if let Some(looked_at) = &looked_at {
                    *looked_at.lock().unwrap_or_else(PoisonError::into_inner) = desk.looked_at();
                }
                Ok(decision(Unit::new(), &Outcome::<()>::Refused(refusal)))
            }
        };
        let receipt = self.writer.submit(envelope, Box::new(decide)).await?;
        let outcome = read::<Outcome<C::Answer>>(&receipt.outcome)?;
        if let (Outcome::Refused(refusal), Some(refusals), false) =
            (&outcome, &self.refusals, receipt.replayed)
        {
            refusals.record(remembered::<C>(context, refusal, &about, (now, receipt.position)));
        }
        match outcome {
            Outcome::Done { version, answer } => {
                Ok(Executed { answer, version, position: receipt.position, replayed: receipt.replayed })
            }
            Outcome::Refused(refusal) => Err(Failure::Refused(refusal)),
        }
    }

    /// The latest committed state of one aggregate, and its version (0 where it does not exist).
    pub async fn load<A: Aggregate>(&self, id: A::Id) -> Result<(A, i64), Fault> {
        self.writer.load::<A>(id).await
    }

    /// The clock commands are dated by.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }
}

/// The aggregates that a refused decision looked at.
type About = Arc<Mutex<Vec<(&'static str, Uuid)>>>;

/// A refusal without its data, which may be personal.
fn remembered<C: Command>(
    context: &Context,
    refusal: &Refusal,
    about: &About,
    (recorded_at, position): (DateTime<Utc>, i64),
) -> Refused {
    let about = about.lock().unwrap_or_else(PoisonError::into_inner);
    let about: Vec<String> = about.iter().map(|(kind, uuid)| format!("{kind}:{uuid}")).collect();
    let command = std::any::type_name::<C>();
    Refused {
        refusal_id: ambient::fresh_id(),
        recorded_at,
        actor: context.actor.clone(),
        command: command.rsplit("::").next().unwrap_or(command).to_owned(),
        about: about.join(" "),
        code: refusal.code(),
        command_id: context.command_id,
        correlation_id: context.correlation_id,
        position,
    }
}

fn decision<T: Serialize>(unit: Unit, outcome: &Outcome<T>) -> Decision {
    // An answer is a plain struct of ours: writing it cannot fail, and if it ever did the caller still needs one.
    let outcome = serde_json::value::to_raw_value(outcome).unwrap_or_else(|_| RawValue::NULL.to_owned());
    Decision { unit, outcome }
}

fn read<T: DeserializeOwned>(outcome: &RawValue) -> Result<T, Fault> {
    serde_json::from_str(outcome.get()).map_err(|error| Fault::Unreadable(error.to_string()))
}
