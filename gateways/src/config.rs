//! What the settings of all gateways have in common.

use reqwest::Url;
use thiserror::Error;

use crate::{http::HttpError, secret::Secret};

/// A setting that cannot be right.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// Missing or malformed.
    #[error("{setting}: {problem}")]
    Setting {
        /// Its name.
        setting: &'static str,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The HTTP client cannot be made.
    #[error(transparent)]
    Http(#[from] HttpError),
}

pub(crate) const fn wrong(setting: &'static str, problem: &'static str) -> ConfigError {
    ConfigError::Setting { setting, problem }
}

/// A setting that must be there.
pub(crate) fn wanted(
    read: &impl Fn(&str) -> Option<String>,
    setting: &'static str,
) -> Result<String, ConfigError> {
    read(setting).ok_or(wrong(setting, "is not set"))
}

/// A setting that says whether real money moves.
pub(crate) fn live(
    read: &impl Fn(&str) -> Option<String>,
    setting: &'static str,
) -> Result<bool, ConfigError> {
    match read(setting).as_deref() {
        Some("true") => Ok(true),
        Some("false") => Ok(false),
        Some(_) | None => Err(wrong(setting, "say true or false")),
    }
}

/// The items between commas.
pub(crate) fn list(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(ToOwned::to_owned).collect()
}

/// An address of a gateway.
pub(crate) fn address(text: &str) -> Option<Url> {
    Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"))
}

/// A key that can stand in a header.
pub(crate) fn key<'s>(secret: &'s Secret, setting: &'static str) -> Result<&'s str, ConfigError> {
    let text = secret.expose();
    let fits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    if fits { Ok(text) } else { Err(wrong(setting, "is empty or has characters no key has")) }
}

/// `path` behind `base`.
pub(crate) fn behind(base: &Url, path: &[&str]) -> Url {
    let mut url = base.clone();
    // An http URL always has a path; `address` refused all others.
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().extend(path);
    }
    url
}
