//! What the server is started with. Every setting has a default, so that no setting at all is a working shop.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
};

use ambient::Clock;
use commands::Policy;
use domain::{
    holidays::{Holidays, NotADay, Term},
    payment::Gateway,
};
use gateways::ConfigError;
use thiserror::Error;

use crate::{gateway_accounts::GatewayAccounts, sealing::SealSettings};

const DATA: &str = "ESCROW_DATA";
const LISTEN: &str = "ESCROW_LISTEN";
const PUBLIC_URL: &str = "ESCROW_PUBLIC_URL";
const LOG_URL: &str = "ESCROW_LOG_URL";
const VIEWS_URL: &str = "ESCROW_VIEWS_URL";
const ALLOW_UNSAFE: &str = "ESCROW_ALLOW_UNSAFE_POSTGRES";
const GATEWAY: &str = "ESCROW_GATEWAY";
const SANDBOX_PORTONE_V1: &str = "ESCROW_SANDBOX_PORTONE_V1";
const SANDBOX_PORTONE_V2: &str = "ESCROW_SANDBOX_PORTONE_V2";
const SANDBOX_NICEPAY: &str = "ESCROW_SANDBOX_NICEPAY";
const SANDBOX_TOSS: &str = "ESCROW_SANDBOX_TOSS";
const SANDBOX_CONTROL: &str = "ESCROW_SANDBOX_CONTROL";
const DEMO_SHOP: &str = "ESCROW_DEMO_SHOP";
const CONFIRM: &str = "ESCROW_CONFIRM_AFTER";
const HOLIDAYS: &str = "ESCROW_HOLIDAYS";

const DEFAULT_DATA: &str = "escrow-data";
const DEFAULT_PORT: u16 = 8080;
/// The sandbox's ports, in the order of [`SandboxPorts`].
const SANDBOX: [(&str, u16); 5] = [
    (SANDBOX_PORTONE_V1, 8090),
    (SANDBOX_PORTONE_V2, 8091),
    (SANDBOX_NICEPAY, 8092),
    (SANDBOX_TOSS, 8093),
    (SANDBOX_CONTROL, 8099),
];

/// What the server is started with.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where keys and SQLite files are.
    pub data_dir: PathBuf,
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where browsers reach this server; the address it listens on where nothing is said.
    pub public_url: Option<String>,
    /// The log's database.
    pub log_url: String,
    /// The read database.
    pub views_url: String,
    /// The database of the processes' tasks.
    pub tasks_url: String,
    /// Settings of PostgreSQL that may be off although a crash would lose acknowledged commands.
    pub allow_unsafe: Vec<String>,
    /// What seals the log, and where checkpoints are kept besides.
    pub sealing: SealSettings,
    /// Who takes the payments.
    pub gateway: GatewayChoice,
    /// Whether to put up the demo shop.
    pub demo_shop: bool,
    /// The marketplace's rules.
    pub policy: Policy,
    /// The time.
    pub clock: Clock,
}

/// Who takes the payments.
#[derive(Debug, Clone)]
pub enum GatewayChoice {
    /// A sandbox that is started alongside.
    Sandbox(SandboxPorts),
    /// Accounts of our own.
    Accounts(Box<GatewayAccounts>),
}

/// Where the sandbox listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SandboxPorts {
    /// Where it speaks PortOne V1.
    pub portone_v1: SocketAddr,
    /// Where it speaks PortOne V2.
    pub portone_v2: SocketAddr,
    /// Where it speaks NicePay.
    pub nicepay: SocketAddr,
    /// Where it speaks Toss Payments.
    pub toss: SocketAddr,
    /// Where its control plane is.
    pub control: SocketAddr,
    /// Whether free ports will do if these are taken.
    pub or_free: bool,
}

