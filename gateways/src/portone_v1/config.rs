//! The settings of an account at PortOne V1, and what is wrong with them before anything is sent.

use std::sync::Arc;

use domain::payment::Gateway;

use super::{PortoneV1, checkout::Window, token::Tokens};
use crate::{
    config::{self, ConfigError, address, list, wrong},
    http::{Http, TimeLimits},
    secret::Secret,
    verify::Merchant,
};

/// The setting of the API's address.
pub const BASE_URL: &str = "ESCROW_PORTONE_V1_BASE_URL";
/// The setting of the shop's code in browsers (`imp…`).
pub const CODE: &str = "ESCROW_PORTONE_V1_CODE";
/// The setting of the API key.
pub const KEY: &str = "ESCROW_PORTONE_V1_KEY";
/// The setting of the API secret.
pub const SECRET: &str = "ESCROW_PORTONE_V1_SECRET";
/// Both, where the gateway does not say which of them is wrong.
pub const KEY_AND_SECRET: &str = "ESCROW_PORTONE_V1_KEY, ESCROW_PORTONE_V1_SECRET";
/// The setting of the sub-merchant's tier, if there is one.
pub const TIER: &str = "ESCROW_PORTONE_V1_TIER";
/// The setting of the PGs, as `provider.merchant id` with commas between; the first is for ordinary payments.
pub const CHANNELS: &str = "ESCROW_PORTONE_V1_CHANNELS";
/// The setting of the PG for escrow payments.
pub const ESCROW_CHANNEL: &str = "ESCROW_PORTONE_V1_ESCROW_CHANNEL";
/// The setting that says real money moves: `true` or `false`.
pub const LIVE: &str = "ESCROW_PORTONE_V1_LIVE";

const DEFAULT_BASE_URL: &str = "https://api.iamport.kr";
const DEFAULT_SDK_URL: &str = "https://cdn.iamport.kr/v1/iamport.js";

/// An account at PortOne V1.
#[derive(Debug, Clone)]
pub struct PortoneV1Config {
    /// The API's address.
    pub base_url: String,
    /// The shop's code in browsers.
    pub code: String,
    /// The API key.
    pub key: Secret,
    /// The API secret.
    pub secret: Secret,
    /// The sub-merchant's tier, if there is one.
    pub tier: Option<String>,
    /// The PGs our buyers may pay through, as `provider.merchant id`; the first is the one for ordinary payments.
    pub channels: Vec<String>,
    /// The PG for escrow payments, if it is another; it is one of ours, too.
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

impl PortoneV1Config {
    /// Reads the account from settings; `None` if none of them is set.
    pub fn from_settings(read: impl Fn(&str) -> Option<String>) -> Result<Option<Self>, ConfigError> {
        let names = [BASE_URL, CODE, KEY, SECRET, TIER, CHANNELS, ESCROW_CHANNEL, LIVE];
        if names.iter().all(|name| read(name).is_none()) {
            return Ok(None);
        }
        let wanted = |setting| config::wanted(&read, setting);
        Ok(Some(Self {
            base_url: read(BASE_URL).unwrap_or_else(|| DEFAULT_BASE_URL.into()),
            code: wanted(CODE)?,
            key: Secret::new(wanted(KEY)?),
            secret: Secret::new(wanted(SECRET)?),
            tier: read(TIER),
            channels: list(&wanted(CHANNELS)?),
            escrow_channel: read(ESCROW_CHANNEL),
            live: config::live(&read, LIVE)?,
            sdk_url: DEFAULT_SDK_URL.into(),
            pay_page: None,
            limits: TimeLimits::default(),
        }))
    }
}

pub(super) fn connect(account: &PortoneV1Config) -> Result<PortoneV1, ConfigError> {
    let base = address(&account.base_url).ok_or(wrong(BASE_URL, "is not an http(s) address"))?;
    config::key(&account.key, KEY)?;
    config::key(&account.secret, SECRET)?;
    if !account.code.starts_with("imp") {
        return Err(wrong(CODE, "does not begin with imp"));
    }
    let is_channel =
        |channel: &String| channel.split_once('.').is_some_and(|(pg, id)| !pg.is_empty() && !id.is_empty());
    if !account.channels.iter().all(is_channel) {
        return Err(wrong(
            CHANNELS,
            "a channel is written as provider.merchant id, as in html5_inicis.INIpayTest",
        ));
    }
    let channel = account.channels.first().cloned().ok_or(wrong(CHANNELS, "names no channel"))?;
    let escrow_channel = account.escrow_channel.clone().unwrap_or_else(|| channel.clone());
    if !is_channel(&escrow_channel) {
        return Err(wrong(ESCROW_CHANNEL, "a channel is written as provider.merchant id"));
    }
    let mut channels = account.channels.clone();
    if !channels.contains(&escrow_channel) {
        channels.push(escrow_channel.clone());
    }
    Ok(PortoneV1 {
        http: Http::new(Gateway::PortoneV1, &base, account.limits)?,
        base,
        tokens: Arc::new(Tokens::new(account.key.clone(), account.secret.clone())),
        tier: account.tier.clone(),
        merchant: Merchant { store: None, channels, live: account.live },
        window: Window {
            code: account.code.clone(),
            channel,
            escrow_channel,
            sdk_url: account.sdk_url.clone(),
            pay_page: account.pay_page.as_deref().and_then(address),
        },
    })
}
