//! What a sandbox is started with. The defaults are a shop that can be used at once.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
};

use ambient::Clock;

/// How to start a sandbox.
#[derive(Debug, Clone)]
pub struct SandboxConfig {
    /// Where to speak PortOne V2; port 0 takes a free one.
    pub portone_v2: SocketAddr,
    /// Where to put the control plane; port 0 takes a free one.
    pub control: SocketAddr,
    /// Where webhooks go, if a payment names no address of its own.
    pub webhook_url: Option<String>,
    /// What the shop proves itself with, and the sandbox to the shop.
    pub secrets: Secrets,
    /// The shop's store.
    pub store_id: String,
    /// The shop's channels.
    pub channels: Vec<Channel>,
    /// What every id and every chance follows from.
    pub seed: u64,
    /// The time.
    pub clock: Clock,
    /// Where payments are remembered over a restart; nowhere if not given.
    pub journal: Option<PathBuf>,
    /// How many webhooks are under way at once.
    pub webhook_concurrency: usize,
    /// How many of the last requests are remembered.
    pub request_log: usize,
}

/// The secrets between the shop and the sandbox.
#[derive(Clone)]
pub struct Secrets {
    /// What the shop calls the API with.
    pub api_secret: String,
    /// What webhooks are signed with, each by all of them; base64 with or without `whsec_`.
    pub webhook: Vec<String>,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets(…)")
    }
}

/// A contract with a PG.
#[derive(Debug, Clone)]
pub struct Channel {
    /// The channel's key.
    pub key: String,
    /// Its name in the console.
    pub name: String,
    /// The PG behind it.
    pub pg_provider: String,
    /// Whether escrow is part of the contract. If it is not, a payment that asks for escrow goes through without
    /// it, as it does at real PGs.
    pub escrow: bool,
    /// Whether a part of an escrow payment can be cancelled.
    pub partial_cancel_of_escrow: bool,
}

impl Default for Channel {
    fn default() -> Self {
        Self {
            key: "channel-key-sandbox".into(),
            name: "Sandbox PG (escrow)".into(),
            pg_provider: "INICIS_V2".into(),
            escrow: true,
            partial_cancel_of_escrow: false,
        }
    }
}

impl Default for SandboxConfig {
    fn default() -> Self {
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self {
            portone_v2: any_port,
            control: any_port,
            webhook_url: None,
            secrets: Secrets {
                api_secret: "sandbox-api-secret".into(),
                webhook: vec!["whsec_c2FuZGJveC13ZWJob29rLXNlY3JldC0zMi1ieXRlcyE=".into()],
            },
            store_id: "store-00000000-0000-0000-0000-000000000001".into(),
            channels: vec![Channel::default()],
            seed: 1,
            clock: Clock::system(),
            journal: None,
            webhook_concurrency: 32,
            request_log: 1_000,
        }
    }
}
