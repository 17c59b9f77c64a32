//! `escrow verify`

use store::audit::{self, Verified};

use super::{Failure, progress, say};
use crate::{Config, hex::hex, server::Core};

/// Checks every hash of the log. Fails, and names the position, where one does not hold.
pub(super) async fn run(config: &Config) -> Result<(), Failure> {
    let core = Core::open(config).await?;
    let head = core.log.head().await.map_err(Failure::of)?;
    let bar = progress::bar("verifying", head.position);
    let verified = audit::verify(&core.log, |position| bar.set_position(progress::count(position))).await;
    bar.finish_and_clear();
    let Verified { events, batches, head_hash } = verified.map_err(Failure::of)?;
    say::line(format!("the log is whole: {events} events in {batches} batches"))?;
    say::line(format!("head {events} {}", hex(&head_hash)))
}
