//! Folds one projection anew from the beginning while readers and the follower go on.
//!
//! Every table exists in generations (`orders_g1`, `orders_g2`, …), and the name that readers use (`orders`) is a view
//! over the live one. A rebuild begins a new generation with a checkpoint of its own at nought, folds into it in large
//! batches while the next batch is being read and decoded, and at the end, under the lock of the live checkpoint,
//! folds what is left and points view and checkpoint at the new generation. Nothing is renamed, nobody sees half of it,
//! and the old generation stays until the next rebuild.
//!
//! Nothing else keeps two rebuilds apart: the later one takes the place of the earlier, whose next move of its
//! checkpoint fails (`Fenced`).
//!
//! MySQL ends a transaction at every change of a table or view. There such changes go over another connection while
//! the transaction holds the lock; a crash between view and checkpoint is repaired when the views are opened.

use store::{Feed, vault::Vault};
use tokio::sync::mpsc;

use crate::{
    checkpoint::{self, Checkpoint},
    error::ViewsError,
    follow::fold_into,
    generation,
    pools::Pools,
    projection::Projection,
    read::{Batch, read, read_for},
    views::Views,
};

/// Events of one transaction of a rebuild.
const BATCH: usize = 10_000;
/// Batches that are read ahead.
const AHEAD: usize = 2;

/// How far a rebuild has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The last position folded.
    pub position: i64,
    /// Where the log ended when this was said.
    pub head: i64,
}

/// Folds `projection` anew and makes the result the one that readers see. Says how many events it went over.
pub async fn rebuild(
    views: &Views,
    feed: &Feed,
    vault: &Vault,
    projection: Projection,
    mut progress: impl FnMut(Progress) + Send,
) -> Result<i64, ViewsError> {
    let mut building = begin(views, projection).await?;
    let mut batches = read_ahead(feed.clone(), projection);
    while let Some(batch) = batches.recv().await {
        fold(views, vault, &mut building, &batch?).await?;
        progress(Progress { position: building.position, head: feed.head().max(building.position) });
    }
    index(views, projection, building.generation).await?;
    switch(views, feed, vault, projection, building).await
}

/// Indexes cost less made at once than row by row.
async fn index(views: &Views, projection: Projection, generation: i64) -> Result<(), ViewsError> {
    let mut tx = views.begin().await?;
    let live = checkpoint::all_of(&mut tx, projection).await?.into_iter().find(|one| one.live);
    let live = live.map_or(1, |one| one.generation);
    for table in projection.tables() {
        generation::index(&mut tx, table, (live, generation)).await?;
    }
    Ok(tx.commit().await?)
}

/// Reads and decodes in a task of its own, so that the database that is written never waits for it.
fn read_ahead(feed: Feed, projection: Projection) -> mpsc::Receiver<Result<Batch, ViewsError>> {
    let (send, receive) = mpsc::channel(AHEAD);
    tokio::spawn(async move {
        let mut position = Some(0);
        while let Some(after) = position {
            let batch = read_for(&feed, projection, after, BATCH).await;
            position = batch.as_ref().ok().filter(|batch| !batch.is_empty()).map(Batch::end);
            // Nobody listens once the rebuild failed.
            if send.send(batch).await.is_err() {
                break;
            }
        }
    });
    receive
}

async fn begin(views: &Views, projection: Projection) -> Result<Checkpoint, ViewsError> {
    let mut tx = views.begin().await?;
    let known = checkpoint::lock_of(&mut tx, projection).await?;
    let live = known.iter().find(|one| one.live).map_or(1, |one| one.generation);
    let next = known.iter().map(|one| one.generation).max().unwrap_or(1) + 1;
    for table in projection.tables() {
        for old in known.iter().filter(|one| !one.live) {
            generation::drop(views, &mut tx, table, old.generation).await?;
        }
        generation::create(views, &mut tx, table, (live, next)).await?;
    }
    checkpoint::begin_generation(&mut tx, projection, next).await?;
    tx.commit().await?;
    Ok(Checkpoint {
        projection: projection.name().to_owned(),
        generation: next,
        live: false,
        position: 0,
        parked_position: None,
        error: None,
    })
}

async fn fold(
    views: &Views,
    vault: &Vault,
    building: &mut Checkpoint,
    batch: &Batch,
) -> Result<(), ViewsError> {
    let mut tx = views.begin().await?;
    let position = match fold_into(&mut tx, vault, building, batch).await {
        Ok(position) => position,
        Err(error) => {
            tx.rollback().await?;
            return Err(error);
        }
    };
    tx.commit().await?;
    building.position = position;
    if position < batch.end() { Err(parked(views, building).await?) } else { Ok(()) }
}

/// The parked row says which event and why; the live generation is untouched.
async fn parked(views: &Views, building: &Checkpoint) -> Result<ViewsError, ViewsError> {
    let rows: Vec<Checkpoint> = views.all(&checkpoint::all()).await?;
    let row = rows
        .into_iter()
        .find(|row| row.projection == building.projection && row.generation == building.generation);
    let projection = building.projection().unwrap_or(Projection::Users);
    Ok(ViewsError::Parked {
        projection,
        position: building.position + 1,
        reason: row.and_then(|row| row.error).unwrap_or_default(),
    })
}

async fn switch(
    views: &Views,
    feed: &Feed,
    vault: &Vault,
    projection: Projection,
    mut building: Checkpoint,
) -> Result<i64, ViewsError> {
    let mut tx = views.begin().await?;
    let known = checkpoint::lock_of(&mut tx, projection).await?;
    let live = known.iter().find(|one| one.live).map_or(0, |one| one.position);
    let own = known.iter().find(|one| one.generation == building.generation);
    if own.is_none_or(|own| own.position != building.position) {
        return Err(ViewsError::Fenced { projection, expected: building.position });
    }
    // The follower cannot move now, so this ends.
    while building.position < live {
        let batch = read(feed, building.position, BATCH).await?;
        let position = fold_into(&mut tx, vault, &building, &batch).await?;
        if position < batch.end() || batch.is_empty() {
            return Err(ViewsError::Fenced { projection, expected: position });
        }
        building.position = position;
    }
    checkpoint::make_live(&mut tx, projection, building.generation).await?;
    for table in projection.tables() {
        generation::point(views, &mut tx, table, building.generation).await?;
    }
    tx.commit().await?;
    views.reached(std::iter::once((projection, building.position)));
    Ok(building.position)
}

/// Where a view and its checkpoint can part in a crash, points the views where the checkpoints say.
pub(crate) async fn repair_pointers(views: &Views) -> Result<(), ViewsError> {
    match &views.pools {
        Pools::Postgres { .. } | Pools::Sqlite { .. } => return Ok(()),
        Pools::MySql { .. } => {}
    }
    for projection in Projection::ALL {
        let mut tx = views.begin().await?;
        let known = checkpoint::lock_of(&mut tx, projection).await?;
        if let Some(live) = known.iter().find(|one| one.live) {
            for table in projection.tables() {
                generation::point(views, &mut tx, table, live.generation).await?;
            }
        }
        tx.commit().await?;
    }
    Ok(())
}
