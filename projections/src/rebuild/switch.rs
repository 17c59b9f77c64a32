//! From one generation to another: forward to one that was built, back to the one before.
//!
//! Both first fold what the one has and the other has not, so that no reader goes back in time, and then move view
//! and checkpoint in one transaction, under the lock of the projection's checkpoints.

use super::{
    Place, Rebuilt, Wanted,
    audit::Audited,
    compare::{Difference, cells, differences},
};
use crate::{
    checkpoint::{self, Checkpoint, Mark},
    error::ViewsError,
    follow::fold_into,
    generation,
    pools::Pools,
    projection::Projection,
    read::read,
    tx::Tx,
    views::Views,
};

/// Events of one transaction that catches up.
const BATCH: usize = 2_000;
/// Cells of one table that are named of those that differ.
const CELLS: i64 = 10;

/// What a comparison of the new rows with the live ones said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Comparison {
    /// They are the same.
    Same,
    /// They are not, and whoever asked for the rebuild accepted that.
    Different(Vec<Difference>),
    /// There was nothing to compare with: nothing folded yet, or parked before an event.
    Impossible,
}

/// Where readers are after going back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Returned {
    /// The generation that readers see now.
    pub generation: i64,
    /// The last event in it.
    pub position: i64,
}

/// All generations of one projection, locked.
struct Locked {
    tx: Tx,
    of: Projection,
    known: Vec<Checkpoint>,
}

impl Locked {
    async fn take(views: &Views, of: Projection) -> Result<Self, ViewsError> {
        let mut tx = views.begin().await?;
        let known = checkpoint::lock_of(&mut tx, of).await?;
        Ok(Self { tx, of, known })
    }

    fn live(&self) -> Result<&Checkpoint, ViewsError> {
        let fenced = ViewsError::Fenced { projection: self.of, expected: 0 };
        self.known.iter().find(|one| one.live).ok_or(fenced)
    }

    fn generation(&self, generation: i64, expected: i64) -> Result<&Checkpoint, ViewsError> {
        let fenced = ViewsError::Fenced { projection: self.of, expected };
        self.known.iter().find(|one| one.generation == generation).ok_or(fenced)
    }

    /// Folds up to a batch of what a generation lacks to be at `to`, and says where it is then.
    async fn fold(&mut self, place: Place<'_>, mark: Mark, to: i64) -> Result<Mark, ViewsError> {
        let batch = read(place.feed, mark.position, limit(to - mark.position)).await?;
        let position = fold_into(&mut self.tx, place.vault, mark, &batch).await?;
        Ok(Mark { position, ..mark })
    }

    /// Points readers and follower at a generation.
    async fn point(mut self, views: &Views, mark: Mark) -> Result<(), ViewsError> {
        checkpoint::make_live(&mut self.tx, self.of, mark.generation).await?;
        for table in self.of.tables() {
            generation::point(views, &mut self.tx, table, mark.generation).await?;
        }
        self.tx.commit().await?;
        views.reached(std::iter::once((self.of, mark.position)));
        Ok(())
    }
}

fn limit(events: i64) -> usize {
    usize::try_from(events).map_or(0, |events| events.min(BATCH))
}

/// Compares a new generation with the live one and points at it.
pub(super) async fn forward(place: Place<'_>, wanted: Wanted, building: Mark) -> Result<Rebuilt, ViewsError> {
    let Place { views, .. } = place;
    let live = Locked::take(views, building.of).await?.live()?.clone();
    let is_comparable = live.position > 0 && live.parked_position.is_none();
    if is_comparable && let Some(live) = live.mark() {
        catch_up(place, live, building.position).await?;
    }
    let (mut locked, building) = level(place, building).await?;
    let live = locked.live()?.clone();
    let mut compared = Comparison::Impossible;
    if live.position == building.position && live.parked_position.is_none() {
        let tables = building.of.tables();
        let found = differences(&mut locked.tx, &tables, (live.generation, building.generation)).await?;
        compared = if found.is_empty() { Comparison::Same } else { Comparison::Different(found) };
    }
    if let (Comparison::Different(differences), false) = (&compared, wanted.accept_differences) {
        // What was folded last is kept for whoever wants to look at the rows.
        locked.tx.commit().await?;
        return Err(ViewsError::Different { projection: building.of, differences: differences.clone() });
    }
    locked.point(views, building).await?;
    forget_unusable(views, building.of, building.generation).await?;
    Ok(Rebuilt { generation: building.generation, position: building.position, compared })
}

