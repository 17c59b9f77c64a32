//! The sandbox from outside, over real connections on this machine.
#![recursion_limit = "256"]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on must fail")]

mod control;
mod documents;
mod journal;
mod nicepay;
mod portone_v1;
mod portone_v2;
mod protocol;
mod shop;
mod stage;
mod toss;
