//! Servers that speak the payment gateways' protocols, for trying and testing.
//!
//! The sandbox is an ordinary program to its clients: real ports, real bytes, the gateway's own rules and mistakes.
//! It knows nothing of the house it is used in. Each protocol has a port of its own, because the gateways' paths
//! overlap; one more port is the control plane, where a test plays the buyer, the bank and the network.
//!
//! * `payment` is what a gateway knows of a payment, with its rules, in no protocol's words.
//! * `portone_v1`, `portone_v2`, `nicepay` and `toss` put it into a protocol's words; what each of them has to be able
//!   to say stands in `protocol`, and the way that all their calls take in `call`.
//! * `window` opens a payment, `buyer` is what happens in it; `pages` is the pay window a person can click; `webhooks` signs and sends; `faults` is what shall go wrong.
//!
//! Everything is in memory (a journal carries it over a restart, if one is asked for), every id follows from the
//! seed, and time is the given clock's.

mod app;
mod body;
mod book;
mod buyer;
mod call;
mod config;
mod control;
mod faults;
mod idempotency;
mod ids;
mod journal;
mod nicepay;
mod pages;
mod payment;
mod portone_v1;
mod portone_v2;
mod protocol;
mod request_log;
mod serve;
mod toss;
mod webhooks;
mod window;

use std::{net::SocketAddr, path::PathBuf, sync::Arc};

pub use config::{Channel, SandboxConfig, Secrets, WebhookUrls};
pub use protocol::Protocol;
use thiserror::Error;
use tokio::{net::TcpListener, sync::watch, task::JoinSet};

use crate::{app::App, book::Book, journal::Journal};

/// Why the sandbox did not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// A port cannot be had.
    #[error("cannot listen on {address}: {error}")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        error: std::io::Error,
    },
    /// The journal cannot be read or written.
    #[error("the journal {path} cannot be used: {error}")]
    Journal {
        /// Where.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// A webhook secret is not base64.
    #[error("a webhook secret is not base64, with or without whsec_")]
    Secret,
    /// The client for webhooks cannot be made.
    #[error("the webhook client cannot be made: {0}")]
    Client(#[from] reqwest::Error),
}

/// The sandbox.
#[derive(Debug)]
pub struct Sandbox;

impl Sandbox {
    /// Starts listening; when this returns, it can be asked.
    pub async fn start(config: SandboxConfig) -> Result<Running, StartError> {
        let (v1_listener, portone_v1) = listen(config.portone_v1).await?;
        let (v2_listener, portone_v2) = listen(config.portone_v2).await?;
        let (nicepay_listener, nicepay) = listen(config.nicepay).await?;
        let (toss_listener, toss) = listen(config.toss).await?;
        let (control_listener, control) = listen(config.control).await?;
        let (stop, stopped) = watch::channel(false);
        let book = Book::default();
        let (journal, lines) = match &config.journal {
            Some(path) => Journal::open(path, &book).await.map(|(journal, lines)| (journal, Some(lines)))?,
            None => (Journal::default(), None),
        };
        let (app, jobs) = App::new(config, book, journal, stopped.clone())?;
        let app = Arc::new(app);
        let mut tasks = JoinSet::new();
        if let Some(lines) = lines {
            let app = Arc::clone(&app);
            tasks.spawn(async move { journal::write(&app, lines).await });
        }
        tasks.spawn(webhooks::deliver(Arc::clone(&app), jobs));
        let served = [
            (v1_listener, portone_v1::router(Arc::clone(&app))),
            (v2_listener, portone_v2::router(Arc::clone(&app))),
            (nicepay_listener, nicepay::router(Arc::clone(&app))),
            (toss_listener, toss::router(Arc::clone(&app))),
            (control_listener, control::router(Arc::clone(&app))),
        ];
        for (listener, router) in served {
            tasks.spawn(serve::serve(listener, router, stopped.clone()));
        }
        Ok(Running { portone_v1, portone_v2, nicepay, toss, control, app, stop, tasks })
    }
}

/// A sandbox at work. It stops when this is dropped.
#[derive(Debug)]
pub struct Running {
    /// Where PortOne V1 is spoken.
    pub portone_v1: SocketAddr,
    /// Where PortOne V2 is spoken.
    pub portone_v2: SocketAddr,
    /// Where NicePay is spoken.
    pub nicepay: SocketAddr,
    /// Where Toss Payments is spoken.
    pub toss: SocketAddr,
    /// Where the control plane is.
    pub control: SocketAddr,
    app: Arc<App>,
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl Running {
    /// The base address of PortOne V1.
    pub fn portone_v1_url(&self) -> String {
        format!("http://{}", self.portone_v1)
    }

    /// The base address of PortOne V2.
    pub fn portone_v2_url(&self) -> String {
        format!("http://{}", self.portone_v2)
    }

    /// The base address of NicePay.
    pub fn nicepay_url(&self) -> String {
        format!("http://{}", self.nicepay)
    }

    /// The base address of Toss Payments.
    pub fn toss_url(&self) -> String {
        format!("http://{}", self.toss)
    }

    /// The base address of the control plane.
    pub fn control_url(&self) -> String {
        format!("http://{}", self.control)
    }

    /// Says where webhooks go from now on, for who learns its own port late.
    pub fn set_webhook_urls(&self, urls: WebhookUrls) {
        self.app.set_webhook_urls(urls);
    }

    /// Stops listening and sending, and waits until nothing of it runs.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        while self.tasks.join_next().await.is_some() {}
    }
}

async fn listen(wanted: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |error| StartError::Listen { address: wanted, error };
    let listener = TcpListener::bind(wanted).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}
