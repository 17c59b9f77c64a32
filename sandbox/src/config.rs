//! What a sandbox is started with. The defaults are a shop that can be used at once.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
};

use ambient::Clock;

use crate::protocol::Protocol;

/// How to start a sandbox. Port 0 takes a free one.
#[derive(Debug, Clone)]
pub struct SandboxConfig {
    /// Where to speak PortOne V1.
    pub portone_v1: SocketAddr,
    /// Where to speak PortOne V2.
    pub portone_v2: SocketAddr,
    /// Where to speak NicePay.
    pub nicepay: SocketAddr,
    /// Where to speak Toss Payments.
    pub toss: SocketAddr,
    /// Where to put the control plane.
    pub control: SocketAddr,
    /// Where webhooks go, if a payment names no address of its own.
    pub webhook_urls: WebhookUrls,
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
    /// Whether PortOne V1's webhooks are forms, as its console can be set to, and not JSON.
    pub portone_v1_webhooks_as_forms: bool,
    /// Whether PortOne V1 says how KG Inicis's escrows go on; it does so only for shops that asked for it.
    pub portone_v1_escrow_webhooks: bool,
    /// Whether PortOne V1 tries a webhook again that failed; it does so only for shops that asked for it.
    pub portone_v1_webhooks_again: bool,
}

/// Where webhooks go, by protocol.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WebhookUrls {
    /// PortOne V1's.
    pub portone_v1: Option<String>,
    /// PortOne V2's.
    pub portone_v2: Option<String>,
    /// NicePay's.
    pub nicepay: Option<String>,
    /// Toss Payments'.
    pub toss: Option<String>,
}

impl WebhookUrls {
    /// The usual addresses of a shop at `base`: `base` and `/webhooks/portone-v1` and so on.
    pub fn of_shop(base: &str) -> Self {
        let of =
            |protocol: Protocol| Some(format!("{}/webhooks/{}", base.trim_end_matches('/'), protocol.name()));
        Self {
            portone_v1: of(Protocol::PortoneV1),
            portone_v2: of(Protocol::PortoneV2),
            nicepay: of(Protocol::Nicepay),
            toss: of(Protocol::Toss),
        }
    }

    pub(crate) fn of(&mut self, protocol: Protocol) -> &mut Option<String> {
        match protocol {
            Protocol::PortoneV1 => &mut self.portone_v1,
            Protocol::PortoneV2 => &mut self.portone_v2,
            Protocol::Nicepay => &mut self.nicepay,
            Protocol::Toss => &mut self.toss,
        }
    }
}

/// The secrets between the shop and the sandbox.
#[derive(Clone)]
pub struct Secrets {
    /// What the shop calls PortOne V2 with.
    pub api_secret: String,
    /// What PortOne V2's webhooks are signed with, each by all of them; base64 with or without `whsec_`.
    pub webhook: Vec<String>,
    /// The shop's code in browsers at PortOne V1.
    pub imp_code: String,
    /// What the shop calls PortOne V1 with.
    pub imp_key: String,
    /// The other half of it.
    pub imp_secret: String,
    /// The shop's name at NicePay, also in browsers.
    pub nicepay_client_key: String,
    /// What the shop calls NicePay with.
    pub nicepay_secret_key: String,
    /// The shop's name at Toss Payments, in browsers.
    pub toss_client_key: String,
    /// What the shop calls Toss Payments with.
    pub toss_secret_key: String,
}

impl Default for Secrets {
    fn default() -> Self {
        Self {
            api_secret: "sandbox-api-secret".into(),
            webhook: vec!["whsec_c2FuZGJveC13ZWJob29rLXNlY3JldC0zMi1ieXRlcyE=".into()],
            imp_code: "imp00000000".into(),
            imp_key: "sandbox-imp-key".into(),
            imp_secret: "sandbox-imp-secret".into(),
            nicepay_client_key: "S2_sandboxclientkey".into(),
            nicepay_secret_key: "sandbox-nicepay-secret-key".into(),
            toss_client_key: "test_ck_sandbox".into(),
            toss_secret_key: "test_sk_sandbox".into(),
        }
    }
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
    /// The PG behind it, as PortOne V2 calls it.
    pub pg_provider: String,
    /// Whether escrow is part of the contract. If it is not, a payment that asks for escrow goes through without
    /// it, as it does at real PGs.
    pub escrow: bool,
    /// Whether a part of an escrow payment can be cancelled.
    pub partial_cancel_of_escrow: bool,
    /// Whether a virtual account's money needs an account to go back to, also where PortOne V2 is spoken.
    pub refund_account_required: bool,
}

impl Default for Channel {
    fn default() -> Self {
        Self {
            key: "channel-key-sandbox".into(),
            name: "Sandbox PG (escrow)".into(),
            pg_provider: "INICIS_V2".into(),
            escrow: true,
            partial_cancel_of_escrow: false,
            refund_account_required: false,
        }
    }
}

impl Default for SandboxConfig {
    fn default() -> Self {
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self {
            portone_v1: any_port,
            portone_v2: any_port,
            nicepay: any_port,
            toss: any_port,
            control: any_port,
            webhook_urls: WebhookUrls::default(),
            secrets: Secrets::default(),
            store_id: "store-00000000-0000-0000-0000-000000000001".into(),
            channels: vec![Channel::default()],
            seed: 1,
            clock: Clock::system(),
            journal: None,
            webhook_concurrency: 32,
            request_log: 1_000,
            portone_v1_webhooks_as_forms: false,
            portone_v1_escrow_webhooks: false,
            portone_v1_webhooks_again: false,
        }
    }
}
