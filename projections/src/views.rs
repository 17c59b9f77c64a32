//! The read database: opened once, shared by whoever asks and by the follower that folds.
//!
//! Readers name a table and reach a view over its live generation (`rebuild` says why). A command answers the
//! position of its last event; whoever wants to see what it did waits for that position first.

use std::{sync::Arc, time::Duration};

use sea_query::{MysqlQueryBuilder, PostgresQueryBuilder, Query, SelectStatement, SqliteQueryBuilder};
use sea_query_sqlx::SqlxBinder;
use thiserror::Error;
use tokio::{
    sync::{Mutex, Notify, watch},
    time::{Instant, timeout},
};

use crate::{
    checkpoint::{self, Checkpoint},
    error::ViewsError,
    pools::Pools,
    projection::Projection,
    row::{Fetched, Stored},
    tx::Tx,
};

/// How often the checkpoints are read while waiting: another node may be the one that folds.
const LOOK_EVERY: Duration = Duration::from_millis(25);

/// The views are not as far as was asked for, in the time that was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the views are at position {have}")]
pub struct Behind {
    /// How far they are.
    pub have: i64,
}

/// How far each projection has come, in the order of [`Projection::ALL`].
pub(crate) type Positions = [i64; Projection::ALL.len()];

/// The read database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Views {
    pub(crate) pools: Pools,
    pub(crate) positions: Arc<watch::Sender<Positions>>,
    /// Held by the one who reads the checkpoints for all who wait.
    looking: Arc<Mutex<()>>,
    /// Told when somebody begins to wait.
    wanted: Arc<Notify>,
}

/// One projection's state, for the console and for operators.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Status {
    /// Which.
    pub projection: String,
    /// The last event folded.
    pub position: i64,
    /// Which generation of its tables readers see.
    pub generation: i64,
    /// The event it is parked before.
    pub parked_position: Option<i64>,
    /// Why it is parked.
    pub error: Option<String>,
    /// How far another generation is that is being rebuilt, or was live before.
    pub beside: Option<i64>,
}

impl Views {
    /// Opens `postgres://…`, `mysql://…` or `sqlite:path` and brings its tables up to date, under a lock.
    pub async fn open(url: &str) -> Result<Self, ViewsError> {
        let pools = Pools::open(url).await?;
        let positions = Arc::new(watch::Sender::new([0; Projection::ALL.len()]));
        let views = Self { pools, positions, looking: Arc::default(), wanted: Arc::default() };
        crate::rebuild::repair_pointers(&views).await?;
        views.look().await?;
        Ok(views)
    }

    /// Takes the clear text of people who are forgotten out of the database's files as well.
    pub async fn purge(&self) -> Result<(), ViewsError> {
        let checkpoints: Vec<Checkpoint> = self.all(&checkpoint::all()).await?;
        let of_users = checkpoints.iter().filter(|one| one.projection() == Some(Projection::Users));
        let tables: Vec<String> = of_users
            .flat_map(|one| {
                Projection::Users.tables().into_iter().map(|table| table.generation(one.generation))
            })
            .collect();
        Ok(self.pools.purge(&tables).await?)
    }

    /// Waits until every projection has folded `position`, at most `within`.
    pub async fn wait_for(&self, position: i64, within: Duration) -> Result<(), Behind> {
        self.wait_until(position, within, |positions| positions.iter().copied().min().unwrap_or_default())
            .await
    }

    /// Waits until one projection has folded `position`, at most `within`: a parked one beside it does not matter.
    pub async fn wait_for_one(
        &self,
        projection: Projection,
        position: i64,
        within: Duration,
    ) -> Result<(), Behind> {
        let at = |positions: &Positions| positions.get(projection.index()).copied().unwrap_or_default();
        self.wait_until(position, within, at).await
    }

    /// How far the slowest projection has come, as far as this process knows.
    pub fn position(&self) -> i64 {
        self.positions.borrow().iter().copied().min().unwrap_or_default()
    }

