//! Proof that nothing was altered: the hash of every row, the chain of every batch, and a signed tree over all rows.

mod against;
mod chain;
mod copied;
mod export;
pub mod hex;
mod leaf;
mod note;
mod prove;
mod receipts;
mod related;
mod seal;
mod tree;
mod verify;

pub use against::Against;
pub use chain::{GENESIS, Link};
pub use export::{BadEvent, BadExport, Checked, Export, NotExported, export_order};
pub use leaf::{Hash, LeafFields, LeafHasher};
pub use note::{BadCheckpoint, Checkpoint, KEY_FILE, NotAKey, SealKey, SealVerifier, Witness};
pub use prove::{
    Consistency, Inclusion, NoProof, Path, Root, is_continued, is_included, latest_checkpoint,
    prove_consistency, prove_inclusion,
};
pub use receipts::{BadReceipt, audit_receipts};
pub use related::events as events_of_order;
pub use seal::{SealError, Sealer, StoredCheckpoint, keep_cosigned, root_of};
pub use tree::{Tiles, Tree};
pub use verify::{Breach, Broken, NotVerified, Verified, verify, verify_against};
