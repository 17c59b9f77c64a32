//! Webhooks: made when a payment changes, signed when they leave, sent again by the ladder until taken.
//!
//! One task keeps the ladder and the sends that are under way; it ends with the sandbox. Waits are on the
//! sandbox's clock, without jitter, so a test that moves the clock knows what comes.

mod sign;

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    sync::{Arc, Mutex, Once},
    time::Duration,
};

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use reqwest::Client;
pub use sign::Signer;
use tokio::{sync::mpsc, task::JoinSet};

use crate::{
    app::{App, hold},
    faults::Fault,
    payment::{Payment, WebhookOutcome, WebhookRecord},
};

/// Minutes after a failed send; then it is given up.
const LADDER: [i64; 5] = [1, 4, 16, 64, 256];
/// How often a webhook is sent in all.
pub const MAX_SENDS: u32 = 6;
/// How long the shop may take, for the connection and for the answer.
const SEND_LIMIT: Duration = Duration::from_secs(30);
/// How many webhooks may wait to be sent for the first time.
const MAX_WAITING: usize = 200_000;
/// How old a stale webhook is.
const STALE: TimeDelta = TimeDelta::minutes(10);

/// One webhook to send.
#[derive(Debug, Clone)]
pub struct Job {
    payment_id: String,
    webhook_id: String,
    url: String,
    body: Bytes,
    sends: u32,
    forged: bool,
    stale: bool,
}

/// Where webhooks go to be sent.
#[derive(Debug)]
pub struct Outbox {
    queue: mpsc::Sender<Job>,
    client: Client,
    signer: Signer,
    /// A webhook that is held back until the next one went.
    held: Mutex<Option<Job>>,
}

impl Outbox {
    pub fn new(signer: Signer) -> reqwest::Result<(Self, mpsc::Receiver<Job>)> {
        static ONCE: Once = Once::new();
        // Whoever installed a provider before had the same one to choose from.
        ONCE.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
        let client = Client::builder()
            .connect_timeout(SEND_LIMIT)
            .timeout(SEND_LIMIT)
            .redirect(reqwest::redirect::Policy::none())
            .pool_max_idle_per_host(64)
            .tcp_nodelay(true)
            .no_proxy()
            .user_agent("escrow-sandbox")
            .build()?;
        let (queue, jobs) = mpsc::channel(MAX_WAITING);
        Ok((Self { queue, client, signer, held: Mutex::new(None) }, jobs))
    }

    fn enqueue(&self, job: Job, fault: Option<Fault>) {
        match fault {
            Some(Fault::Drop) => return,
            Some(Fault::Reorder) => {
                *hold(&self.held) = Some(job);
                return;
            }
            Some(Fault::Duplicate) => {
                self.send(job.clone());
                self.send(job);
            }
            Some(Fault::Forge) => self.send(Job { forged: true, ..job }),
            Some(Fault::Stale) => self.send(Job { stale: true, ..job }),
            // The other faults are of calls; a rule that names them for a webhook changes nothing.
            Some(_) | None => self.send(job),
        }
        if let Some(held) = hold(&self.held).take() {
            self.send(held);
        }
    }

    fn send(&self, job: Job) {
        if self.queue.try_send(job).is_err() {
            tracing::warn!("a webhook is lost: too many are waiting, or the sandbox stops");
        }
    }
}

impl App {
    /// Makes a webhook about `payment` and sends it to every address that wants it.
    pub fn announce(&self, payment: &mut Payment, kind: &'static str, status: &'static str, body: &Bytes) {
        let urls = if payment.terms.notice_urls.is_empty() {
            self.webhook_url().into_iter().collect()
        } else {
            payment.terms.notice_urls.clone()
        };
        for url in urls {
            let id = self.ids.id("webhook", &payment.id, payment.announced);
            payment.announced += 1;
            payment.webhooks.push(WebhookRecord {
                id: id.clone(),
                kind,
                status,
                url: url.clone(),
                body: body.clone(),
                sent: 0,
                resent: 0,
                outcome: WebhookOutcome::Waiting,
                at: self.now(),
            });
            let job = Job::new(&payment.id, id, url, body.clone());
            self.outbox.enqueue(job, self.faults.of_webhook(kind, &payment.id));
        }
    }

