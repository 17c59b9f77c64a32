//! The follower: takes the log's events in order and folds them into all projections.
//!
//! One follower reads and decodes each event once and folds it into every projection in one transaction: a batch
//! costs one lock and one commit however many tables there are. Each projection has a checkpoint of its own all the
//! same, so one can be parked, resumed or rebuilt while the others go on:
//! - an event that a projection cannot fold parks that projection before it, with the reason; the others pass it;
//! - an event that nobody can decode parks the projections that read its stream type; the others pass it;
//! - a row that the database refuses is found by folding the projections apart, in batches of one.
//!
//! Any number of nodes may follow: whoever holds the checkpoints' rows folds, the others find none free and wait.

use std::time::Duration;

use ambient::Clock;
use store::{Feed, vault::Vault};

use crate::{
    checkpoint::{self, Checkpoint},
    error::ViewsError,
    projection::{Poison, Projection, Target},
    read::{Batch, read},
    tx::Tx,
    views::Views,
};

/// Events of one transaction.
const BATCH: usize = 2_000;
/// After a batch of fewer events than this the follower lets more gather: a batch costs a dozen statements, however
/// few events it has. Whoever waits for a position ends the pause.
const GATHER_BELOW: i64 = 1_000;
/// How long it lets them gather, at most.
const GATHER: Duration = Duration::from_millis(25);
/// How long to wait before the next look when the log is quiet or another node folds.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// How long to wait after a database did not do what it was asked.
const AFTER_FAULT: chrono::Duration = chrono::Duration::milliseconds(250);

/// Folds the log into the views.
#[derive(Clone)]
pub struct Follower {
    views: Views,
    feed: Feed,
    vault: Vault,
    batch: usize,
}

/// What one step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// So many events were read and folded.
    Folded(i64),
    /// Nothing is left to fold after this position.
    UpToDate(i64),
    /// Another follower has the checkpoints, or all projections are parked.
    NothingFree,
}

impl std::fmt::Debug for Follower {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Follower").field("batch", &self.batch).finish_non_exhaustive()
    }
}

impl Follower {
    /// A follower of `feed` that opens personal data with `vault`.
    pub fn new(views: Views, feed: Feed, vault: Vault) -> Self {
        Self { views, feed, vault, batch: BATCH }
    }

    /// The same with another number of events per transaction.
    #[must_use]
    pub fn with_batch(self, batch: usize) -> Self {
        Self { batch: batch.max(1), ..self }
    }

    /// Folds for ever; drop the future to stop. A crash at any point is between two transactions.
    pub async fn run(self) {
        loop {
            match self.step().await {
                Ok(Step::Folded(events)) if events < GATHER_BELOW => self.views.wanted(GATHER).await,
                Ok(Step::Folded(_)) => {}
                Ok(Step::UpToDate(position)) => {
                    let beyond = self.feed.wait_beyond(position);
                    // Woken or not, the next step looks: another node may have appended unheard.
                    let _ = tokio::time::timeout(LOOK_AGAIN, beyond).await;
                }
                Ok(Step::NothingFree) => {
                    let _ = tokio::time::timeout(LOOK_AGAIN, std::future::pending::<()>()).await;
                }
                Err(error) => {
                    tracing::error!(%error, "the views cannot be folded; trying again");
                    // Not the business clock: a test that holds time still must not hold a reconnect.
                    Clock::system().sleep(AFTER_FAULT).await;
                }
            }
        }
    }

    /// Folds until nothing is left.
    pub async fn catch_up(&self) -> Result<(), ViewsError> {
        while let Step::Folded(_) = self.step().await? {}
        Ok(())
    }

    /// Folds one batch. Dropping the future does not stop it half-way: the drivers do not all survive that.
    pub async fn step(&self) -> Result<Step, ViewsError> {
        let own = self.clone();
        let step = tokio::spawn(async move { own.step_together_or_apart().await });
        step.await.unwrap_or(Err(ViewsError::Database(sqlx::Error::WorkerCrashed)))
    }

    async fn step_together_or_apart(&self) -> Result<Step, ViewsError> {
        match self.step_together().await {
            Err(error) if error.is_about_data() => {
                for projection in Projection::ALL {
                    self.step_alone(projection).await?;
                }
                Ok(Step::Folded(1))
            }
            result => result,
        }
    }

