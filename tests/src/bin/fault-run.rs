//! `cargo run --release -p tests --bin fault-run -- --payments 10000 --seed 7`

#![expect(clippy::print_stdout, reason = "saying what it found is what this program is for")]

use std::process::ExitCode;

use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use tests::fault_run::{self, MAX_PAYMENTS};

/// A simulation of many payments through all gateways, with everything going wrong that can.
#[derive(Debug, Parser)]
struct Args {
    /// How many payments.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=MAX_PAYMENTS))]
    payments: u32,
    /// What everything follows from.
    #[arg(long, default_value_t = 7)]
    seed: u64,
}

#[tokio::main]
async fn main() -> ExitCode {
    let Args { payments, seed } = Args::parse();
    let bar = ProgressBar::new(u64::from(payments));
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} payments, {elapsed} ({eta} left)") {
        bar.set_style(style);
    }
    let report = fault_run::run(seed, payments, |played| bar.set_position(u64::from(played))).await;
    bar.finish();
    println!("{report}");
    let never = report.never_struck();
    for name in &never {
        println!("NEVER STRUCK {name}");
    }
    if report.differences.is_empty() && never.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
