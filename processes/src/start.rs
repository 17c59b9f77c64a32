//! The running processes, as the rest of the program sees them.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use commands::{Commands, Policy};
use domain::id::PaymentId;
use store::{Fault, Feed, vault::Vault};
use tokio::{
    sync::{oneshot, watch},
    task::JoinHandle,
};

use crate::{
    Gateways, Queue, Source, SyncError, SyncOutcome, follower,
    queue::keep,
    run::Runner,
    worker::{self, Progress},
};

/// What the processes work with beside commands.
#[derive(Clone)]
pub struct Outside {
    /// The gateways.
    pub gateways: Gateways,
    /// What opens the addresses that parcels go to.
    pub vault: Vault,
    /// The marketplace's rules.
    pub policy: Policy,
}

/// The running processes. They stop when this is dropped; what they had begun goes on at the next start.
pub struct Processes {
    runner: Arc<Runner>,
    queue: Queue,
    feed: Feed,
    progress: watch::Receiver<Progress>,
    running: Vec<JoinHandle<()>>,
}

impl Processes {
    /// Starts following and working.
    pub fn start(feed: Feed, queue: Queue, commands: Commands, outside: Outside) -> Self {
        let clock = commands.clock().clone();
        let runner = Arc::new(Runner::new(commands, queue.clone(), feed.clone(), outside));
        let (reached, heard) = watch::channel(0);
        let (settled, progress) = watch::channel(Progress::default());
        let (begin, begun) = oneshot::channel();
        let running = vec![
            tokio::spawn(follower::follow(feed.clone(), queue.clone(), reached, clock.clone())),
            tokio::spawn(keep(queue.clone(), clock, begin)),
            tokio::spawn(worker::work((Arc::clone(&runner), begun), queue.clone(), heard, settled)),
        ];
        Self { runner, queue, feed, progress, running }
    }

    /// Looks a payment up at its gateway and records what has become of it: the one way for browsers, webhooks,
    /// the poller and operators.
    pub async fn sync_payment(&self, payment: PaymentId, source: Source) -> Result<SyncOutcome, SyncError> {
        self.runner.sync(payment, source).await
    }

    /// Finds the payment behind a gateway's own transaction, by asking the gateways that can be asked so.
    pub async fn find_by_transaction(&self, transaction_id: &str) -> Option<PaymentId> {
        for gateway in self.runner.gateways().all() {
            if let Ok(Some(seen)) = gateway.lookup_transaction(transaction_id).await
                && let Some(payment_id) = PaymentId::from_gateway(&seen.id)
            {
                return Some(payment_id);
            }
        }
        None
    }

    /// Waits until a payment is not being approved any more, for so long at most.
    pub async fn approval_ends(&self, payment_id: PaymentId, within: Duration) -> Result<(), Fault> {
        let ends = async {
            loop {
                let head = self.feed.head();
                if self.runner.agreement_is_settled(payment_id).await? {
                    return Ok(());
                }
                self.feed.wait_beyond(head).await;
            }
        };
        tokio::time::timeout(within, ends).await.unwrap_or(Ok(()))
    }

    /// The configured gateways.
    pub fn gateways(&self) -> &Gateways {
        self.runner.gateways()
    }

    /// What is still to be done.
    pub fn queue(&self) -> &Queue {
        &self.queue
    }

    /// Waits until everything that was due when the log stood at `position` is done or put off.
    pub async fn settled(&self, position: i64) {
        // The worker lives as long as this.
        let _ = self.progress.clone().wait_for(|progress| progress.settled >= position).await;
    }

    /// Waits until, besides, everything that was due at `time` is done or put off: for who moves the clock. An idle
    /// worker looks up once a second.
    pub async fn settled_at(&self, position: i64, time: DateTime<Utc>) {
        let rung = *self.queue.bell().borrow();
        // The worker lives as long as this.
        let _ = self
            .progress
            .clone()
            .wait_for(|progress| progress.settled >= position && progress.at >= time && progress.rung >= rung)
            .await;
    }

    /// Whether follower and worker still run.
    pub fn is_running(&self) -> bool {
        self.running.iter().all(|task| !task.is_finished())
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        for task in &self.running {
            task.abort();
        }
    }
}
