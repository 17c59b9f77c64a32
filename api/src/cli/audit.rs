//! `escrow audit`

use std::time::Instant;

use processes::{Queue, audit_tasks};
use projections::{Audited, Projection};
use store::audit::{self, Against};

use super::{Failure, progress, say};
use crate::{Config, server::Core};

/// Folds the whole log anew and compares everything that follows from it. Fails where anything differs, after having
/// told the first differences of each kind.
pub(super) async fn run(config: &Config) -> Result<(), Failure> {
    let (core, began) = (Core::open(config).await?, Instant::now());
    let head = core.log.head().await.map_err(Failure::of)?.position;
    let mut wrong = hashes(&core, head).await?;
    for projection in Projection::ALL {
        wrong += rows(&core, projection, head).await?;
    }
    wrong += receipts(&core, head).await?;
    wrong += tasks(config, &core, head).await?;
    let took = began.elapsed();
    if wrong == 0 {
        return say::line(format!("everything is what the log of {head} events says ({took:.1?})"));
    }
    Err(Failure::Said(format!("{wrong} things are not what the log of {head} events says")))
}

async fn hashes(core: &Core, head: i64) -> Result<i64, Failure> {
    let bar = progress::bar("hashes", head);
    let verified = audit::verify_against(&core.log, Against::default(), |position| {
        bar.set_position(progress::count(position));
    });
    let verified = verified.await;
    bar.finish_and_clear();
    match verified {
        Ok(whole) => {
            told(
                "hashes",
                &format!(
                    "{} events, {} batches, {} checkpoints",
                    whole.events, whole.batches, whole.checkpoints
                ),
            )?;
            Ok(0)
        }
        Err(audit::NotVerified::Broken(broken)) => {
            told("hashes", &format!("WRONG: {broken}"))?;
            Ok(1)
        }
        Err(error) => Err(Failure::of(error)),
    }
}

async fn rows(core: &Core, projection: Projection, head: i64) -> Result<i64, Failure> {
    let bar = progress::bar(projection.name(), head);
    let audited = projections::audit(&core.views, &core.feed, &core.vault, projection, |reached| {
        bar.set_length(progress::count(reached.head));
        bar.set_position(progress::count(reached.position));
    });
    let audited = audited.await;
    bar.finish_and_clear();
    let audited = audited.map_err(Failure::of)?;
    if audited.is_right() {
        told(projection.name(), &format!("{} tables as of position {}", audited.tables, audited.position))?;
        return Ok(0);
    }
    let Audited { rows, cells, parked, .. } = audited;
    if let Some((position, why)) = parked {
        told(projection.name(), &format!("WRONG: parked before position {position}: {why}"))?;
        return Ok(1);
    }
    told(projection.name(), &format!("WRONG: {rows} rows"))?;
    cells.iter().try_for_each(|cell| say::line(format!("            {cell}")))?;
    Ok(rows)
}

async fn receipts(core: &Core, head: i64) -> Result<i64, Failure> {
    let bar = progress::bar("receipts", head);
    let found =
        audit::audit_receipts(&core.log, |position| bar.set_position(progress::count(position))).await;
    bar.finish_and_clear();
    findings("receipts", &found.map_err(Failure::of)?)
}

async fn tasks(config: &Config, core: &Core, head: i64) -> Result<i64, Failure> {
    let queue = Queue::open(&config.tasks_url).await.map_err(Failure::of)?;
    let bar = progress::bar("timers", head);
    let found = audit_tasks(&core.feed, &queue, &config.clock, |position| {
        bar.set_position(progress::count(position));
    })
    .await;
    bar.finish_and_clear();
    findings("timers", &found.map_err(Failure::of)?)
}

fn findings(what: &str, found: &[impl std::fmt::Display]) -> Result<i64, Failure> {
    if found.is_empty() {
        told(what, "as they follow from the log")?;
    } else {
        told(what, &format!("WRONG: {} or more", found.len()))?;
        found.iter().try_for_each(|one| say::line(format!("            {one}")))?;
    }
    Ok(i64::try_from(found.len()).unwrap_or(i64::MAX))
}

fn told(what: &str, finding: &str) -> Result<(), Failure> {
    say::line(format!("{what:<10}  {finding}"))
}
