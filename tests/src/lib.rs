//! The harness: a world with a virtual clock and actors who speak HTTP.
//!
//! A [`World`] is the whole program in this process, with its databases in a folder or on servers of their own, and a
//! gateway's sandbox that outlives it. Nothing here sleeps to let things happen: [`World::settle`] waits until the
//! processes have nothing left that is due and every projection has folded the log to its end, and
//! [`World::passes`] moves the one clock of program and gateway. [`program`] is the real binary, for what only a
//! process can show: being killed.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a harness is a test: what goes wrong in it is the test's failure"
)]

pub mod actors;
mod audit;
mod browser;
pub mod counter;
mod databases;
pub mod fault_run;
pub mod http;
pub mod program;
pub mod random;
pub mod settlement;
mod tokens;
pub mod webhook;
pub mod witness;
pub mod world;

pub use browser::{Browser, Leaving};
pub use databases::Databases;
pub use tokens::Mint;
pub use world::{World, shop_at};
