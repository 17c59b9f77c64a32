//! The one way from a command to its answer.

use ambient::Clock;
use domain::Aggregate;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use store::{Decision, Desk, Fault, Unit, Writer};
use thiserror::Error;

use crate::{Command, Context, Refusal, Step, Stop};

/// Takes commands to the log. Cheap to clone.
#[derive(Clone)]
pub struct Commands {
    writer: Writer,
    clock: Clock,
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
        Self { writer, clock }
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
        let decide = move |desk: &Desk<'_>| match command.decide(desk, now) {
            Ok(Step { unit, version, answer }) => Ok(decision(unit, &Outcome::Done { version, answer })),
            Err(Stop::Missing(missing)) => Err(missing),
            Err(Stop::Refused(refusal)) => Ok(decision(Unit::new(), &Outcome::<()>::Refused(refusal))),
        };
        let receipt = self.writer.submit(envelope, Box::new(decide)).await?;
        let outcome = read::<Outcome<C::Answer>>(&receipt.outcome)?;
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

fn decision<T: Serialize>(unit: Unit, outcome: &Outcome<T>) -> Decision {
    // An answer is a plain struct of ours: writing it cannot fail, and if it ever did the caller still needs one.
    let outcome = serde_json::value::to_raw_value(outcome).unwrap_or_else(|_| RawValue::NULL.to_owned());
    Decision { unit, outcome }
}

fn read<T: DeserializeOwned>(outcome: &RawValue) -> Result<T, Fault> {
    serde_json::from_str(outcome.get()).map_err(|error| Fault::Unreadable(error.to_string()))
}
