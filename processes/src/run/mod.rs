//! Running one task: look at the state, ask the gateway if need be, record the answer by a command.

mod expire;
mod prepare;
mod refund;
mod sync;

use ambient::Clock;
use chrono::{DateTime, Utc};
use commands::{AutoConfirm, Command, Commands, Context, Executed, Failure};
use store::Fault;
pub use sync::{Source, SyncError, SyncOutcome};

use crate::{Gateways, Task};

/// What to do with a task that was run.
#[derive(Debug)]
pub(crate) enum Next {
    /// Forget it.
    Done,
    /// Run it again then; nothing went wrong.
    At(DateTime<Utc>, String),
    /// Run it again later; this went wrong.
    Again(String),
}

/// Everything a task needs to run.
pub(crate) struct Runner {
    commands: Commands,
    gateways: Gateways,
}

impl Runner {
    pub(crate) fn new(commands: Commands, gateways: Gateways) -> Self {
        Self { commands, gateways }
    }

    pub(crate) fn clock(&self) -> &Clock {
        self.commands.clock()
    }

    pub(crate) fn gateways(&self) -> &Gateways {
        &self.gateways
    }

    pub(crate) async fn run(&self, task: Task) -> Next {
        match task {
            Task::Prepare { payment_id } => self.prepare(payment_id).await,
            Task::Poll { payment_id } => self.poll(payment_id).await,
            Task::Refund { payment_id, refund_id } => self.refund(payment_id, refund_id).await,
            Task::Expire { order_id } => self.expire(order_id).await,
            Task::Confirm { order_id, seller_id } => {
                self.record("auto-confirm", AutoConfirm { order_id, seller_id }).await
            }
        }
    }

    /// Dispatches a command whose refusal means that there is nothing left to do.
    async fn record<C: Command>(&self, process: &str, command: C) -> Next {
        match self.dispatch(process, command).await {
            Ok(_) => Next::Done,
            Err(Failure::Refused(refusal)) => {
                tracing::debug!(process, %refusal, "nothing left to do");
                Next::Done
            }
            Err(Failure::Fault(fault)) => again(&fault),
        }
    }

    async fn dispatch<C: Command>(&self, process: &str, command: C) -> Result<Executed<C::Answer>, Failure> {
        self.commands.dispatch(&Context::fresh(format!("system:{process}")), command).await
    }
}

fn again(fault: &Fault) -> Next {
    Next::Again(fault.to_string())
}
