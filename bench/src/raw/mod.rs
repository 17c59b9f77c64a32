//! The limits: what the database does when nobody decides, hashes or remembers anything. The tables are ours, with
//! the same keys, checks and triggers.

mod multi;
mod scan;
mod single;

pub use multi::{BATCHES, Multi};
pub use scan::scan;
pub use single::singles;

/// The columns of an event, in the order everybody binds them.
const COLUMNS: &str = "position, aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata, \
                       event_id, command_id, recorded_at, leaf";
/// A leaf of the right length.
const LEAF: [u8; 32] = [7; 32];