    async fn wait_until(
        &self,
        position: i64,
        within: Duration,
        reached: impl Fn(&Positions) -> i64,
    ) -> Result<(), Behind> {
        let mut positions = self.positions.subscribe();
        let deadline = Instant::now() + within;
        loop {
            let have = reached(&positions.borrow_and_update());
            if have >= position {
                return Ok(());
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Behind { have });
            }
            self.wanted.notify_one();
            if timeout(left.min(LOOK_EVERY), positions.changed()).await.is_err() {
                // A database that does not answer leaves us as far as we were; the deadline ends that too.
                let _ = timeout(left, self.look_for_all()).await;
            }
        }
    }

    /// Waits until somebody waits for a position, at most `within`.
    pub(crate) async fn wanted(&self, within: Duration) {
        let _ = timeout(within, self.wanted.notified()).await;
    }

    /// One looks, and all who wait hear of it.
    async fn look_for_all(&self) -> Result<(), ViewsError> {
        match self.looking.try_lock() {
            Ok(_only_one) => self.look().await,
            Err(_) => Ok(()),
        }
    }

    /// Reads the checkpoints, for whoever waits.
    async fn look(&self) -> Result<(), ViewsError> {
        let checkpoints: Vec<Checkpoint> = self.all(&checkpoint::all()).await?;
        self.reached(checkpoints.iter().filter(|checkpoint| checkpoint.live).filter_map(|checkpoint| {
            checkpoint.projection().map(|projection| (projection, checkpoint.position))
        }));
        Ok(())
    }

    /// Tells whoever waits how far projections have come.
    pub(crate) fn reached(&self, news: impl Iterator<Item = (Projection, i64)>) {
        self.positions.send_if_modified(|positions| {
            let before = *positions;
            for (projection, position) in news {
                if let Some(known) = positions.get_mut(projection.index()) {
                    *known = position;
                }
            }
            before != *positions
        });
    }

    /// All rows of a query.
    pub(crate) async fn all<T: Fetched>(&self, query: &SelectStatement) -> Result<Vec<T>, ViewsError> {
        Ok(match &self.pools {
            Pools::Postgres { read, .. } => {
                let (sql, values) = query.build_sqlx(PostgresQueryBuilder);
                sqlx::query_as_with::<_, T, _>(&sql, values).fetch_all(read).await?
            }
            Pools::MySql { read, .. } => {
                let (sql, values) = query.build_sqlx(MysqlQueryBuilder);
                sqlx::query_as_with::<_, T, _>(&sql, values).fetch_all(read).await?
            }
            Pools::Sqlite { read, .. } => {
                let (sql, values) = query.build_sqlx(SqliteQueryBuilder);
                sqlx::query_as_with::<_, T, _>(&sql, values).fetch_all(read).await?
            }
        })
    }

    /// The first row of a query.
    pub(crate) async fn one<T: Fetched>(&self, query: &SelectStatement) -> Result<Option<T>, ViewsError> {
        let mut query = query.clone();
        Ok(self.all(query.limit(1)).await?.into_iter().next())
    }

    /// Begins a transaction that folds.
    pub(crate) async fn begin(&self) -> Result<Tx, ViewsError> {
        Ok(self.pools.begin().await?)
    }
}

/// All columns of a row's table.
pub(crate) fn from<R: Stored>() -> SelectStatement {
    let mut query = Query::select();
    query.columns(R::TABLE.columns.iter().map(|column| (R::TABLE.name, column.name))).from(R::TABLE.name);
    query
}

/// Every projection's state.
pub async fn status(views: &Views) -> Result<Vec<Status>, ViewsError> {
    let checkpoints: Vec<Checkpoint> = views.all(&checkpoint::all()).await?;
    let beside = |name: &str| {
        let others = checkpoints.iter().filter(|other| !other.live && other.projection == name);
        others.map(|other| other.position).max()
    };
    let live = checkpoints.iter().filter(|checkpoint| checkpoint.live);
    Ok(live
        .map(|checkpoint| Status {
            projection: checkpoint.projection.clone(),
            position: checkpoint.position,
            generation: checkpoint.generation,
            parked_position: checkpoint.parked_position,
            error: checkpoint.error.clone(),
            beside: beside(&checkpoint.projection),
        })
        .collect())
}

/// Lets a parked projection try its event again, for example with a newer program.
pub async fn resume(views: &Views, projection: Projection) -> Result<(), ViewsError> {
    let mut tx = views.begin().await?;
    checkpoint::resume(&mut tx, projection).await?;
    Ok(tx.commit().await?)
}
