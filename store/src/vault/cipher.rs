//! AES-256-GCM, always with the subject as associated data: a text moved to another subject does not open.

use std::fmt::{Debug, Formatter};

use aes_gcm::{
    Aes256Gcm, KeyInit, Nonce,
    aead::{Aead, Payload},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use uuid::Uuid;

use super::VaultError;

const NONCE_BYTES: usize = 12;
pub(super) const KEY_BYTES: usize = 32;

/// A 256-bit key: a subject's, or the master.
#[derive(Clone)]
pub(super) struct Key([u8; KEY_BYTES]);

impl Debug for Key {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

impl Key {
    pub(super) fn fresh() -> Result<Self, VaultError> {
        Ok(Self(ambient::random_bytes::<KEY_BYTES>()?))
    }

    pub(super) fn from_base64(text: &str) -> Option<Self> {
        let bytes = STANDARD.decode(text.trim()).ok()?;
        bytes.try_into().ok().map(Self)
    }

    pub(super) fn to_base64(&self) -> String {
        STANDARD.encode(self.0)
    }

    pub(super) fn wrap(&self, master: &Self, subject: Uuid) -> Result<Vec<u8>, VaultError> {
        master.encrypt(subject, &self.0)
    }

    pub(super) fn unwrap(master: &Self, subject: Uuid, wrapped: &[u8]) -> Result<Self, VaultError> {
        let bytes = master.decrypt(subject, wrapped)?;
        bytes.try_into().map(Self).map_err(|_| VaultError::NotOurs)
    }

    pub(super) fn seal(&self, subject: Uuid, plain: &[u8]) -> Result<String, VaultError> {
        self.encrypt(subject, plain).map(|sealed| STANDARD.encode(sealed))
    }

    pub(super) fn unseal(&self, subject: Uuid, sealed: &str) -> Result<Vec<u8>, VaultError> {
        let bytes = STANDARD.decode(sealed).map_err(|_| VaultError::NotOurs)?;
        self.decrypt(subject, &bytes)
    }

    fn encrypt(&self, subject: Uuid, plain: &[u8]) -> Result<Vec<u8>, VaultError> {
        let nonce = ambient::random_bytes::<NONCE_BYTES>()?;
        let payload = Payload { msg: plain, aad: subject.as_bytes() };
        let sealed = Aes256Gcm::new(&self.0.into())
            .encrypt(&Nonce::from(nonce), payload)
            .map_err(|_| VaultError::NotOurs)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    fn decrypt(&self, subject: Uuid, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        let (nonce, msg) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or(VaultError::NotOurs)?;
        Aes256Gcm::new(&self.0.into())
            .decrypt(&Nonce::from(*nonce), Payload { msg, aad: subject.as_bytes() })
            .map_err(|_| VaultError::NotOurs)
    }
}
