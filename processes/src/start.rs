//! The running processes, as the rest of the program sees them.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use commands::Commands;
use domain::id::PaymentId;
use store::Feed;
use tokio::{sync::watch, task::JoinHandle};

use crate::{
    Gateways, Queue, Source, SyncError, SyncOutcome, follower,
    run::Runner,
    worker::{self, Progress},
};

/// The running processes. They stop when this is dropped; what they had begun goes on at the next start.
pub struct Processes {
    runner: Arc<Runner>,
    queue: Queue,
    progress: watch::Receiver<Progress>,
    running: Vec<JoinHandle<()>>,
}

impl Processes {
    /// Starts following and working.
    pub fn start(feed: Feed, queue: Queue, commands: Commands, gateways: Gateways) -> Self {
        let clock = commands.clock().clone();
        let runner = Arc::new(Runner::new(commands, gateways));
        let (reached, heard) = watch::channel(0);
        let (settled, progress) = watch::channel(Progress::default());
        let running = vec![
            tokio::spawn(follower::follow(feed, queue.clone(), reached, clock)),
            tokio::spawn(worker::work(Arc::clone(&runner), queue.clone(), heard, settled)),
        ];
        Self { runner, queue, progress, running }
    }

    /// Looks a payment up at its gateway and records what has become of it: the one way for browsers, webhooks,
    /// the poller and operators.
    pub async fn sync_payment(&self, payment: PaymentId, source: Source) -> Result<SyncOutcome, SyncError> {
        self.runner.sync(payment, source).await
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
        // The worker lives as long as this.
        let _ = self
            .progress
            .clone()
            .wait_for(|progress| progress.settled >= position && progress.at >= time)
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
