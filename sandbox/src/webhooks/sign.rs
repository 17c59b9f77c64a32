//! Standard Webhooks signatures, by every live secret at once, so that a shop may change its secret in its own time.

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Signs webhooks.
pub struct Signer {
    keys: Vec<Hmac<Sha256>>,
    forger: Hmac<Sha256>,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signer(…)")
    }
}

impl Signer {
    /// Reads the secrets, base64 with or without `whsec_`.
    pub fn new(secrets: &[String]) -> Option<Self> {
        let keys: Option<Vec<_>> = secrets.iter().map(|secret| key(secret)).collect();
        let forger = Hmac::new_from_slice(b"not one of our secrets at all").ok()?;
        keys.filter(|keys| !keys.is_empty()).map(|keys| Self { keys, forger })
    }

    /// The `webhook-signature` header.
    pub fn sign(&self, id: &str, at: DateTime<Utc>, body: &[u8], forged: bool) -> String {
        let keys = if forged { std::slice::from_ref(&self.forger) } else { &self.keys };
        let timestamp = at.timestamp().to_string();
        let signatures: Vec<_> = keys
            .iter()
            .map(|key| {
                let mut mac = key.clone();
                for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
                    mac.update(part);
                }
                format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
            })
            .collect();
        signatures.join(" ")
    }
}

fn key(secret: &str) -> Option<Hmac<Sha256>> {
    let bytes = STANDARD.decode(secret.strip_prefix("whsec_").unwrap_or(secret)).ok()?;
    Hmac::new_from_slice(&bytes).ok().filter(|_| !bytes.is_empty())
}