/// A setting that cannot be used.
#[derive(Debug, Error)]
pub enum SettingError {
    /// Not an address to listen on.
    #[error("{0} has to be an address and a port, for example 127.0.0.1:8080")]
    Address(&'static str),
    /// Not a gateway there is an account at.
    #[error("{GATEWAY} has to be one of the gateways that are set up: {}", names(.0))]
    Gateway(Vec<Gateway>),
    /// Not a period.
    #[error("{CONFIRM} has to be days, for example 7d, or business days, for example 3bd")]
    Confirm,
    /// The holidays cannot be read.
    #[error("{HOLIDAYS} has to name a file with one day a line: {0}")]
    Holidays(String),
    /// An account's settings.
    #[error(transparent)]
    Account(#[from] ConfigError),
    /// What the log is sealed with.
    #[error("{name} {why}")]
    Sealing {
        /// The setting.
        name: &'static str,
        /// What is wrong with it.
        why: &'static str,
    },
}

impl Config {
    /// Reads the settings.
    pub fn from_settings() -> Result<Self, SettingError> {
        let data_dir = PathBuf::from(ambient::setting(DATA).unwrap_or_else(|| DEFAULT_DATA.to_owned()));
        let mut config = Self::in_folder(&data_dir);
        config.listen = address(LISTEN)?.unwrap_or(local(DEFAULT_PORT));
        config.public_url = ambient::setting(PUBLIC_URL);
        if let Some(url) = ambient::setting(LOG_URL) {
            config.use_log(url);
        }
        if let Some(url) = ambient::setting(VIEWS_URL) {
            config.views_url = url;
        }
        config.allow_unsafe = list(ambient::setting(ALLOW_UNSAFE));
        config.sealing = SealSettings::from_settings(&data_dir)?;
        let accounts = GatewayAccounts::from_settings(ambient::setting)?;
        let mut gateways = accounts.gateways();
        if gateways.is_empty() {
            gateways = ALL_GATEWAYS.to_vec();
            config.gateway = GatewayChoice::Sandbox(SandboxPorts::from_settings()?);
        } else {
            config.gateway = GatewayChoice::Accounts(Box::new(accounts));
        }
        config.policy.gateway = usual_gateway(&gateways)?;
        if let Some(text) = ambient::setting(CONFIRM) {
            config.policy.confirm = term(&text).ok_or(SettingError::Confirm)?;
        }
        if let Some(path) = ambient::setting(HOLIDAYS) {
            let unusable = |why: &dyn std::fmt::Display| SettingError::Holidays(why.to_string());
            let text = std::fs::read_to_string(path).map_err(|why| unusable(&why))?;
            let holidays: Holidays = text.parse().map_err(|why: NotADay| unusable(&why))?;
            // Read once and used until the process ends.
            config.policy.holidays = Box::leak(Box::new(holidays));
        }
        let is_sandbox = matches!(config.gateway, GatewayChoice::Sandbox(_));
        config.demo_shop = is_sandbox && ambient::setting(DEMO_SHOP).is_none_or(|wanted| wanted != "false");
        Ok(config)
    }

    /// Everything in one folder, on free ports, without a demo shop.
    pub fn in_folder(data_dir: &Path) -> Self {
        let file = |name: &str| format!("sqlite:{}", data_dir.join(name).display());
        Self {
            data_dir: data_dir.to_owned(),
            listen: local(0),
            public_url: None,
            log_url: file("log.db"),
            views_url: file("views.db"),
            tasks_url: file("tasks.db"),
            allow_unsafe: vec![],
            sealing: SealSettings::in_folder(data_dir),
            gateway: GatewayChoice::Sandbox(SandboxPorts::FREE),
            demo_shop: false,
            policy: Policy::default(),
            clock: Clock::system(),
        }
    }

    /// Keeps log and tasks in another database. In PostgreSQL they share it.
    pub fn use_log(&mut self, url: String) {
        if !url.starts_with("sqlite:") {
            self.tasks_url.clone_from(&url);
        }
        self.log_url = url;
    }
}

/// All gateways, the usual one first.
const ALL_GATEWAYS: [Gateway; 4] = [Gateway::PortoneV2, Gateway::PortoneV1, Gateway::Nicepay, Gateway::Toss];

/// The gateway of payments that name none.
fn usual_gateway(configured: &[Gateway]) -> Result<Gateway, SettingError> {
    let unknown = || SettingError::Gateway(configured.to_vec());
    match ambient::setting(GATEWAY) {
        Some(name) => configured.iter().copied().find(|gateway| gateway.name() == name).ok_or_else(unknown),
        None => configured.first().copied().ok_or_else(unknown),
    }
}

/// `7d`: days; `3bd`: business days.
fn term(text: &str) -> Option<Term> {
    let business = text.strip_suffix("bd").and_then(|days| days.parse().ok()).map(Term::BusinessDays);
    business.or_else(|| text.strip_suffix('d').and_then(|days| days.parse().ok()).map(Term::Days))
}

fn names(gateways: &[Gateway]) -> String {
    gateways.iter().map(|gateway| gateway.name()).collect::<Vec<_>>().join(", ")
}

impl SandboxPorts {
    /// Free ports.
    pub const FREE: Self = Self::of([local(0); 5], true);

    const fn of(all: [SocketAddr; 5], or_free: bool) -> Self {
        let [portone_v1, portone_v2, nicepay, toss, control] = all;
        Self { portone_v1, portone_v2, nicepay, toss, control, or_free }
    }

    /// The ports of settings; the usual ones where nothing is said.
    pub fn from_settings() -> Result<Self, SettingError> {
        let mut ports = [local(0); 5];
        let mut or_free = true;
        for (place, (name, usual)) in ports.iter_mut().zip(SANDBOX) {
            let wanted = address(name)?;
            or_free &= wanted.is_none();
            *place = wanted.unwrap_or(local(usual));
        }
        Ok(Self::of(ports, or_free))
    }
}

const fn local(port: u16) -> SocketAddr {
    SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), port)
}

fn address(name: &'static str) -> Result<Option<SocketAddr>, SettingError> {
    let parse = |text: String| text.parse().map_err(|_| SettingError::Address(name));
    ambient::setting(name).map(parse).transpose()
}

fn list(text: Option<String>) -> Vec<String> {
    let text = text.unwrap_or_default();
    text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(ToOwned::to_owned).collect()
}