    async fn step_together(&self) -> Result<Step, ViewsError> {
        let mut tx = self.views.begin().await?;
        let (result, reached) = match self.fold_batch(&mut tx).await {
            Ok((step, reached)) => (Ok(step), reached),
            Err(error) => (Err(error), vec![]),
        };
        // Ended in so many words: what is dropped keeps its locks until the pool comes round to it.
        match &result {
            Ok(_) => tx.commit().await?,
            Err(_) => tx.rollback().await?,
        }
        self.views.reached(reached.into_iter());
        result
    }

    async fn fold_batch(&self, tx: &mut Tx) -> Result<(Step, Vec<(Projection, i64)>), ViewsError> {
        let checkpoints = checkpoint::lock_live(tx).await?;
        let Some(start) = checkpoints.iter().map(|checkpoint| checkpoint.position).min() else {
            return Ok((Step::NothingFree, vec![]));
        };
        let batch = read(&self.feed, start, self.batch).await?;
        let mut reached = vec![];
        for checkpoint in &checkpoints {
            let position = fold_into(tx, &self.vault, checkpoint, &batch).await?;
            reached.extend(checkpoint.projection().map(|projection| (projection, position)));
        }
        let step = if batch.is_empty() { Step::UpToDate(start) } else { Step::Folded(batch.len()) };
        Ok((step, reached))
    }

    /// One event for one projection, which is parked if the database refuses what comes of it.
    async fn step_alone(&self, projection: Projection) -> Result<(), ViewsError> {
        let mut tx = self.views.begin().await?;
        let checkpoints = checkpoint::lock_live(&mut tx).await?;
        let own = checkpoints.into_iter().find(|checkpoint| checkpoint.projection() == Some(projection));
        let Some(checkpoint) = own else { return Ok(tx.rollback().await?) };
        let batch = read(&self.feed, checkpoint.position, 1).await?;
        match fold_into(&mut tx, &self.vault, &checkpoint, &batch).await {
            Ok(_) => Ok(tx.commit().await?),
            Err(error) if error.is_about_data() => {
                tx.rollback().await?;
                self.park_refused(projection, &checkpoint, &error).await
            }
            Err(error) => {
                tx.rollback().await?;
                Err(error)
            }
        }
    }

    /// Unless somebody else came further meanwhile.
    async fn park_refused(
        &self,
        projection: Projection,
        checkpoint: &Checkpoint,
        error: &ViewsError,
    ) -> Result<(), ViewsError> {
        let mut tx = self.views.begin().await?;
        if checkpoint::lock_of(&mut tx, projection).await?.contains(checkpoint) {
            let which = (projection, checkpoint.generation);
            park(&mut tx, which, checkpoint.position + 1, &error.to_string()).await?;
        }
        Ok(tx.commit().await?)
    }
}

/// Folds a batch into one generation of one projection and moves its checkpoint, or parks it. Says where it is then.
pub(crate) async fn fold_into(
    tx: &mut Tx,
    vault: &Vault,
    checkpoint: &Checkpoint,
    batch: &Batch,
) -> Result<i64, ViewsError> {
    let (from, to) = (checkpoint.position, batch.end());
    let Some(projection) = checkpoint.projection().filter(|_| to > from) else { return Ok(from) };
    let which = (projection, checkpoint.generation);
    let mut target = Target { tx: &mut *tx, generation: checkpoint.generation, vault };
    let refused = projection.fold(&mut target, batch.beyond(from)).await?;
    let Some(Poison { position, reason }) = refused.or_else(|| batch.poison_for(projection, from)) else {
        checkpoint::advance(tx, which, from, to).await?;
        return Ok(to);
    };
    checkpoint::advance(tx, which, from, position - 1).await?;
    park(tx, which, position, &reason).await?;
    Ok(position - 1)
}

async fn park(tx: &mut Tx, which: (Projection, i64), position: i64, reason: &str) -> Result<(), ViewsError> {
    tracing::error!(projection = %which.0, position, reason, "a projection is parked");
    Ok(checkpoint::park(tx, which, position, reason).await?)
}
