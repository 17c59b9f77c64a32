//! `escrow forget`

use clap::Args;
use domain::id::CustomerId;

use super::{Failure, say};
use crate::{Config, erasure::Forgetting, server::Core};

/// Who.
#[derive(Debug, Args)]
pub(super) struct Wanted {
    /// The customer, `cus_…`.
    customer: CustomerId,
}

/// Forgets a person and prints the signed receipt.
pub(super) async fn run(config: &Config, wanted: Wanted) -> Result<(), Failure> {
    let core = Core::open(config).await?;
    let key = core.seal_key(config)?;
    let Core { log, vault, views, .. } = &core;
    let forgetting = Forgetting { log, vault, views, key: &key, clock: &config.clock };
    let erasure = forgetting.forget(wanted.customer, "system:forget").await;
    let erasure = erasure.map_err(|problem| Failure::Said(problem.detail().to_owned()))?;
    say::text(&erasure.receipt)
}
