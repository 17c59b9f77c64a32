//! NicePay's signatures, both ways: SHA-256 over a few fields and the secret key at the end. A document that is
//! signed so is one about our own account.

use subtle::ConstantTimeEq;

use crate::{digest::sha256_hex, secret::Secret};

/// Our keys.
#[derive(Debug, Clone)]
pub(super) struct Keys {
    pub client: String,
    secret: Secret,
    pub live: bool,
}

impl Keys {
    pub(super) const fn new(client: String, secret: Secret, live: bool) -> Self {
        Self { client, secret, live }
    }

    /// The signature over `parts`.
    pub(super) fn sign(&self, parts: &[&str]) -> String {
        let mut all: Vec<&[u8]> = parts.iter().map(|part| part.as_bytes()).collect();
        all.push(self.secret.expose().as_bytes());
        sha256_hex(&all)
    }

    /// Whether `given` is that signature.
    pub(super) fn signed(&self, parts: &[&str], given: &str) -> bool {
        self.sign(parts).as_bytes().ct_eq(given.to_ascii_lowercase().as_bytes()).into()
    }
}
