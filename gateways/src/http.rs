//! The one HTTP client of the house, with its limits.
//!
//! A look-up is repeated a few times when the connection or the gateway fails, with a growing, jittered pause. A
//! call that changes something is sent once: whether it is sent again, and always under the same idempotency key,
//! is decided by who knows what a look-up said.

use std::{
    sync::Once,
    time::{Duration, Instant},
};

use bytes::{Bytes, BytesMut};
use chrono::TimeDelta;
use domain::payment::Gateway;
use reqwest::{Client, RequestBuilder, StatusCode, Url, redirect::Policy};
use serde::de::IgnoredAny;
use thiserror::Error;

use crate::traffic::{Operation, Traffic};

/// How often a look-up is tried in all.
const LOOKUP_ATTEMPTS: u32 = 3;
/// The pause before the second try; it doubles for each further one.
const FIRST_PAUSE_MS: i64 = 100;
/// The largest answer that is read.
const MAX_ANSWER_BYTES: usize = 1 << 20;

/// How long the gateway may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeLimits {
    /// For the connection.
    pub connect: Duration,
    /// For the answer to begin, and between any two pieces of it.
    pub read: Duration,
}

impl Default for TimeLimits {
    /// Five seconds to connect; a minute to answer, as gateways wait for banks that long.
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), read: Duration::from_mins(1) }
    }
}

/// The client could not be made.
#[derive(Debug, Error)]
pub enum HttpError {
    /// The client itself.
    #[error("the HTTP client cannot be made: {0}")]
    Client(#[from] reqwest::Error),
    /// What counts its calls.
    #[error("the metrics of the HTTP client cannot be made: {0}")]
    Metrics(#[from] prometheus::Error),
}

/// A client of one gateway, and how it does.
#[derive(Debug, Clone)]
pub struct Http {
    client: Client,
    traffic: Traffic,
}

/// An answer: its status and its bytes.
#[derive(Debug)]
pub(crate) struct Reply {
    pub status: StatusCode,
    pub body: Bytes,
}

/// No answer, or none that can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum Lost {
    #[error("no answer in time")]
    TimedOut,
    #[error("the connection failed")]
    Connection,
    #[error("the answer is too large")]
    TooLarge,
}

impl Http {
    /// A client for the gateway at `base`. A gateway on this machine (the sandbox) is reached without a proxy.
    pub fn new(gateway: Gateway, base: &Url, limits: TimeLimits) -> Result<Self, HttpError> {
        Self::of_service(gateway.name(), base, limits)
    }

    /// A client for another service at `base`, by the name that its traffic is counted under.
    pub fn of_service(name: &'static str, base: &Url, limits: TimeLimits) -> Result<Self, HttpError> {
        install_crypto();
        let mut client = Client::builder()
            .connect_timeout(limits.connect)
            .read_timeout(limits.read)
            .timeout(limits.read.saturating_mul(2))
            .redirect(Policy::none())
            .tcp_nodelay(true)
            .user_agent(concat!("escrow/", env!("CARGO_PKG_VERSION")));
        if is_local(base) {
            client = client.no_proxy();
        }
        Ok(Self { client: client.build()?, traffic: Traffic::of(name)? })
    }

    pub(crate) const fn client(&self) -> &Client {
        &self.client
    }

    /// How the gateway does.
    pub const fn traffic(&self) -> &Traffic {
        &self.traffic
    }

    /// Sends a look-up, again if it may help.
    pub(crate) async fn look_up(&self, request: impl Fn(&Client) -> RequestBuilder) -> Result<Reply, Lost> {
        let mut attempt = 1;
        loop {
            let outcome = self.send(Operation::LookUp, request(&self.client)).await;
            if attempt == LOOKUP_ATTEMPTS || !is_passing(&outcome) {
                return outcome;
            }
            pause(attempt).await;
            attempt += 1;
        }
    }

    /// Sends a call that changes something, once.
    pub(crate) async fn change(&self, request: RequestBuilder) -> Result<Reply, Lost> {
        self.send(Operation::Change, request).await
    }

    async fn send(&self, operation: Operation, request: RequestBuilder) -> Result<Reply, Lost> {
        let began = Instant::now();
        let reply = send(request).await;
        self.traffic.called(operation, &reply, began.elapsed());
        reply
    }
}

async fn send(request: RequestBuilder) -> Result<Reply, Lost> {
    let mut response = request.send().await.map_err(|error| lost(&error))?;
    let status = response.status();
    let mut body = BytesMut::new();
    while let Some(piece) = response.chunk().await.map_err(|error| lost(&error))? {
        if body.len() + piece.len() > MAX_ANSWER_BYTES {
            return Err(Lost::TooLarge);
        }
        body.extend_from_slice(&piece);
    }
    Ok(Reply { status, body: body.freeze() })
}

fn lost(error: &reqwest::Error) -> Lost {
    if error.is_timeout() { Lost::TimedOut } else { Lost::Connection }
}

/// A time-out is not passing: who waited a minute has waited long enough for one call.
fn is_passing(outcome: &Result<Reply, Lost>) -> bool {
    match outcome {
        Ok(reply) => {
            reply.status.is_server_error()
                || reply.status == StatusCode::TOO_MANY_REQUESTS
                || (reply.status.is_success() && serde_json::from_slice::<IgnoredAny>(&reply.body).is_err())
        }
        Err(Lost::Connection) => true,
        Err(Lost::TimedOut | Lost::TooLarge) => false,
    }
}

async fn pause(attempt: u32) {
    let base = FIRST_PAUSE_MS << (attempt - 1);
    let jitter = ambient::random_bytes::<1>().map_or(0, |[byte]| i64::from(byte));
    // The network's time is the machine's, also where a test moves the house's clock.
    ambient::Clock::system().sleep(TimeDelta::milliseconds(base + jitter)).await;
}

fn is_local(base: &Url) -> bool {
    match base.host_str() {
        Some("localhost") => true,
        Some(host) => {
            host.trim_matches(['[', ']']).parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
        }
        None => false,
    }
}

fn install_crypto() {
    static ONCE: Once = Once::new();
    // Another crate of the process may have installed the same provider: that is as good.
    ONCE.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
}

/// What makes a repeated call the same call: 16 to 256 visible ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(String);

/// A text that cannot be an idempotency key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("an idempotency key is 16 to 256 visible ASCII characters without quotes or backslashes")]
pub struct NotAKey;

impl IdempotencyKey {
    /// Takes `text` if it is one.
    pub fn new(text: impl Into<String>) -> Result<Self, NotAKey> {
        let text = text.into();
        let fits = (16..=256).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\');
        if fits { Ok(Self(text)) } else { Err(NotAKey) }
    }

    /// The bare key.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key as a header's value: a string of RFC 8941, in quotes.
    pub fn header(&self) -> String {
        format!("\"{}\"", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_quoted_and_of_the_right_length() {
        assert_eq!(IdempotencyKey::new("a".repeat(16)).unwrap().header(), format!("\"{}\"", "a".repeat(16)));
        for wrong in [
            "short".to_owned(),
            "a".repeat(257),
            "with \"quotes\" in it".into(),
            "환불-환불-환불-환불".into(),
        ] {
            assert_eq!(IdempotencyKey::new(wrong), Err(NotAKey));
        }
    }

    #[test]
    fn only_this_machine_is_reached_without_a_proxy() {
        let local = |url: &str| is_local(&Url::parse(url).unwrap());
        assert!(local("http://127.0.0.1:9000") && local("http://localhost:1") && local("http://[::1]:1"));
        assert!(!local("https://api.portone.io"));
    }
}
