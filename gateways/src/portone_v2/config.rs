//! The settings of an account at PortOne V2, and what is wrong with them before anything is sent.

use domain::payment::Gateway;

use super::{PortoneV2, checkout::Pages};
use crate::{
    config::{self, ConfigError, address, list, wrong},
    http::{Http, TimeLimits},
    secret::Secret,
    verify::Merchant,
    webhook::SigningKeys,
};

/// The setting of the API's address.
pub const BASE_URL: &str = "ESCROW_PORTONE_V2_URL";
/// The setting of the API secret.
pub const API_SECRET: &str = "ESCROW_PORTONE_V2_API_SECRET";
/// The setting of the webhook secrets, one or two with a comma between.
pub const WEBHOOK_SECRETS: &str = "ESCROW_PORTONE_V2_WEBHOOK_SECRETS";
/// The setting of the store.
pub const STORE_ID: &str = "ESCROW_PORTONE_V2_STORE_ID";
/// The setting of the channel keys, with commas between; the first is the one for ordinary payments.
pub const CHANNELS: &str = "ESCROW_PORTONE_V2_CHANNELS";
/// The setting of the channel key for escrow payments.
pub const ESCROW_CHANNEL: &str = "ESCROW_PORTONE_V2_ESCROW_CHANNEL";
/// The setting that says real money moves: `true` or `false`.
pub const LIVE: &str = "ESCROW_PORTONE_V2_LIVE";

const DEFAULT_BASE_URL: &str = "https://api.portone.io";
const DEFAULT_SDK_URL: &str = "https://cdn.portone.io/v2/browser-sdk.js";

/// An account at PortOne V2.
#[derive(Debug, Clone)]
pub struct PortoneV2Config {
    /// The API's address.
    pub base_url: String,
    /// The API secret.
    pub api_secret: Secret,
    /// The one or two live webhook secrets.
    pub webhook_secrets: Vec<Secret>,
    /// Our store.
    pub store_id: String,
    /// The channels our buyers may pay through; the first is the one for ordinary payments.
    pub channels: Vec<String>,
    /// The channel for escrow payments, if it is another; it is one of ours, too.
    pub escrow_channel: Option<String>,
    /// Whether real money moves.
    pub live: bool,
    /// The script for the buyer's browser.
    pub sdk_url: String,
    /// A server with a page to pay on under `/pay/{id}` (the sandbox has one).
    pub pay_page: Option<String>,
    /// How long PortOne may take.
    pub limits: TimeLimits,
}

impl PortoneV2Config {
    /// Reads the account from settings; `None` if none of them is set, so that a sandbox can stand in.
    pub fn from_settings(read: impl Fn(&str) -> Option<String>) -> Result<Option<Self>, ConfigError> {
        let names = [BASE_URL, API_SECRET, WEBHOOK_SECRETS, STORE_ID, CHANNELS, ESCROW_CHANNEL, LIVE];
        if names.iter().all(|name| read(name).is_none()) {
            return Ok(None);
        }
        let wanted = |setting| config::wanted(&read, setting);
        Ok(Some(Self {
            base_url: read(BASE_URL).unwrap_or_else(|| DEFAULT_BASE_URL.into()),
            api_secret: Secret::new(wanted(API_SECRET)?),
            webhook_secrets: list(&wanted(WEBHOOK_SECRETS)?).into_iter().map(Secret::new).collect(),
            store_id: wanted(STORE_ID)?,
            channels: list(&wanted(CHANNELS)?),
            escrow_channel: read(ESCROW_CHANNEL),
            live: config::live(&read, LIVE)?,
            sdk_url: DEFAULT_SDK_URL.into(),
            pay_page: None,
            limits: TimeLimits::default(),
        }))
    }
}

pub(super) fn connect(account: &PortoneV2Config) -> Result<PortoneV2, ConfigError> {
    let base = address(&account.base_url).ok_or(wrong(BASE_URL, "is not an http(s) address"))?;
    let secret = config::key(&account.api_secret, API_SECRET)?;
    let keys = SigningKeys::new(&account.webhook_secrets)
        .ok_or(wrong(WEBHOOK_SECRETS, "one or two secrets in base64 are wanted, with or without whsec_"))?;
    if account.store_id.is_empty() {
        return Err(wrong(STORE_ID, "is empty"));
    }
    let channel = account.channels.first().cloned().ok_or(wrong(CHANNELS, "names no channel"))?;
    let escrow_channel = account.escrow_channel.clone().unwrap_or_else(|| channel.clone());
    let mut channels = account.channels.clone();
    if !channels.contains(&escrow_channel) {
        channels.push(escrow_channel.clone());
    }
    Ok(PortoneV2 {
        http: Http::new(Gateway::PortoneV2, &base, account.limits)?,
        base,
        authorization: Secret::new(format!("PortOne {secret}")),
        store: account.store_id.clone(),
        keys,
        merchant: Merchant { store: Some(account.store_id.clone()), channels, live: account.live },
        checkout: Pages {
            channel,
            escrow_channel,
            sdk_url: account.sdk_url.clone(),
            pay_page: account.pay_page.as_deref().and_then(address),
        },
    })
}
