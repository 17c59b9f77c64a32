//! `escrow rebuild`

use clap::Args;
use projections::Projection;

use super::{Failure, progress, say};
use crate::{Config, server::Core};

const ALL: &str = "all";

/// Which projection.
#[derive(Debug, Args)]
pub(super) struct Wanted {
    /// users, products, orders, payments, timeline, journal, balances, or all.
    projection: String,
}

/// Folds projections anew. Readers see the old rows until the new ones are complete.
pub(super) async fn run(config: &Config, wanted: Wanted) -> Result<(), Failure> {
    let projections = if wanted.projection == ALL {
        Projection::ALL.to_vec()
    } else {
        vec![wanted.projection.parse::<Projection>().map_err(Failure::of)?]
    };
    let core = Core::open(config).await?;
    for projection in projections {
        let head = core.log.head().await.map_err(Failure::of)?;
        let bar = progress::bar(projection.name(), head.position);
        let folded = projections::rebuild(&core.views, &core.feed, &core.vault, projection, |reached| {
            bar.set_length(progress::count(reached.head));
            bar.set_position(progress::count(reached.position));
        });
        let folded = folded.await;
        bar.finish_and_clear();
        say::line(format!("{projection}: {} events folded", folded.map_err(Failure::of)?))?;
    }
    Ok(())
}