    /// Sends a webhook again because somebody asked.
    pub fn resend(&self, payment_id: &str, record: &WebhookRecord) {
        let job = Job::new(payment_id, record.id.clone(), record.url.clone(), record.body.clone());
        self.outbox.enqueue(job, self.faults.of_webhook(record.kind, payment_id));
    }

    fn note(&self, job: &Job, outcome: WebhookOutcome) {
        let Some(slot) = self.book.find(&job.payment_id) else {
            return;
        };
        let mut entry = hold(&slot);
        let records =
            entry.payment.as_mut().map(|payment| payment.webhooks.as_mut_slice()).unwrap_or_default();
        if let Some(record) = records.iter_mut().find(|record| record.id == job.webhook_id) {
            record.sent += 1;
            record.outcome = outcome;
        }
    }
}

impl Job {
    fn new(payment_id: &str, webhook_id: String, url: String, body: Bytes) -> Self {
        Self {
            payment_id: payment_id.to_owned(),
            webhook_id,
            url,
            body,
            sends: 0,
            forged: false,
            stale: false,
        }
    }
}

/// A webhook that waits for its next send; ordered by time, then by when it came.
#[derive(Debug)]
struct Waiting(DateTime<Utc>, u64, Job);

impl PartialEq for Waiting {
    fn eq(&self, other: &Self) -> bool {
        (self.0, self.1) == (other.0, other.1)
    }
}
impl Eq for Waiting {}
impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Waiting {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.0, self.1).cmp(&(other.0, other.1))
    }
}

/// Sends webhooks until the sandbox stops.
pub async fn deliver(app: Arc<App>, mut jobs: mpsc::Receiver<Job>) {
    let limit = app.config.webhook_concurrency.max(1);
    let mut under_way = JoinSet::new();
    let mut ladder = BinaryHeap::new();
    let mut number = 0;
    loop {
        let room = under_way.len() < limit;
        let due = ladder.peek().map(|Reverse(Waiting(at, ..))| *at);
        tokio::select! {
            () = app.stopped() => break,
            Some(ended) = under_way.join_next(), if !under_way.is_empty() => {
                if let Ok(Some((at, job))) = ended {
                    number += 1;
                    ladder.push(Reverse(Waiting(at, number, job)));
                }
            }
            Some(job) = jobs.recv(), if room => {
                under_way.spawn(send(Arc::clone(&app), job));
            }
            () = wait_until(&app, due), if room && due.is_some() => {
                if let Some(Reverse(Waiting(_, _, job))) = ladder.pop() {
                    under_way.spawn(send(Arc::clone(&app), job));
                }
            }
        }
    }
    under_way.shutdown().await;
}

async fn wait_until(app: &App, due: Option<DateTime<Utc>>) {
    if let Some(due) = due {
        app.config.clock.sleep_until(due).await;
    }
}

/// Sends once; answers when to send again, if it was not taken and the ladder goes on.
async fn send(app: Arc<App>, mut job: Job) -> Option<(DateTime<Utc>, Job)> {
    let now = app.now();
    let signed_at = if job.stale { now - STALE } else { now };
    let signature = app.outbox.signer.sign(&job.webhook_id, signed_at, &job.body, job.forged);
    let answer = app
        .outbox
        .client
        .post(&job.url)
        .header("content-type", "application/json")
        .header("webhook-id", &job.webhook_id)
        .header("webhook-timestamp", signed_at.timestamp())
        .header("webhook-signature", signature)
        .body(job.body.clone())
        .send()
        .await;
    let outcome = match answer {
        Ok(answer) => {
            let status = answer.status();
            // Read to the end, or the connection cannot be used again.
            drop(answer.bytes().await);
            if status.is_success() {
                WebhookOutcome::Delivered { status: status.as_u16() }
            } else {
                WebhookOutcome::Refused { status: status.as_u16() }
            }
        }
        Err(error) => {
            tracing::debug!(%error, "a webhook was not answered");
            WebhookOutcome::Unanswered
        }
    };
    app.note(&job, outcome);
    if let WebhookOutcome::Delivered { .. } = outcome {
        return None;
    }
    let minutes = usize::try_from(job.sends).ok().and_then(|sends| LADDER.get(sends))?;
    job.sends += 1;
    Some((now + TimeDelta::minutes(*minutes), job))
}
