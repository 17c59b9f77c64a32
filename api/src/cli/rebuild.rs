//! `escrow rebuild`

use clap::Args;
use projections::{Comparison, Projection, Rebuilt, ViewsError, Wanted as What};

use super::{Failure, progress, say};
use crate::{Config, server::Core};

const ALL: &str = "all";

/// Which projection.
#[derive(Debug, Args)]
pub(super) struct Wanted {
    /// users, products, orders, payments, timeline, journal, balances, claims, or all.
    projection: String,
    /// Switch to the new rows even if they are not those that readers see now.
    #[arg(long)]
    force: bool,
    /// Go back to the rows that readers saw before the last rebuild, brought up to date. Said again, it leads forward.
    #[arg(long, conflicts_with = "force")]
    back: bool,
}

/// Folds projections anew. Readers see the old rows until the new ones are complete and have been compared.
pub(super) async fn run(config: &Config, wanted: Wanted) -> Result<(), Failure> {
    let projections = if wanted.projection == ALL {
        Projection::ALL.to_vec()
    } else {
        vec![wanted.projection.parse::<Projection>().map_err(Failure::of)?]
    };
    let core = Core::open(config).await?;
    for projection in projections {
        if wanted.back {
            go_back(&core, projection).await?;
        } else {
            rebuild(&core, projection, wanted.force).await?;
        }
    }
    Ok(())
}

async fn go_back(core: &Core, projection: Projection) -> Result<(), Failure> {
    let back = projections::back(&core.views, &core.feed, &core.vault, projection);
    let back = back.await.map_err(Failure::of)?;
    say::line(format!("{projection}: back to generation {} at position {}", back.generation, back.position))
}

async fn rebuild(core: &Core, projection: Projection, force: bool) -> Result<(), Failure> {
    let head = core.log.head().await.map_err(Failure::of)?;
    let bar = progress::bar(projection.name(), head.position);
    let what = What::from(projection).accepting_differences(force);
    let rebuilt = projections::rebuild(&core.views, &core.feed, &core.vault, what, |reached| {
        bar.set_length(progress::count(reached.head));
        bar.set_position(progress::count(reached.position));
    });
    let rebuilt = rebuilt.await;
    bar.finish_and_clear();
    let rebuilt = match rebuilt {
        Err(error @ ViewsError::Different { .. }) => {
            return Err(Failure::of(format!("{error}. Nothing was switched; --force switches all the same")));
        }
        rebuilt => rebuilt.map_err(Failure::of)?,
    };
    let Rebuilt { generation, position, compared } = rebuilt;
    let compared = match compared {
        Comparison::Same => "the same rows as before".to_owned(),
        Comparison::Different(tables) => {
            let tables: Vec<String> = tables.iter().map(ToString::to_string).collect();
            format!("rows that differ from before: {}", tables.join("; "))
        }
        Comparison::Impossible => "nothing to compare with".to_owned(),
    };
    say::line(format!("{projection}: {position} events folded into generation {generation}; {compared}"))
}
