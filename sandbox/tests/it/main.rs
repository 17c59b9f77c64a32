//! The sandbox from outside, over real connections on this machine.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on must fail")]

mod documents;
mod journal;
mod nicepay;
mod protocol;
mod shop;
mod stage;
