//! Webhooks: made when a payment changes, signed when they leave, sent again by the ladder until taken.
//!
//! How they are signed, sent again and taken differs by protocol: see [`manner`].
//!
//! One task keeps the ladder and the sends that are under way; it ends with the sandbox. Waits are on the
//! sandbox's clock, without jitter, so a test that moves the clock knows what comes.

mod manner;
mod sign;

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    sync::{Arc, Mutex, Once},
    time::Duration,
};

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
pub use manner::MAX_SENDS;
use reqwest::{Client, RequestBuilder};
pub use sign::Signer;
use tokio::{sync::mpsc, task::JoinSet};

use crate::{
    app::{App, hold},
    faults::Fault,
    payment::{Payment, WebhookOutcome, WebhookRecord},
    protocol::Protocol,
};

/// How long the shop may take, for the connection and for the answer.
const SEND_LIMIT: Duration = Duration::from_secs(30);
/// How many webhooks may wait to be sent for the first time.
const MAX_WAITING: usize = 200_000;
/// How old a stale webhook is, or how late.
const STALE: TimeDelta = TimeDelta::minutes(10);

/// What is said about a payment.
#[derive(Debug, Clone)]
pub struct Announcement {
    /// What it is about, as the fault script names it.
    pub kind: &'static str,
    /// The payment's status when it was made.
    pub status: &'static str,
    /// What is sent.
    pub body: Bytes,
    /// What somebody else would send who knows no secret.
    pub forged: Bytes,
}

/// One webhook to send.
#[derive(Debug, Clone)]
pub struct Job {
    protocol: Protocol,
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

    fn enqueue(&self, job: Job, forged: Bytes, fault: Option<Fault>) {
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
            Some(Fault::Forge) => self.send(Job { forged: true, body: forged, ..job }),
            Some(Fault::Stale) => self.send(Job { stale: true, ..job }),
            // The other faults are of calls; a rule that names them for a webhook changes nothing.
            Some(_) | None => self.send(job),
        }
        if let Some(held) = hold(&self.held).take() {
            self.send(held);
        }
    }

    /// A question to the shop, signed if the protocol's webhooks are.
    pub fn confirmation(
        &self,
        asks: Protocol,
        url: &str,
        body: String,
        now: DateTime<Utc>,
    ) -> RequestBuilder {
        let request = self.client.post(url).header("content-type", "application/json");
        if !manner::is_signed_with_a_time(asks) {
            return request.body(body);
        }
        let id = format!("confirm-{}", now.timestamp_micros());
        let signature = self.signer.sign(&id, now, body.as_bytes(), false);
        request
            .header("webhook-id", id)
            .header("webhook-timestamp", now.timestamp())
            .header("webhook-signature", signature)
            .body(body)
    }

    fn send(&self, job: Job) {
        if self.queue.try_send(job).is_err() {
            tracing::warn!("a webhook is lost: too many are waiting, or the sandbox stops");
        }
    }
}

impl App {
    /// Makes a webhook about `payment` and sends it to every address that wants it.
    pub fn announce(&self, payment: &mut Payment, said: &Announcement) {
        let urls = if payment.terms.notice_urls.is_empty() {
            self.webhook_url(payment.protocol).into_iter().collect()
        } else {
            payment.terms.notice_urls.clone()
        };
        for url in urls {
            let id = self.ids.id("webhook", &payment.id, payment.announced);
            payment.announced += 1;
            let record = WebhookRecord {
                id,
                kind: said.kind,
                status: said.status,
                url,
                body: said.body.clone(),
                sent: 0,
                resent: 0,
                outcome: WebhookOutcome::Waiting,
                at: self.now(),
            };
            let fault = self.faults.of_webhook(said.kind, payment);
            self.outbox.enqueue(Job::new(payment, &record), said.forged.clone(), fault);
            payment.webhooks.push(record);
        }
    }

    /// Sends a webhook again because somebody asked.
    pub fn resend(&self, payment: &Payment, record: &WebhookRecord) {
        let fault = self.faults.of_webhook(record.kind, payment);
        self.outbox.enqueue(Job::new(payment, record), record.body.clone(), fault);
    }

    fn note(&self, job: &Job, outcome: WebhookOutcome) {
        let Some(slot) = self.book.find(job.protocol, &job.payment_id) else {
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
    fn new(payment: &Payment, record: &WebhookRecord) -> Self {
        Self {
            protocol: payment.protocol,
            payment_id: payment.id.clone(),
            webhook_id: record.id.clone(),
            url: record.url.clone(),
            body: record.body.clone(),
            sends: 0,
            forged: false,
            stale: false,
        }
    }

    /// Where staleness cannot be seen, it is lateness.
    fn comes_late(&self) -> bool {
        self.stale && self.sends == 0 && !manner::is_signed_with_a_time(self.protocol)
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
                if job.comes_late() {
                    number += 1;
                    ladder.push(Reverse(Waiting(app.now() + STALE, number, job)));
                } else {
                    under_way.spawn(send(Arc::clone(&app), job));
                }
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
    let answer = request(&app, &job, now).send().await;
    let outcome = match answer {
        Ok(answer) => {
            let status = answer.status().as_u16();
            let kind = answer.headers().get("content-type").and_then(|kind| kind.to_str().ok());
            let kind = kind.unwrap_or_default().to_owned();
            // Read to the end, or the connection cannot be used again.
            let body = answer.bytes().await.unwrap_or_default();
            if manner::is_taken(job.protocol, status, &kind, &body) {
                WebhookOutcome::Delivered { status }
            } else {
                WebhookOutcome::Refused { status }
            }
        }
        Err(error) => {
            tracing::debug!(%error, "a webhook was not answered");
            WebhookOutcome::Unanswered
        }
    };
    app.note(&job, outcome);
    let minutes = manner::wait_after(&app.config, job.protocol, job.sends, outcome)?;
    job.sends += 1;
    Some((now + TimeDelta::minutes(minutes), job))
}

fn request(app: &App, job: &Job, now: DateTime<Utc>) -> RequestBuilder {
    let kind = manner::content_type(&app.config, job.protocol);
    let request = app.outbox.client.post(&job.url).header("content-type", kind).body(job.body.clone());
    if !manner::is_signed_with_a_time(job.protocol) {
        return request;
    }
    let at = if job.stale { now - STALE } else { now };
    let signature = app.outbox.signer.sign(&job.webhook_id, at, &job.body, job.forged);
    request
        .header("webhook-id", &job.webhook_id)
        .header("webhook-timestamp", at.timestamp())
        .header("webhook-signature", signature)
}
