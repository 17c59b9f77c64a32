//! Folds one projection anew from the beginning while readers and the follower go on.
//!
//! Every table exists in generations (`orders_g1`, `orders_g2`, …), and the name that readers use (`orders`) is a view
//! over the live one. A rebuild
//! 1. begins a generation with a checkpoint of its own, beside the live one ([`begin`]);
//! 2. reads, decodes, folds and writes at the same time; a row is kept in memory until nothing changes it any more,
//!    so it is written once, and indexes are made at the end (`fill`, `load`);
//! 3. brings both generations to one position and compares them (`compare`). A difference means that the live rows
//!    are not what the log says, or that the fold has changed: it is told, and readers get other answers only if
//!    somebody has said so beforehand;
//! 4. points view and checkpoint at the new generation (`switch`). Nothing is renamed, nobody sees half of it. The old
//!    generation stays until the next switch, and [`back`] points to it again.
//!
//! Only a generation that was live is ever pointed back to: what a crash leaves half-built, and what was found to
//! differ, is dropped by the next rebuild. Nothing else keeps two rebuilds apart: the later one takes the place of the
//! earlier, whose next move of its checkpoint fails (`Fenced`).
//!
//! MySQL ends a transaction at every change of a table or view. There such changes go over another connection while
//! the transaction holds the lock; a crash between view and checkpoint is repaired when the views are opened.

mod audit;
mod compare;
mod copy;
mod fill;
mod load;
mod switch;

pub use audit::{Audited, audit};
pub use compare::{Cell, Difference};
pub use load::Loading;
use store::{Feed, vault::Vault};
pub(crate) use switch::repair_pointers;
pub use switch::{Comparison, Returned, back};

use crate::{
    balances,
    checkpoint::{self, Mark},
    claims,
    error::ViewsError,
    generation, journal, orders, payments, products,
    projection::Projection,
    read::SPAN,
    timeline,
    views::Views,
};

/// Rows held in memory at the same time, as long as nobody says otherwise: some hundred megabytes at most.
const ROWS_HELD: usize = 250_000;

/// How far a rebuild has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The last position folded.
    pub position: i64,
    /// Where the log ended when this was said.
    pub head: i64,
}

/// What is to be rebuilt, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    projection: Projection,
    accept_differences: bool,
    rows_held: usize,
    positions_read: i64,
}

impl From<Projection> for Wanted {
    fn from(projection: Projection) -> Self {
        Self { projection, accept_differences: false, rows_held: ROWS_HELD, positions_read: SPAN }
    }
}

impl Wanted {
    /// Readers get the new rows even if they differ from those they have.
    #[must_use]
    pub fn accepting_differences(self, accept_differences: bool) -> Self {
        Self { accept_differences, ..self }
    }

    /// About so many rows are held in memory at most, and so many positions of the log are read at once.
    #[must_use]
    pub fn within(self, rows_held: usize, positions_read: i64) -> Self {
        Self { rows_held, positions_read: positions_read.max(1), ..self }
    }
}

/// What came of a rebuild.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebuilt {
    /// The generation that readers see now.
    pub generation: i64,
    /// The last event in it.
    pub position: i64,
    /// What a comparison with the generation before said.
    pub compared: Comparison,
}

/// What everybody here works with.
#[derive(Clone, Copy)]
struct Place<'a> {
    views: &'a Views,
    feed: &'a Feed,
    vault: &'a Vault,
}

/// Folds a projection anew and makes the result what readers see, unless it differs from what they see now.
pub async fn rebuild(
    views: &Views,
    feed: &Feed,
    vault: &Vault,
    wanted: impl Into<Wanted> + Send,
    mut progress: impl FnMut(Progress) + Send,
) -> Result<Rebuilt, ViewsError> {
    let (place, wanted) = (Place { views, feed, vault }, wanted.into());
    let building = begin(views, wanted.projection).await?;
    switch::forget_unusable(views, wanted.projection, building.generation).await?;
    let building = fill_all(place, building, wanted, &mut progress).await?;
    switch::forward(place, wanted, building).await
}

/// Folds everything into a generation that was begun.
async fn fill_all(
    place: Place<'_>,
    building: Mark,
    wanted: Wanted,
    progress: &mut (impl FnMut(Progress) + Send),
) -> Result<Mark, ViewsError> {
    let held = wanted;
    match wanted.projection {
        Projection::Users => fill::openly(place, building, progress).await,
        Projection::Products => fill::held::<products::Model>(place, building, held, progress).await,
        Projection::Orders => fill::held::<orders::Model>(place, building, held, progress).await,
        Projection::Payments => fill::held::<payments::Model>(place, building, held, progress).await,
        Projection::Timeline => fill::held::<timeline::Model>(place, building, held, progress).await,
        Projection::Journal => fill::held::<journal::Model>(place, building, held, progress).await,
        Projection::Balances => fill::held::<balances::Model>(place, building, held, progress).await,
        Projection::Claims => fill::held::<claims::Model>(place, building, held, progress).await,
    }
}

/// Makes the tables of the next generation. What an earlier rebuild has not finished loses its place.
async fn begin(views: &Views, projection: Projection) -> Result<Mark, ViewsError> {
    let mut tx = views.begin().await?;
    let known = checkpoint::lock_of(&mut tx, projection).await?;
    let live = known.iter().find(|one| one.live).map_or(1, |one| one.generation);
    let next = known.iter().map(|one| one.generation).max().unwrap_or(1) + 1;
    for table in projection.tables() {
        generation::create(views, &mut tx, table, (live, next)).await?;
    }
    let building = checkpoint::begin_generation(&mut tx, projection, next).await?;
    tx.commit().await?;
    Ok(building)
}
