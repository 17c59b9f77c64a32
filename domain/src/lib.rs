//! What is true and allowed in an escrow: pure decisions and folds.
//!
//! Nothing here waits, reads a clock, draws a random number or touches the outside: time, ids and actors are
//! arguments, so a replay or a simulation is exact. Each aggregate is a folder with the same files in the same
//! order: `mod.rs` (the state and its fold), `event.rs` (the storage format), `verbs.rs` (the decisions),
//! `refusal.rs` (what is said no to, and why).

pub mod aggregate;
pub mod calendar;
pub mod claim;
pub mod contest;
pub mod customer;
pub mod escrow;
pub mod fact;
pub mod holidays;
pub mod id;
pub mod ledger;
pub mod money;
pub mod order;
pub mod payment;
pub mod product;
pub mod sealed;
pub mod seller;

pub use aggregate::{Aggregate, Event};
pub use fact::Fact;
pub use money::{Currency, Money};
pub use sealed::Sealed;
