//! What all the sandbox's servers share.

use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

use ambient::Clock;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::{mpsc, watch};

use crate::{
    StartError,
    book::Book,
    config::{Channel, SandboxConfig},
    faults::Faults,
    ids::Ids,
    journal::Journal,
    portone_v2::{Idempotency, Tokens},
    request_log::RequestLog,
    webhooks::{Job, Outbox, Signer},
};

/// How long a call that is meant to time out is held at most.
const LONGEST_SILENCE: TimeDelta = TimeDelta::minutes(10);

/// The shared state.
#[derive(Debug)]
pub struct App {
    pub config: SandboxConfig,
    pub book: Book,
    pub faults: Faults,
    pub ids: Ids,
    pub log: RequestLog,
    pub idempotency: Idempotency,
    pub tokens: Tokens,
    pub outbox: Outbox,
    pub journal: Journal,
    webhook_url: RwLock<Option<String>>,
    stopped: watch::Receiver<bool>,
}

impl App {
    pub fn new(
        config: SandboxConfig,
        book: Book,
        journal: Journal,
        stopped: watch::Receiver<bool>,
    ) -> Result<(Self, mpsc::Receiver<Job>), StartError> {
        let signer = Signer::new(&config.secrets.webhook).ok_or(StartError::Secret)?;
        let (outbox, jobs) = Outbox::new(signer)?;
        let app = Self {
            book,
            journal,
            faults: Faults::new(config.seed),
            ids: Ids::new(config.seed),
            log: RequestLog::new(config.request_log),
            idempotency: Idempotency::default(),
            tokens: Tokens::default(),
            outbox,
            webhook_url: RwLock::new(config.webhook_url.clone()),
            stopped,
            config,
        };
        Ok((app, jobs))
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.config.clock.now()
    }

    pub fn channel(&self, key: &str) -> Option<&Channel> {
        self.config.channels.iter().find(|channel| channel.key == key)
    }

    pub fn webhook_url(&self) -> Option<String> {
        self.webhook_url.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn set_webhook_url(&self, url: Option<String>) {
        *self.webhook_url.write().unwrap_or_else(PoisonError::into_inner) = url;
    }

    /// Returns when the sandbox is stopped.
    pub async fn stopped(&self) {
        // The sender lives in `Running`; if it is gone, so is the sandbox.
        drop(self.stopped.clone().wait_for(|stopped| *stopped).await);
    }

    /// Says nothing for as long as any client waits.
    pub async fn silence(&self) {
        let clock = Clock::system();
        tokio::select! {
            () = self.stopped() => {}
            () = clock.sleep(LONGEST_SILENCE) => {}
        }
    }
}

/// Locks; a panic of another holder leaves data that is still good enough for a sandbox.
pub fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
