//! The composition root: HTTP in, problems out, and the one binary `escrow`.
//!
//! A request passes an extractor per concern (`extract`), becomes one command or one query (`routes`, one endpoint
//! per file) and leaves as an answer (`answer`) or a problem (`problem`). Nothing is decided here. `server` puts the
//! crates together and listens, `cli` holds the binary's other commands.

pub mod answer;
pub mod auth;
pub mod cli;
pub mod config;
mod console;
mod erasure;
pub mod extract;
mod gateway_accounts;
mod hex;
pub mod input;
mod metrics;
mod openapi;
mod parcels;
pub mod problem;
mod routes;
mod sandboxed;
mod sealing;
mod seed;
pub mod server;
pub mod services;

pub use config::{Config, GatewayChoice, SandboxPorts};
pub use gateway_accounts::GatewayAccounts;
pub use openapi::document;
pub use sealing::{SealSettings, WitnessSettings};
pub use server::{App, StartError};
