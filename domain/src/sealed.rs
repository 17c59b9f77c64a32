//! Personal data as the log may hold it: ciphertext under a key of its subject that is kept elsewhere.

use std::fmt::{Debug, Formatter};

use serde::{Deserialize, Serialize};

/// A text sealed under its subject's key (base64 of nonce and AES-256-GCM ciphertext). Without the key it means
/// nothing, so forgetting a subject is deleting one key, and every proof over the log stays valid.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sealed(pub String);

impl Debug for Sealed {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealed(…)")
    }
}