/// Compares a new generation with the live one, cell by cell, and leaves everything as it is.
pub(super) async fn compare(place: Place<'_>, building: Mark) -> Result<Audited, ViewsError> {
    let live = Locked::take(place.views, building.of).await?.live()?.clone();
    if let Some(position) = live.parked_position {
        let reason = live.error.unwrap_or_default();
        return Ok(Audited {
            position: live.position,
            parked: Some((position, reason)),
            ..Audited::default()
        });
    }
    if let Some(live) = live.mark() {
        catch_up(place, live, building.position).await?;
    }
    let (mut locked, building) = level(place, building).await?;
    let generations = (locked.live()?.generation, building.generation);
    let mut audited = Audited { position: building.position, ..Audited::default() };
    for table in building.of.tables() {
        audited.tables += 1;
        let found = differences(&mut locked.tx, &[table], generations).await?;
        for difference in found {
            audited.rows += difference.rows;
            audited.cells.extend(cells(&mut locked.tx, table, generations, CELLS).await?);
        }
    }
    locked.tx.commit().await?;
    Ok(audited)
}

/// Points a projection at the generation that was live before, once that has what the live one has. Said twice, it
/// leads to where it began.
pub async fn back(
    views: &Views,
    feed: &store::Feed,
    vault: &store::vault::Vault,
    projection: Projection,
) -> Result<Returned, ViewsError> {
    let place = Place { views, feed, vault };
    let locked = Locked::take(views, projection).await?;
    let before = locked.known.iter().rfind(|one| one.usable && !one.live).and_then(Checkpoint::mark);
    locked.tx.rollback().await?;
    let before = before.ok_or(ViewsError::NoWayBack(projection))?;
    let (locked, before) = level(place, before).await?;
    locked.point(views, before).await?;
    Ok(Returned { generation: before.generation, position: before.position })
}

/// Brings a generation to where the live one is, and holds both there.
async fn level(place: Place<'_>, mark: Mark) -> Result<(Locked, Mark), ViewsError> {
    let live = Locked::take(place.views, mark.of).await?.live()?.position;
    let mut mark = catch_up(place, mark, live).await?;
    let mut locked = Locked::take(place.views, mark.of).await?;
    let own = locked.generation(mark.generation, mark.position)?;
    if own.position != mark.position {
        return Err(ViewsError::Fenced { projection: mark.of, expected: mark.position });
    }
    let live = locked.live()?.position;
    // The follower cannot move now, so this ends.
    while mark.position < live {
        let further = locked.fold(place, mark, live).await?;
        if further.position == mark.position {
            locked.tx.commit().await?;
            return Err(checkpoint::parked(place.views, (mark.of, mark.generation)).await?);
        }
        mark = further;
    }
    Ok((locked, mark))
}

/// Folds into one generation until it is at `to`, in transactions that let others have their turn.
async fn catch_up(place: Place<'_>, mut mark: Mark, to: i64) -> Result<Mark, ViewsError> {
    while mark.position < to {
        let mut locked = Locked::take(place.views, mark.of).await?;
        let own = locked.generation(mark.generation, mark.position)?.clone();
        let stands = own.mark().unwrap_or(mark);
        let further = if own.parked_position.is_none() && stands.position < to {
            locked.fold(place, stands, to).await?
        } else {
            stands
        };
        locked.tx.commit().await?;
        // A live generation that is parked is not compared; another one is not switched to.
        if further.position == stands.position && further.position < to {
            if own.live {
                return Ok(further);
            }
            return Err(checkpoint::parked(place.views, (mark.of, mark.generation)).await?);
        }
        mark = further;
    }
    Ok(mark)
}

/// Drops what is older than `building` and nobody may read any more.
pub(super) async fn forget_unusable(
    views: &Views,
    projection: Projection,
    building: i64,
) -> Result<(), ViewsError> {
    let checkpoints: Vec<Checkpoint> = views.all(&checkpoint::all()).await?;
    let unusable = checkpoints
        .iter()
        .filter(|one| !one.usable && one.generation < building && one.projection() == Some(projection));
    for one in unusable {
        let which = (projection, one.generation);
        let mut tx = views.begin().await?;
        if checkpoint::lock_one(&mut tx, which).await? {
            for table in projection.tables() {
                generation::drop(views, &mut tx, table, one.generation).await?;
            }
            checkpoint::forget(&mut tx, which).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

/// Where a view and its checkpoint can part in a crash, points the views where the checkpoints say.
pub(crate) async fn repair_pointers(views: &Views) -> Result<(), ViewsError> {
    match &views.pools {
        Pools::Postgres { .. } | Pools::Sqlite { .. } => return Ok(()),
        Pools::MySql { .. } => {}
    }
    for projection in Projection::ALL {
        let mut locked = Locked::take(views, projection).await?;
        if let Some(live) = locked.known.iter().find(|one| one.live).map(|one| one.generation) {
            for table in projection.tables() {
                generation::point(views, &mut locked.tx, table, live).await?;
            }
        }
        locked.tx.commit().await?;
    }
    Ok(())
}
