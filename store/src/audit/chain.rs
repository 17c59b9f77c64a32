//! The chain of batches: each batch's hash covers the hash before it and the leaves of its events.

use sha2::{Digest, Sha256};

use super::leaf::Hash;

/// What the first batch continues.
pub const GENESIS: Hash = [0; 32];

/// The hash of a batch under way: `SHA-256(previous ‖ leaves)`.
#[derive(Debug, Clone)]
pub struct Link(Sha256);

impl Link {
    /// Continues `previous`.
    pub fn after(previous: &Hash) -> Self {
        Self(Sha256::new_with_prefix(previous))
    }

    /// Adds the leaf of the next event.
    pub fn add(&mut self, leaf: &Hash) {
        self.0.update(leaf);
    }

    /// The batch's hash.
    pub fn hash(self) -> Hash {
        self.0.finalize().into()
    }
}
