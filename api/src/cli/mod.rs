//! The binary's commands. Without one it serves.

mod audit;
mod demo;
mod forget;
mod grant;
mod migrate;
mod progress;
mod proofs;
mod rebuild;
mod replay;
mod sandbox;
mod say;
mod serve;
mod verify;

use std::{io::IsTerminal, process::ExitCode};

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use crate::{Config, StartError, config::SettingError, openapi};

/// What `--help` says first.
const ABOUT: &str =
    "An escrow ledger for marketplaces: takes orders, holds the buyers' money and pays the sellers.";
/// And what more `--help` says.
const LONG_ABOUT: &str = "\
An escrow ledger for marketplaces.

It takes an order, has the payment approved at a gateway (PortOne V1 and V2, NicePay, Toss Payments), holds the money,
follows the delivery, and pays the seller when the buyer confirms, or gives the money back. Every fact is kept for
good: any order, balance or account can be seen as of any moment.

Without a command it serves; without any setting it is a shop to try, with gateways of its own that move no real money.";

/// The command line.
#[derive(Debug, Parser)]
#[command(name = "escrow", version, about = ABOUT, long_about = LONG_ABOUT)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Starts the server (the default).
    Serve,
    /// Brings the tables of all databases up to date, and ends.
    Migrate,
    /// Replays one aggregate, a type, a stretch of the log, or everything.
    Replay(replay::Wanted),
    /// Checks every hash of the log, or an export without any database, and names the first bad position.
    Verify(verify::Wanted),
    /// Prints the public key of the log's checkpoints.
    Key,
    /// Prints the latest signed checkpoint.
    Checkpoint,
    /// Prints the proof that an event is in the log, or that the log only grew.
    #[command(subcommand)]
    Prove(proofs::Wanted),
    /// Writes everything about one order, with proofs, as one file.
    Export(proofs::Export),
    /// Checks everything there is against the log: its hashes, every row of every read model, receipts and timers.
    Audit,
    /// Folds a projection, or all, anew from the log, while the server runs or not.
    Rebuild(rebuild::Wanted),
    /// Prints the OpenAPI document.
    Openapi,
    /// Drives the whole life of an order through HTTP.
    Demo(demo::Wanted),
    /// Serves only the gateways' sandbox, and prints its addresses and credentials.
    Sandbox,
    /// Forgets a person for good, and prints the signed receipt.
    Forget(forget::Wanted),
    /// Lets an account do more.
    Grant(grant::Wanted),
}

/// Why a command ended badly. Its text is for people.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Setting(#[from] SettingError),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error("{0}")]
    Said(String),
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

impl Failure {
    fn of(error: impl std::fmt::Display) -> Self {
        Self::Said(error.to_string())
    }
}

/// Runs the command of this process's arguments.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let quiet = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("error"));
    tracing_subscriber::fmt()
        .with_env_filter(quiet)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error.into()),
    };
    match runtime.block_on(execute(arguments.command.unwrap_or(Command::Serve))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failed(&failure),
    }
}

async fn execute(command: Command) -> Result<(), Failure> {
    match command {
        Command::Serve => serve::run(Config::from_settings()?).await,
        Command::Migrate => migrate::run(&Config::from_settings()?).await,
        Command::Replay(wanted) => replay::run(&Config::from_settings()?, wanted).await,
        Command::Verify(wanted) => verify::run(wanted).await,
        Command::Key => proofs::key(&Config::from_settings()?).await,
        Command::Checkpoint => proofs::checkpoint(&Config::from_settings()?).await,
        Command::Prove(wanted) => proofs::prove(&Config::from_settings()?, wanted).await,
        Command::Export(wanted) => proofs::export(&Config::from_settings()?, wanted).await,
        Command::Audit => audit::run(&Config::from_settings()?).await,
        Command::Rebuild(wanted) => rebuild::run(&Config::from_settings()?, wanted).await,
        Command::Openapi => say::text(&openapi::text()),
        Command::Demo(wanted) => demo::run(wanted).await,
        Command::Sandbox => sandbox::run(&Config::from_settings()?).await,
        Command::Forget(wanted) => forget::run(&Config::from_settings()?, wanted).await,
        Command::Grant(wanted) => grant::run(&Config::from_settings()?, wanted).await,
    }
}

fn failed(failure: &Failure) -> ExitCode {
    say::error(&failure.to_string());
    ExitCode::FAILURE
}
