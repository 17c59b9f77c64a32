//! Which part is made of which.

use std::sync::Arc;

use commands::Commands;
use processes::{Gateways, Outside, Processes, Queue};
use projections::Views;
use store::{
    Feed, Log, Options, Writer,
    audit::{SealKey, Sealer},
    refusals::Refusals,
    vault::Vault,
};
use tokio::sync::{Semaphore, watch};

use super::{GatewaysAndSandbox, StartError};
use crate::{
    auth::{Accounts, Passwords, Tokens},
    config::{Config, GatewayChoice},
    console::{Console, content_security_policy},
    gateway_accounts,
    parcels::Parcels,
    routes::live::{LISTENERS_MAX, Parties},
    sandboxed,
    services::{Parts, Services},
};

/// The databases, opened and up to date: what every command of the binary starts from.
#[derive(Clone)]
pub struct Core {
    /// The log.
    pub log: Log,
    /// Follows the log.
    pub feed: Feed,
    /// The vault beside the log.
    pub vault: Vault,
    /// The read database.
    pub views: Views,
}

impl Core {
    /// Opens the databases and brings their tables up to date.
    pub async fn open(config: &Config) -> Result<Self, StartError> {
        std::fs::create_dir_all(&config.data_dir)?;
        let options = Options { allow_unsafe: config.allow_unsafe.clone(), ..Options::default() };
        let log = Log::open_with(&config.log_url, options).await?;
        let vault = Vault::start(&config.log_url, &config.data_dir, config.clock.clone()).await?;
        let views = Views::open(&config.views_url).await?;
        Ok(Self { feed: log.feed(), log, vault, views })
    }

    /// The key of checkpoints and receipts.
    pub fn seal_key(&self, config: &Config) -> Result<SealKey, StartError> {
        SealKey::read_or_create(&config.sealing.key_file).map_err(StartError::SealKey)
    }

    /// What seals the log; everything up to its end is sealed when this returns.
    pub async fn sealer(&self, config: &Config) -> Result<Sealer, StartError> {
        let key = self.seal_key(config)?;
        let mut sealer = Sealer::open(self.log.clone(), key, config.clock.clone()).await?;
        sealer.seal().await?;
        Ok(sealer)
    }

    /// What takes commands.
    pub async fn commands(&self, config: &Config) -> Result<Commands, StartError> {
        let commands = Commands::new(Writer::start(&self.log).await?, config.clock.clone());
        Ok(commands.remembering(Refusals::start(&self.log)))
    }

    /// What opens accounts.
    pub fn accounts(&self, config: &Config, commands: Commands) -> Result<Accounts, StartError> {
        let passwords = Passwords::new()?;
        Ok(Accounts { commands, vault: self.vault.clone(), passwords, policy: config.policy })
    }
}

/// The gateways: our accounts, or the sandbox. Credentials that are not taken are refused here.
pub(super) async fn gateways(config: &Config) -> Result<GatewaysAndSandbox, StartError> {
    let (sandbox, accounts) = match &config.gateway {
        GatewayChoice::Accounts(accounts) => (None, accounts.as_ref().clone()),
        GatewayChoice::Sandbox(ports) => {
            let (sandbox, accounts) =
                sandboxed::start(&config.data_dir, *ports, config.clock.clone()).await?;
            (Some(sandbox), accounts)
        }
    };
    let accounts = accounts.connect()?;
    gateway_accounts::check(&accounts).await?;
    Ok((Gateways::new(accounts), sandbox))
}

/// Everything that handlers work with; the processes run from here on.
pub(super) async fn services(
    config: &Config,
    core: Core,
    gateways: Gateways,
    (public_url, stopping): (String, watch::Receiver<bool>),
    seal_key: SealKey,
) -> Result<Services, StartError> {
    let commands = core.commands(config).await?;
    let accounts = core.accounts(config, commands.clone())?;
    let queue = Queue::open(&config.tasks_url).await?;
    let console = Console::new(content_security_policy(&gateways));
    let outside = Outside { gateways, vault: core.vault.clone(), policy: config.policy };
    let processes = Processes::start(core.feed.clone(), queue, commands.clone(), outside);
    Ok(Services::new(Parts {
        commands,
        views: core.views,
        vault: core.vault,
        accounts,
        tokens: Tokens::open(&config.data_dir, config.clock.clone())?,
        processes,
        log: core.log,
        feed: core.feed,
        verifying: Semaphore::new(1),
        seal_key,
        parcels: Parcels::default(),
        parties: Parties::default(),
        listeners: Arc::new(Semaphore::new(LISTENERS_MAX)),
        stopping,
        console,
        policy: config.policy,
        clock: config.clock.clone(),
        reachable: config.public_url.is_some() || matches!(config.gateway, GatewayChoice::Sandbox(_)),
        public_url,
    }))
}
