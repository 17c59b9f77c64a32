//! `escrow migrate`

use processes::Queue;

use super::{Failure, say};
use crate::{Config, server::Core};

/// Brings all tables up to date. The server does so at its start, too; this is for whoever wants it apart.
pub(super) async fn run(config: &Config) -> Result<(), Failure> {
    Core::open(config).await?;
    Queue::open(&config.tasks_url).await.map_err(Failure::of)?;
    say::line("all tables are up to date")
}
