//! The server: all crates put together, listening.

mod compose;
mod http;

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use projections::Follower;
use sandbox::{Running, WebhookUrls};
use thiserror::Error;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

pub use compose::Core;

use crate::{auth::KeyFileError, config::Config, problem::Problem, sealing, seed, services::Services};

/// How long requests under way may take once the server is asked to stop.
const GRACE: Duration = Duration::from_secs(10);

/// Why the server did not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The data directory cannot be used.
    #[error("the data directory: {0}")]
    Data(#[from] std::io::Error),
    /// The address cannot be had.
    #[error("cannot listen on {address}: {error}")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        error: std::io::Error,
    },
    /// The log cannot be opened.
    #[error("the log: {0}")]
    Log(#[from] store::OpenError),
    /// The writer cannot be started.
    #[error("the log: {0}")]
    Writer(#[from] store::Fault),
    /// The key that seals the log.
    #[error("the seal's key: {0}")]
    SealKey(#[source] std::io::Error),
    /// The log is not the one that was sealed, or cannot be sealed further.
    #[error("the seal: {0}")]
    Seal(#[from] store::audit::SealError),
    /// The vault cannot be opened.
    #[error("the vault: {0}")]
    Vault(#[from] store::vault::VaultError),
    /// The views cannot be opened.
    #[error(transparent)]
    Views(#[from] projections::ViewsError),
    /// The processes' tasks cannot be opened.
    #[error("the tasks: {0}")]
    Tasks(#[from] processes::QueueError),
    /// The token keys cannot be used.
    #[error(transparent)]
    Keys(#[from] KeyFileError),
    /// A gateway's settings cannot be used.
    #[error("a gateway's account: {0}")]
    Gateway(#[from] gateways::ConfigError),
    /// A gateway does not take our credentials.
    #[error("a gateway's account: {0}")]
    Credentials(#[from] gateways::CredentialError),
    /// The sandbox cannot be started.
    #[error("the sandbox: {0}")]
    Sandbox(#[from] sandbox::StartError),
    /// The demo shop cannot be put up, or passwords cannot be hashed.
    #[error("{0}")]
    Problem(String),
}

impl From<Problem> for StartError {
    fn from(problem: Problem) -> Self {
        Self::Problem(format!("{:?}", problem.kind()))
    }
}

/// A running server. Dropping it stops it at once; [`App::stop`] lets requests finish.
pub struct App {
    address: SocketAddr,
    data_dir: PathBuf,
    services: Services,
    sandbox: Option<Running>,
    stop: watch::Sender<bool>,
    serving: JoinHandle<()>,
    following: JoinHandle<()>,
    sealing: sealing::Sealing,
}

impl App {
    /// Starts everything; when this returns, it can be asked.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        std::fs::create_dir_all(&config.data_dir)?;
        let listener = TcpListener::bind(config.listen)
            .await
            .map_err(|error| StartError::Listen { address: config.listen, error })?;
        let address = listener.local_addr()?;
        let core = Core::open(&config).await?;
        let (gateways, sandbox) = compose::gateways(&config).await?;
        if let Some(sandbox) = &sandbox {
            sandbox.set_webhook_urls(WebhookUrls::of_shop(&format!("http://{address}")));
        }
        let follower = Follower::new(core.views.clone(), core.feed.clone(), core.vault.clone());
        let following = tokio::spawn(follower.run());
        let public_url = config.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
        let seal_key = core.seal_key(&config)?;
        let sealing = sealing::start(core.sealer(&config).await?, &core.log, &config)?;
        let (stop, stopped) = watch::channel(false);
        let reached = (public_url, stopped.clone());
        let services = compose::services(&config, core, gateways, reached, seal_key).await?;
        if config.demo_shop {
            seed::demo_shop(&services.accounts).await?;
        }
        let serving = tokio::spawn(http::serve(listener, http::router(services.clone()), stopped));
        Ok(Self { address, data_dir: config.data_dir, services, sandbox, stop, serving, following, sealing })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base address for clients.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where its keys and files are.
    pub fn data_dir(&self) -> &std::path::Path {
        &self.data_dir
    }

    /// What the handlers work with.
    pub const fn services(&self) -> &Services {
        &self.services
    }

    /// The sandbox, if one was started alongside.
    pub const fn sandbox(&self) -> Option<&Running> {
        self.sandbox.as_ref()
    }

    /// Takes no more requests, lets those under way finish, and stops everything.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        if tokio::time::timeout(GRACE, &mut self.serving).await.is_err() {
            tracing::error!("requests were still under way and are dropped");
        }
        if let Some(sandbox) = self.sandbox.take() {
            sandbox.stop().await;
        }
    }
}

impl Drop for App {
    fn drop(&mut self) {
        self.serving.abort();
        self.following.abort();
        self.sealing.stop();
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App").field("address", &self.address).finish_non_exhaustive()
    }
}

/// The gateways of a server, and the sandbox behind them if there is one.
type GatewaysAndSandbox = (processes::Gateways, Option<Running>);
