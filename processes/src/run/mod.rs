//! Running one task: look at the state, ask the gateway if need be, record the answer by a command.

mod approve;
mod escrow;
mod expire;
mod inbox;
mod prepare;
mod refund;
mod register;
mod sync;

use ambient::Clock;
use chrono::{DateTime, Utc};
use commands::{AutoConfirm, ClaimFallsDue, Command, Commands, Context, Executed, Failure, Policy};
use domain::id::{Id, RefundId};
pub use inbox::digest_of;
use store::{Fault, vault::Vault};
pub use sync::{Source, SyncError, SyncOutcome};

use crate::{Gateways, Outside, Queue, Task, queue::Claimed};

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
    vault: Vault,
    queue: Queue,
    policy: Policy,
}

impl Runner {
    pub(crate) fn new(commands: Commands, queue: Queue, outside: Outside) -> Self {
        let Outside { gateways, vault, policy } = outside;
        Self { commands, gateways, vault, queue, policy }
    }

    pub(crate) fn clock(&self) -> &Clock {
        self.commands.clock()
    }

    pub(crate) fn gateways(&self) -> &Gateways {
        &self.gateways
    }

    pub(crate) async fn run(&self, claimed: &Claimed) -> Next {
        match claimed.task {
            Task::Approve { payment_id } => self.approve(payment_id, claimed.attempts).await,
            Task::Register { order_id, seller_id, shipment_id } => {
                self.register(order_id, (seller_id, shipment_id), claimed.attempts).await
            }
            Task::Mirror { order_id } => self.mirror(order_id).await,
            Task::ConfirmAtGateway { order_id } => self.confirm_at_gateway(order_id, claimed.attempts).await,
            Task::Inbox { inbox_id } => self.process(inbox_id).await,
            Task::Prepare { payment_id } => self.prepare(payment_id).await,
            Task::Poll { payment_id } => self.poll(payment_id).await,
            Task::Refund { payment_id, refund_id } => {
                self.refund(payment_id, refund_id, claimed.attempts).await
            }
            Task::Expire { order_id } => self.expire(order_id).await,
            Task::Claim { claim_id } => {
                let refund_id = RefundId::from_uuid(ambient::fresh_id());
                self.record("claim-deadline", ClaimFallsDue { claim_id, refund_id }).await
            }
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
