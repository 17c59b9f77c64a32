//! Benchmarks: ours beside its limit and its rivals, on the same rows, from one run.
//!
//! Absolute numbers belong to a machine and an hour; ratios within one run carry over. So every command starts its
//! own database with every safety switch on, runs all contenders in turn, several rounds of it, and tells medians
//! with their spread. What is fast because something was left out is no result: the switches are read back from the
//! server, and our own log is verified after each round.

mod append;
mod args;
mod baseline;
mod ground;
mod hot;
mod http;
mod lifecycle;
mod lives;
mod load;
mod ours;
mod raw;
mod rebuild;
mod report;
mod rows;
mod safety;
mod seal;
mod server;
mod stats;
mod verify;

use std::process::ExitCode;

use args::{Args, Bench};
use clap::Parser;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Whatever ends a benchmark early.
type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    match run(&args).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            report::complain(&failure);
            ExitCode::FAILURE
        }
    }
}

async fn run(args: &Args) -> Result<(), Failure> {
    match args.bench {
        Bench::Append => append::run(args).await,
        Bench::Hot => hot::run(args).await,
        Bench::Verify => verify::run(args).await,
        Bench::Lifecycle => lifecycle::run(args).await,
        Bench::Rebuild => rebuild::run(args).await,
        Bench::Seal => seal::run(args).await,
    }
}
