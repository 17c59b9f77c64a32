//! Folds one projection anew beside the live one, compares every row of it, and lets the new rows go again: a rebuild
//! that switches nothing, for who wants to know and not to change.

use store::{Feed, vault::Vault};

use super::{Cell, Place, Progress, Wanted, begin, fill_all, switch};
use crate::{error::ViewsError, projection::Projection, views::Views};

/// What an audit of one projection found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Audited {
    /// The last event that both have.
    pub position: i64,
    /// Tables compared.
    pub tables: usize,
    /// Rows that are not what the log says, or only on one side.
    pub rows: i64,
    /// The first cells of them.
    pub cells: Vec<Cell>,
    /// The event the live projection is parked before, and why; then nothing was compared.
    pub parked: Option<(i64, String)>,
}

impl Audited {
    /// Whether readers see what the log says.
    pub const fn is_right(&self) -> bool {
        self.rows == 0 && self.parked.is_none()
    }
}

/// Compares every row of a projection with what follows from the log. Traffic goes on meanwhile.
pub async fn audit(
    views: &Views,
    feed: &Feed,
    vault: &Vault,
    projection: Projection,
    mut progress: impl FnMut(Progress) + Send,
) -> Result<Audited, ViewsError> {
    let place = Place { views, feed, vault };
    let building = begin(views, projection).await?;
    let audited = match fill_all(place, building, Wanted::from(projection), &mut progress).await {
        Ok(filled) => switch::compare(place, filled).await,
        Err(error) => Err(error),
    };
    switch::forget_unusable(views, projection, building.generation + 1).await?;
    audited
}
