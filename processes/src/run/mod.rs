//! Running one task: look at the state, ask the gateway if need be, record the answer by a command.

mod approve;
mod escrow;
mod expire;
mod inbox;
mod prepare;
mod refund;
mod refund_account;
mod register;
mod silence;
mod sync;

use ambient::Clock;
use chrono::{DateTime, Duration, Utc};
use commands::{AutoConfirm, ClaimFallsDue, Command, Commands, Context, Executed, Failure, Policy, Refusal};
use domain::{
    escrow::EscrowRefusal,
    id::{Id, OrderId, RefundId, SellerId},
};
pub use inbox::digest_of;
use store::{Fault, Feed, Recorded, vault::Vault};
pub use sync::{Source, SyncError, SyncOutcome};

use crate::{Gateways, Outside, Queue, Task, queue::Claimed};

/// When it is looked again whether a locked hold can be released.
const UNTIL_UNLOCKED: Duration = Duration::hours(1);

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
    feed: Feed,
}

tokio::task_local! {
    /// The position of the event that led to the task that is being run.
    static CAUSE: Option<i64>;
}

impl Runner {
    pub(crate) fn new(commands: Commands, queue: Queue, feed: Feed, outside: Outside) -> Self {
        let Outside { gateways, vault, policy } = outside;
        Self { commands, gateways, vault, queue, policy, feed }
    }

    pub(crate) fn clock(&self) -> &Clock {
        self.commands.clock()
    }

    pub(crate) fn gateways(&self) -> &Gateways {
        &self.gateways
    }

    pub(crate) async fn run(&self, claimed: &Claimed) -> Next {
        // A task's id begins with the position of its event; a webhook's does not.
        let cause = claimed.id.split_once('.').and_then(|(position, _)| position.parse().ok());
        CAUSE.scope(cause, self.run_because(claimed)).await
    }

    async fn run_because(&self, claimed: &Claimed) -> Next {
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
            Task::Confirm { order_id, seller_id } => self.confirm(order_id, seller_id).await,
        }
    }

    /// Confirms by the clock. Money that is locked is not released: the clock waits until it is free again.
    async fn confirm(&self, order_id: OrderId, seller_id: SellerId) -> Next {
        match self.dispatch("auto-confirm", AutoConfirm { order_id, seller_id }).await {
            Ok(_) => Next::Done,
            Err(Failure::Refused(Refusal::Escrow(EscrowRefusal::ExceedsHold { .. }))) => {
                Next::At(self.clock().now() + UNTIL_UNLOCKED, "part of the hold is locked".to_owned())
            }
            Err(Failure::Refused(refusal)) => {
                tracing::debug!(%order_id, %refusal, "nothing left to confirm");
                Next::Done
            }
            Err(Failure::Fault(fault)) => again(&fault),
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
        let context = Context::fresh(format!("system:{process}"));
        let context = match self.cause().await {
            Some(event) => context.because_of(event.event_id, event.metadata.correlation_id),
            None => context,
        };
        self.commands.dispatch(&context, command).await
    }

    /// The event that led to the task being run. It mostly was written a moment ago and is still in memory; a command
    /// is not kept back because its cause cannot be read.
    async fn cause(&self) -> Option<Recorded> {
        let position = CAUSE.try_with(|cause| *cause).ok().flatten()?;
        let read = self.feed.follow(position - 1, 1).await.ok()?.into_iter().next()?;
        self.feed.decode(&read).ok()
    }
}

fn again(fault: &Fault) -> Next {
    Next::Again(fault.to_string())
}
