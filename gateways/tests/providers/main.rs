//! The connectors to PortOne V1, NicePay and Toss against the sandbox, over real connections on this machine. What
//! holds for all of them is tried with all of them.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

mod approval;
mod browser;
mod cancelling;
mod credentials;
mod dated;
mod delivery;
mod looking;
mod stage;
mod webhooks;
