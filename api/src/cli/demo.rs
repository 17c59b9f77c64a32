//! `escrow demo`

use clap::Args;

use super::Failure;

/// Against which server.
#[derive(Debug, Args)]
pub(super) struct Wanted {
    /// A running server's address.
    #[arg(long)]
    url: Option<String>,
}

pub(super) async fn run(_wanted: Wanted) -> Result<(), Failure> {
    Ok(())
}
