//! `escrow key`, `escrow checkpoint`, `escrow prove`, `escrow export`: what an auditor takes along.
//!
//! Each of them seals what is not sealed yet, so none has to wait for a server.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use domain::id::OrderId;
use store::audit::{self, Consistency, Inclusion, Root};

use super::{Failure, say};
use crate::{Config, hex::hex, server::Core};

/// What is to be proven.
#[derive(Debug, Subcommand)]
pub(super) enum Wanted {
    /// That the event at a position is in the log.
    Inclusion {
        /// The event.
        #[arg(long)]
        position: i64,
        /// In the tree of so many events; of all where nothing is said.
        #[arg(long)]
        size: Option<i64>,
    },
    /// That the log only grew between two sizes.
    Consistency {
        /// The earlier size.
        #[arg(long)]
        from: i64,
        /// The later size.
        #[arg(long)]
        to: i64,
    },
}

/// Which order, and where to.
#[derive(Debug, Args)]
pub(super) struct Export {
    /// The order.
    #[arg(long)]
    order: OrderId,
    /// The file to write; standard output where nothing is said.
    #[arg(long)]
    out: Option<PathBuf>,
}

/// Prints the public key of checkpoints.
pub(super) async fn key(config: &Config) -> Result<(), Failure> {
    let core = Core::open(config).await?;
    say::line(core.sealer(config).await?.verifier())
}

/// Prints the latest checkpoint.
pub(super) async fn checkpoint(config: &Config) -> Result<(), Failure> {
    let core = Core::open(config).await?;
    core.sealer(config).await?;
    let latest = audit::latest_checkpoint(&core.log, false).await.map_err(Failure::of)?;
    say::text(&latest.ok_or_else(|| Failure::of(audit::NoProof::NothingSealed))?.note)
}

/// Prints a proof.
pub(super) async fn prove(config: &Config, wanted: Wanted) -> Result<(), Failure> {
    let core = Core::open(config).await?;
    core.sealer(config).await?;
    match wanted {
        Wanted::Inclusion { position, size } => {
            let proof = audit::prove_inclusion(&core.log, position, size).await.map_err(Failure::of)?;
            let Inclusion { event, tree, path } = proof;
            say::line(format!("position {position} is leaf {} of {}", position - 1, told(&tree)))?;
            say::line(format!("leaf {}", hex(&event.leaf)))?;
            hashes(&path)
        }
        Wanted::Consistency { from, to } => {
            let proof = audit::prove_consistency(&core.log, from, to).await.map_err(Failure::of)?;
            let Consistency { from, to, path } = proof;
            say::line(format!("{} continues\n{}", told(&to), told(&from)))?;
            hashes(&path)
        }
    }
}

/// Writes one order as one file.
pub(super) async fn export(config: &Config, wanted: Export) -> Result<(), Failure> {
    let core = Core::open(config).await?;
    core.sealer(config).await?;
    let export = audit::export_order(&core.log, wanted.order).await.map_err(Failure::of)?;
    let mut text = serde_json::to_string_pretty(&export).map_err(Failure::of)?;
    text.push('\n');
    match wanted.out {
        None => say::text(&text),
        Some(path) => {
            std::fs::write(&path, text)?;
            say::line(format!("{} is written to {}", wanted.order, path.display()))
        }
    }
}

fn told(tree: &Root) -> String {
    format!("the tree of {} events with root {}", tree.size, hex(&tree.root))
}

fn hashes(path: &[audit::Hash]) -> Result<(), Failure> {
    path.iter().try_for_each(|hash| say::line(format!("  {}", hex(hash))))
}
