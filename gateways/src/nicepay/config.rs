//! The settings of an account at NicePay, and what is wrong with them before anything is sent.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};

use domain::payment::Gateway;

use super::{Nicepay, checkout::Window, keys::Keys};
use crate::{
    config::{self, ConfigError, address, wrong},
    http::{Http, TimeLimits},
    secret::Secret,
    verify::Merchant,
};

/// The setting of the API's address.
pub const BASE_URL: &str = "ESCROW_NICEPAY_BASE_URL";
/// The setting of the client key.
pub const CLIENT_KEY: &str = "ESCROW_NICEPAY_CLIENT_KEY";
/// The setting of the secret key.
pub const SECRET_KEY: &str = "ESCROW_NICEPAY_SECRET_KEY";
/// Both, where the gateway does not say which of them is wrong.
pub const BOTH_KEYS: &str = "ESCROW_NICEPAY_CLIENT_KEY, ESCROW_NICEPAY_SECRET_KEY";
/// The setting that says real money moves: `true` or `false`.
pub const LIVE: &str = "ESCROW_NICEPAY_LIVE";

const LIVE_BASE_URL: &str = "https://api.nicepay.co.kr";
const TEST_BASE_URL: &str = "https://sandbox-api.nicepay.co.kr";
const DEFAULT_SDK_URL: &str = "https://pay.nicepay.co.kr/v1/js/";

/// An account at NicePay.
#[derive(Debug, Clone)]
pub struct NicepayConfig {
    /// The API's address.
    pub base_url: String,
    /// The client key, of the model where the server approves.
    pub client_key: String,
    /// The secret key, for Basic authorization.
    pub secret_key: Secret,
    /// Whether real money moves.
    pub live: bool,
    /// The script for the buyer's browser.
    pub sdk_url: String,
    /// A server with a page to pay on under `/pay/{id}` (the sandbox has one).
    pub pay_page: Option<String>,
    /// How long NicePay may take.
    pub limits: TimeLimits,
}

impl NicepayConfig {
    /// The times NicePay itself names for its clients.
    pub const LIMITS: TimeLimits =
        TimeLimits { connect: Duration::from_secs(5), read: Duration::from_secs(30) };

    /// Reads the account from settings; `None` if none of them is set.
    pub fn from_settings(read: impl Fn(&str) -> Option<String>) -> Result<Option<Self>, ConfigError> {
        if [BASE_URL, CLIENT_KEY, SECRET_KEY, LIVE].iter().all(|name| read(name).is_none()) {
            return Ok(None);
        }
        let client_key = config::wanted(&read, CLIENT_KEY)?;
        let secret_key = Secret::new(config::wanted(&read, SECRET_KEY)?);
        let live = config::live(&read, LIVE)?;
        let usual = if live { LIVE_BASE_URL } else { TEST_BASE_URL };
        Ok(Some(Self {
            base_url: read(BASE_URL).unwrap_or_else(|| usual.into()),
            client_key,
            secret_key,
            live,
            sdk_url: DEFAULT_SDK_URL.into(),
            pay_page: None,
            limits: Self::LIMITS,
        }))
    }
}

pub(super) fn connect(account: &NicepayConfig) -> Result<Nicepay, ConfigError> {
    let base = address(&account.base_url).ok_or(wrong(BASE_URL, "is not an http(s) address"))?;
    let is_test = account.base_url.trim_end_matches('/') == TEST_BASE_URL;
    let is_real = account.base_url.trim_end_matches('/') == LIVE_BASE_URL;
    if (account.live && is_test) || (!account.live && is_real) {
        return Err(wrong(LIVE, "is not what the address says"));
    }
    let client_key = Secret::new(account.client_key.clone());
    let client = config::key(&client_key, CLIENT_KEY)?;
    let secret = config::key(&account.secret_key, SECRET_KEY)?;
    let basic = STANDARD.encode(format!("{client}:{secret}"));
    Ok(Nicepay {
        http: Http::new(Gateway::Nicepay, &base, account.limits)?,
        base,
        authorization: Secret::new(format!("Basic {basic}")),
        keys: Keys::new(account.client_key.clone(), account.secret_key.clone(), account.live),
        merchant: Merchant { store: None, channels: vec![account.client_key.clone()], live: account.live },
        window: Window {
            client_key: account.client_key.clone(),
            sdk_url: account.sdk_url.clone(),
            pay_page: account.pay_page.as_deref().and_then(address),
        },
    })
}
