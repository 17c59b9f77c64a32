//! Webhooks signed as the Standard Webhooks specification says: HMAC-SHA256 over `{id}.{timestamp}.{raw body}`,
//! by one of at most two live secrets, within five minutes of our clock.

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use reqwest::header::HeaderMap;
use sha2::Sha256;
use subtle::ConstantTimeEq;
use thiserror::Error;

use crate::secret::Secret;

/// How far the sender's clock may be from ours, both ways.
pub const WEBHOOK_TOLERANCE: TimeDelta = TimeDelta::minutes(5);
/// How many secrets may be live at once: the old one and the new one.
pub const MAX_LIVE_SECRETS: usize = 2;
/// How many signatures of one webhook are looked at.
const MAX_SIGNATURES: usize = 8;

/// Why a webhook is not taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WebhookError {
    /// `webhook-id`, `webhook-timestamp` or `webhook-signature` is missing or there twice.
    #[error("a webhook header is missing, doubled or malformed")]
    Headers,
    /// No signature is ours over these bytes.
    #[error("no signature matches")]
    NoMatchingSignature,
    /// Signed more than five minutes ago: sent again by somebody, or late.
    #[error("the webhook is too old")]
    TooOld,
    /// Signed more than five minutes in the future.
    #[error("the webhook is from the future")]
    TooNew,
    /// Genuine, and not a body the protocol knows.
    #[error("the webhook's body cannot be read: {0}")]
    Body(String),
}

/// The secrets a genuine webhook may be signed with.
#[derive(Clone)]
pub struct SigningKeys(Vec<Hmac<Sha256>>);

impl std::fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKeys({})", self.0.len())
    }
}

impl SigningKeys {
    /// Reads one or two secrets, base64 with or without `whsec_`. `None` if they are none, too many or unreadable.
    pub fn new(secrets: &[Secret]) -> Option<Self> {
        if secrets.is_empty() || secrets.len() > MAX_LIVE_SECRETS {
            return None;
        }
        secrets.iter().map(key).collect::<Option<_>>().map(Self)
    }

    /// Proves that the bytes were signed by a live secret, now. Answers the delivery's id.
    pub fn verify<'h>(
        &self,
        headers: &'h HeaderMap,
        body: &[u8],
        now: DateTime<Utc>,
    ) -> Result<&'h str, WebhookError> {
        let id = single(headers, "webhook-id")?;
        let timestamp = single(headers, "webhook-timestamp")?;
        let signatures = single(headers, "webhook-signature")?;
        // The signature first: who cannot sign learns nothing about our clock.
        if !self.signed(id, timestamp, body, signatures) {
            return Err(WebhookError::NoMatchingSignature);
        }
        let seconds = timestamp.parse().map_err(|_| WebhookError::Headers)?;
        let sent_at = DateTime::from_timestamp(seconds, 0).ok_or(WebhookError::Headers)?;
        if now - sent_at > WEBHOOK_TOLERANCE {
            return Err(WebhookError::TooOld);
        }
        if sent_at - now > WEBHOOK_TOLERANCE {
            return Err(WebhookError::TooNew);
        }
        Ok(id)
    }

    fn signed(&self, id: &str, timestamp: &str, body: &[u8], signatures: &str) -> bool {
        let expected: Vec<_> = self.0.iter().map(|key| sign(key, id, timestamp, body)).collect();
        signatures
            .split(' ')
            .take(MAX_SIGNATURES)
            .filter_map(|signature| signature.strip_prefix("v1,"))
            .filter_map(|signature| STANDARD.decode(signature).ok())
            .any(|given| expected.iter().any(|ours| bool::from(ours.as_slice().ct_eq(&given))))
    }
}

fn key(secret: &Secret) -> Option<Hmac<Sha256>> {
    let text = secret.expose();
    let bytes = STANDARD.decode(text.strip_prefix("whsec_").unwrap_or(text)).ok()?;
    if bytes.is_empty() {
        return None;
    }
    Hmac::new_from_slice(&bytes).ok()
}

fn sign(key: &Hmac<Sha256>, id: &str, timestamp: &str, body: &[u8]) -> [u8; 32] {
    let mut mac = key.clone();
    for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

fn single<'h>(headers: &'h HeaderMap, name: &str) -> Result<&'h str, WebhookError> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => {
            value.to_str().ok().filter(|text| !text.is_empty()).ok_or(WebhookError::Headers)
        }
        (None, _) | (Some(_), Some(_)) => Err(WebhookError::Headers),
    }
}
