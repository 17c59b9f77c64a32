//! What all the sandbox's servers share.

use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

use ambient::Clock;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::{mpsc, watch};

use crate::{
    StartError,
    book::Book,
    config::{Channel, SandboxConfig, WebhookUrls},
    faults::Faults,
    idempotency::Idempotency,
    ids::Ids,
    journal::Journal,
    nicepay, portone_v1,
    portone_v2::Tokens,
    protocol::Protocol,
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
    pub portone_v1: portone_v1::Tokens,
    pub nicepay: nicepay::Memory,
    webhook_urls: RwLock<WebhookUrls>,
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
            portone_v1: portone_v1::Tokens::default(),
            nicepay: nicepay::Memory::default(),
            webhook_urls: RwLock::new(config.webhook_urls.clone()),
            stopped,
            config,
        };
        Ok((app, jobs))
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.config.clock.now()
    }

    /// The channel of that key, or of the PG that PortOne V1 calls so.
    pub fn channel(&self, key: &str) -> Option<&Channel> {
        let is = |channel: &&Channel| channel.key == key || portone_v1::pg_code(&channel.pg_provider) == key;
        self.config.channels.iter().find(is)
    }

    /// The shop's own name, as the protocol calls it.
    pub fn store_of(&self, protocol: Protocol) -> &str {
        match protocol {
            Protocol::PortoneV1 => &self.config.secrets.imp_code,
            Protocol::PortoneV2 => &self.config.store_id,
            Protocol::Nicepay => &self.config.secrets.nicepay_client_key,
            Protocol::Toss => &self.config.secrets.toss_client_key,
        }
    }

    pub fn payment_id(&self, protocol: Protocol, order_id: &str, number: usize) -> String {
        protocol.dialect().payment_id(self, order_id, number)
    }

    pub fn webhook_url(&self, protocol: Protocol) -> Option<String> {
        self.webhook_urls.write().unwrap_or_else(PoisonError::into_inner).of(protocol).clone()
    }

    pub fn set_webhook_url(&self, protocol: Protocol, url: Option<String>) {
        *self.webhook_urls.write().unwrap_or_else(PoisonError::into_inner).of(protocol) = url;
    }

    pub fn set_webhook_urls(&self, urls: WebhookUrls) {
        *self.webhook_urls.write().unwrap_or_else(PoisonError::into_inner) = urls;
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
