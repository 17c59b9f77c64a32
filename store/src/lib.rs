//! What happened: the append-only log, its writer, its feed and its proofs. The only crate that knows the events'
//! tables and cqrs-es.
//!
//! One [`Writer`] per process appends: commands are decided in memory, one after the other, and go into the log in
//! batches, one batch in flight. Readers follow by position ([`Feed`]); auditors check every byte ([`audit`]).

pub mod audit;

pub mod cqrs;
mod decode;
pub mod erasures;
mod feed;
pub mod history;
pub mod log;
mod metadata;
mod occurrence;
pub mod refusals;
mod secret_file;
pub mod vault;
mod writer;

pub use decode::{Decoder, Recorded, Stored};
pub use feed::{Feed, FeedError};
pub use log::{Database, Head, Log, OpenError, Options, RawEvent, StoredReceipt};
pub use metadata::Metadata;
pub use occurrence::{Occurrence, Reading, Span, Unreadable};
pub use writer::{Command, Decide, Decision, Desk, Fault, Missing, Receipt, Unit, Writer};
