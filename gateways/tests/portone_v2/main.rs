//! The connector against the sandbox, over real connections on this machine.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

mod calls;
mod escrow;
mod stage;
mod webhooks;
