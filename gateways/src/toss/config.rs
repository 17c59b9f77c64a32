//! The settings of an account at Toss Payments, and what is wrong with them before anything is sent.

use base64::{Engine, engine::general_purpose::STANDARD};

use domain::payment::Gateway;

use super::{Account, Toss, checkout::Window};
use crate::{
    config::{self, ConfigError, address, list, wrong},
    http::{Http, TimeLimits},
    secret::Secret,
    verify::Merchant,
};

/// The setting of the API's address.
pub const BASE_URL: &str = "ESCROW_TOSS_BASE_URL";
/// The setting of the client key.
pub const CLIENT_KEY: &str = "ESCROW_TOSS_CLIENT_KEY";
/// The setting of the secret key.
pub const SECRET_KEY: &str = "ESCROW_TOSS_SECRET_KEY";
/// The setting of our merchant ids (`mId`), with commas between.
pub const MERCHANT_IDS: &str = "ESCROW_TOSS_MERCHANT_IDS";
/// The setting that says real money moves: `true` or `false`.
pub const LIVE: &str = "ESCROW_TOSS_LIVE";

const DEFAULT_BASE_URL: &str = "https://api.tosspayments.com";
const DEFAULT_SDK_URL: &str = "https://js.tosspayments.com/v2/standard";

/// An account at Toss Payments.
#[derive(Debug, Clone)]
pub struct TossConfig {
    /// The API's address.
    pub base_url: String,
    /// The client key.
    pub client_key: String,
    /// The secret key.
    pub secret_key: Secret,
    /// Our merchant ids: a payment that names another is not ours.
    pub merchant_ids: Vec<String>,
    /// Whether real money moves.
    pub live: bool,
    /// The script for the buyer's browser.
    pub sdk_url: String,
    /// A server with a page to pay on under `/pay/{id}` (the sandbox has one).
    pub pay_page: Option<String>,
    /// How long Toss may take.
    pub limits: TimeLimits,
}

impl TossConfig {
    /// Reads the account from settings; `None` if none of them is set.
    pub fn from_settings(read: impl Fn(&str) -> Option<String>) -> Result<Option<Self>, ConfigError> {
        let names = [BASE_URL, CLIENT_KEY, SECRET_KEY, MERCHANT_IDS, LIVE];
        if names.iter().all(|name| read(name).is_none()) {
            return Ok(None);
        }
        Ok(Some(Self {
            base_url: read(BASE_URL).unwrap_or_else(|| DEFAULT_BASE_URL.into()),
            client_key: config::wanted(&read, CLIENT_KEY)?,
            secret_key: Secret::new(config::wanted(&read, SECRET_KEY)?),
            merchant_ids: list(&config::wanted(&read, MERCHANT_IDS)?),
            live: config::live(&read, LIVE)?,
            sdk_url: DEFAULT_SDK_URL.into(),
            pay_page: None,
            limits: TimeLimits::default(),
        }))
    }
}

pub(super) fn connect(account: &TossConfig) -> Result<Toss, ConfigError> {
    let base = address(&account.base_url).ok_or(wrong(BASE_URL, "is not an http(s) address"))?;
    let secret = config::key(&account.secret_key, SECRET_KEY)?;
    let client_key = Secret::new(account.client_key.clone());
    let client = config::key(&client_key, CLIENT_KEY)?;
    // Documents do not tell test from real money; the keys do.
    for (setting, key) in [(SECRET_KEY, secret), (CLIENT_KEY, client)] {
        if key.starts_with(if account.live { "test_" } else { "live_" }) {
            return Err(wrong(setting, "is a key for the other kind of money than ESCROW_TOSS_LIVE says"));
        }
    }
    if account.merchant_ids.is_empty() {
        return Err(wrong(MERCHANT_IDS, "names no merchant id"));
    }
    Ok(Toss {
        http: Http::new(Gateway::Toss, &base, account.limits)?,
        base,
        authorization: Secret::new(format!("Basic {}", STANDARD.encode(format!("{secret}:")))),
        account: Account { live: account.live },
        merchant: Merchant { store: None, channels: account.merchant_ids.clone(), live: account.live },
        window: Window {
            client_key: account.client_key.clone(),
            sdk_url: account.sdk_url.clone(),
            pay_page: account.pay_page.as_deref().and_then(address),
        },
    })
}
