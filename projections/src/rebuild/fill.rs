//! Fills a new generation from the log.

use std::time::{Duration, Instant};

use super::{Place, Progress, Wanted, load::Loading};
use crate::{
    checkpoint::{self, Mark},
    error::ViewsError,
    follow::fold_into,
    generation,
    projection::{Model, Out, Poison, Target},
    read::{self, Ahead},
};

/// How often a rebuild notes how far it has come, and finds out whether a later one has taken its place. More often,
/// the folding would wait for it longer than for anything else.
const NOTED_EVERY: Duration = Duration::from_millis(250);

/// Fills a generation with rows that stay in memory until nothing changes them, or until there are too
/// many of them.
pub(super) async fn held<M: Model>(
    place: Place<'_>,
    mut building: Mark,
    wanted: Wanted,
    progress: &mut (impl FnMut(Progress) + Send),
) -> Result<Mark, ViewsError> {
    let projection = building.of;
    let mut loading = Loading::new(place.views, building.generation);
    let mut model = M::default();
    let mut spans = read::ahead(place.feed.clone(), projection, wanted.positions_read);
    let (mut folded, mut noted) = (building.position, Instant::now());
    while let Some(span) = spans.recv().await {
        let Ahead { events, end, poison } = span?;
        if loading.has_spilled() {
            let mut tx = place.views.begin().await?;
            let mut target = Target { tx: &mut tx, generation: building.generation, vault: place.vault };
            model.load(&mut target, &events).await?;
            tx.commit().await?;
        }
        let refused = events.iter().find_map(|event| {
            model.apply(event).err().map(|reason| Poison { position: event.position, reason })
        });
        if let Some(poison) = refused.or(poison) {
            return Err(park(place, building, poison).await?);
        }
        model.save_finished(&mut Out::Build(&mut loading)).await?;
        if model.held() > wanted.rows_held {
            std::mem::take(&mut model).save(&mut Out::Build(&mut loading)).await?;
            loading.spill().await?;
        }
        folded = end;
        if noted.elapsed() >= NOTED_EVERY {
            advance(place, &mut building, folded).await?;
            noted = Instant::now();
        }
        progress(Progress { position: end, head: place.feed.head().max(end) });
    }
    advance(place, &mut building, folded).await?;
    model.save(&mut Out::Build(&mut loading)).await?;
    loading.finish().await?;
    generation::index(place.views, projection, building.generation).await?;
    Ok(building)
}

/// Fills a generation as a follower would. Opened personal data never waits in memory: forgetting a customer takes
/// the lock that each transaction here holds, so it comes before the vault is asked or after the row is written.
pub(super) async fn openly(
    place: Place<'_>,
    mut building: Mark,
    progress: &mut (impl FnMut(Progress) + Send),
) -> Result<Mark, ViewsError> {
    let (projection, generation) = (building.of, building.generation);
    for table in projection.tables() {
        generation::key(place.views, table, generation).await?;
    }
    loop {
        let mut tx = place.views.begin().await?;
        checkpoint::lock_one(&mut tx, (projection, generation)).await?;
        let batch = read::read_for(place.feed, projection, building.position).await?;
        let folded = fold_into(&mut tx, place.vault, building, &batch).await;
        match &folded {
            Ok(_) => tx.commit().await?,
            Err(_) => tx.rollback().await?,
        }
        building.position = folded?;
        if building.position < batch.end() {
            return Err(checkpoint::parked(place.views, (projection, generation)).await?);
        }
        if batch.is_empty() {
            break;
        }
        let head = place.feed.head().max(building.position);
        progress(Progress { position: building.position, head });
    }
    generation::index(place.views, projection, generation).await?;
    Ok(building)
}

/// Also finds out whether a later rebuild has taken this one's place.
async fn advance(place: Place<'_>, building: &mut Mark, end: i64) -> Result<(), ViewsError> {
    let mut tx = place.views.begin().await?;
    checkpoint::advance(&mut tx, (building.of, building.generation), building.position, end).await?;
    tx.commit().await?;
    building.position = end;
    Ok(())
}

/// The parked row says which event and why; the live generation is untouched.
async fn park(place: Place<'_>, building: Mark, poison: Poison) -> Result<ViewsError, ViewsError> {
    let Poison { position, reason } = poison;
    let projection = building.of;
    let mut tx = place.views.begin().await?;
    checkpoint::park(&mut tx, (projection, building.generation), position, &reason).await?;
    tx.commit().await?;
    Ok(ViewsError::Parked { projection, position, reason })
}
