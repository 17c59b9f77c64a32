//! The command line.

use std::time::Duration;

use clap::{Parser, ValueEnum};

/// Ours beside its limit and its rivals, from one run.
#[derive(Debug, Parser)]
#[command(name = "bench")]
pub struct Args {
    /// What to measure.
    pub bench: Bench,
    /// Which database.
    #[arg(long)]
    pub store: Store,
    /// Numbers of clients at the same time.
    #[arg(long, value_delimiter = ',', default_values_t = [1, 16, 64, 256, 1024],
          value_parser = clap::value_parser!(u16).range(1..=8_192))]
    pub clients: Vec<u16>,
    /// One JSON object a line instead of tables.
    #[arg(long)]
    pub json: bool,
    /// How long each contender runs in each round.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..=3_600))]
    pub seconds: u16,
    /// How often all contenders have their turn.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..=100))]
    pub rounds: u16,
}

/// What can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Bench {
    /// Commands on aggregates of their own.
    Append,
    /// All buyers want one product.
    Hot,
    /// The whole life of an order, over HTTP.
    Lifecycle,
    /// All read models anew from the log.
    Rebuild,
    /// Every hash of the log anew.
    Verify,
    /// Appends with and without a sealer beside them.
    Seal,
}

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Store {
    /// An embedded file.
    Sqlite,
    /// A server of its own.
    Postgres,
}

impl Store {
    /// Its name, as on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

impl Args {
    /// How long each contender runs in each round.
    pub fn slice(&self) -> Duration {
        Duration::from_secs(self.seconds.into())
    }

    /// The largest number of clients asked for.
    pub fn most_clients(&self) -> usize {
        self.clients.iter().copied().max().unwrap_or(1).into()
    }
}
