//! Proof that nothing was altered: the hash of every row, and the chain of every batch.

mod chain;
mod copied;
mod leaf;
mod verify;

pub use chain::{GENESIS, Link};
pub use leaf::{Hash, LeafFields, LeafHasher};
pub use verify::{Breach, Broken, NotVerified, Verified, verify};
