//! What handlers work with.

use std::{ops::Deref, sync::Arc, time::Duration};

use ambient::Clock;
use axum::extract::FromRef;
use commands::{Commands, Policy};
use processes::Processes;
use projections::{Projection, Views};
use store::{Feed, Log, audit::SealKey, vault::Vault};
use tokio::sync::{Semaphore, watch};

use crate::{
    auth::{Accounts, Tokens},
    console::Console,
    extract::AtLeast,
    parcels::Parcels,
    problem::{Kind, Problem},
    routes::live::Parties,
};

/// How long a query waits for the position it was asked for.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long a query that asks for no position waits for a view that is this close.
const A_MOMENT: Duration = Duration::from_millis(100);
/// Events.
const A_MOMENT_AGO: i64 = 1_000;

/// Everything a handler may need. Cheap to clone.
#[derive(Clone)]
pub struct Services(Arc<Parts>);

/// The parts.
pub struct Parts {
    /// Takes commands.
    pub commands: Commands,
    /// Answers queries.
    pub views: Views,
    /// Seals and opens personal data.
    pub vault: Vault,
    /// Opens accounts and lets people in.
    pub accounts: Accounts,
    /// Signs and verifies tokens.
    pub tokens: Tokens,
    /// Syncs payments; knows the gateways.
    pub processes: Processes,
    /// The log itself, for auditors and health.
    pub log: Log,
    /// Reads the log by position.
    pub feed: Feed,
    /// Signs checkpoints and receipts.
    pub seal_key: SealKey,
    /// One verification of the log at a time.
    pub verifying: Semaphore,
    /// Which orders parcels belong to.
    pub parcels: Parcels,
    /// Whom events are for.
    pub parties: Parties,
    /// So many pages listen at once.
    pub listeners: Arc<Semaphore>,
    /// Becomes true when the server is about to stop.
    pub stopping: watch::Receiver<bool>,
    /// The console's files.
    pub console: Console,
    /// The marketplace's rules.
    pub policy: Policy,
    /// The time.
    pub clock: Clock,
    /// Where browsers reach this server.
    pub public_url: String,
    /// Whether gateways reach it there.
    pub reachable: bool,
}

impl Services {
    /// Puts the parts together.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// The views, once `projection` has come to the position asked for.
    pub async fn views_at(&self, projection: Projection, at_least: AtLeast) -> Result<&Views, Problem> {
        if at_least.0 > 0 {
            let patience = self.patience(at_least.0).await;
            self.views.wait_for_one(projection, at_least.0, patience).await.map_err(|behind| {
                Problem::new(Kind::ViewBehind, behind.to_string()).with("position", behind.have)
            })?;
        } else {
            self.catch_up_a_little(projection).await;
        }
        Ok(&self.views)
    }

    /// Who names no position wants to see what was done a moment ago all the same, and gets what there is if the view
    /// is further behind.
    async fn catch_up_a_little(&self, projection: Projection) {
        let head = self.feed.head();
        if head - self.views.position() <= A_MOMENT_AGO {
            let _ = self.views.wait_for_one(projection, head, A_MOMENT).await;
        }
    }

    /// A position that the log has not reached was given by no command: waiting for it would be in vain.
    async fn patience(&self, position: i64) -> Duration {
        if position <= self.feed.head() {
            return PATIENCE;
        }
        match self.log.head().await {
            Ok(head) if head.position < position => Duration::ZERO,
            Ok(_) | Err(_) => PATIENCE,
        }
    }
}

impl Deref for Services {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl FromRef<Services> for Tokens {
    fn from_ref(services: &Services) -> Self {
        services.tokens.clone()
    }
}
