//! How far each projection has come: one row per projection and generation, moved in the transaction that writes
//! the rows, and only from where it is known to be.
//!
//! The row is also the lock. A follower takes the live rows it can get and skips those another follower has
//! (`for update skip locked`; in SQLite the whole transaction is the lock). A generation that is being rebuilt has
//! a row of its own, which the follower leaves alone.

use sea_query::{Expr, ExprTrait, LockBehavior, LockType, Order, Query, SelectStatement, SimpleExpr};

use crate::{error::ViewsError, projection::Projection, tx::Tx, views::Views};

const TABLE: &str = "checkpoints";

/// One checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Checkpoint {
    /// Whose; [`Projection::name`].
    pub projection: String,
    /// Which generation of its tables.
    pub generation: i64,
    /// Whether readers see that generation.
    pub live: bool,
    /// Whether readers may see it: it is live, or was.
    pub usable: bool,
    /// The last event folded.
    pub position: i64,
    /// The event that cannot be folded.
    pub parked_position: Option<i64>,
    /// Why it cannot.
    pub error: Option<String>,
}

impl Checkpoint {
    /// The projection, if this program still has it.
    pub fn projection(&self) -> Option<Projection> {
        self.projection.parse().ok()
    }

    /// Where it stands, if this program still has the projection.
    pub fn mark(&self) -> Option<Mark> {
        Some(Mark { of: self.projection()?, generation: self.generation, position: self.position })
    }
}

/// Where one generation of a projection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// The projection.
    pub of: Projection,
    /// The generation of its tables.
    pub generation: i64,
    /// The last event folded.
    pub position: i64,
}

/// All checkpoints.
pub fn all() -> SelectStatement {
    Query::select()
        .columns(["projection", "generation", "live", "usable", "position", "parked_position", "error"])
        .from(TABLE)
        .order_by("projection", Order::Asc)
        .order_by("generation", Order::Asc)
        .to_owned()
}

/// Locks the live checkpoints that nobody else has and that can move.
pub async fn lock_live(tx: &mut Tx) -> Result<Vec<Checkpoint>, sqlx::Error> {
    let mut query = all();
    query
        .and_where(Expr::col("live").eq(true))
        .and_where(Expr::col("parked_position").is_null())
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    tx.fetch(&query).await
}

/// Locks the checkpoints of one projection, all generations, and waits for whoever has them.
pub async fn lock_of(tx: &mut Tx, projection: Projection) -> Result<Vec<Checkpoint>, sqlx::Error> {
    let mut query = all();
    query.and_where(Expr::col("projection").eq(projection.name())).lock(LockType::Update);
    tx.fetch(&query).await
}

/// Locks the checkpoint of one generation, and says whether it is there.
pub async fn lock_one(tx: &mut Tx, which: (Projection, i64)) -> Result<bool, sqlx::Error> {
    let mut query = all();
    query.and_where(is(which.0, which.1)).lock(LockType::Update);
    Ok(!tx.fetch::<Checkpoint>(&query).await?.is_empty())
}

/// Moves a checkpoint from `from` to `to`, or fails and writes nothing where it is elsewhere.
pub async fn advance(
    tx: &mut Tx,
    (projection, generation): (Projection, i64),
    from: i64,
    to: i64,
) -> Result<(), ViewsError> {
    let update = Query::update()
        .table(TABLE)
        .value("position", to)
        .and_where(is(projection, generation))
        .and_where(Expr::col("position").eq(from))
        .and_where(Expr::col("parked_position").is_null())
        .to_owned();
    // MySQL counts changed rows only, so a move from a place to itself would look fenced.
    if from == to || tx.execute(&update).await? == 1 {
        Ok(())
    } else {
        Err(ViewsError::Fenced { projection, expected: from })
    }
}

/// Notes the event that a projection cannot fold. It stays there until it is resumed or rebuilt.
pub async fn park(
    tx: &mut Tx,
    (projection, generation): (Projection, i64),
    position: i64,
    error: &str,
) -> Result<(), sqlx::Error> {
    let update = Query::update()
        .table(TABLE)
        .value("parked_position", position)
        .value("error", error.chars().take(2_000).collect::<String>())
        .and_where(is(projection, generation))
        .to_owned();
    tx.execute(&update).await.map(drop)
}

/// What to tell of a generation that is parked.
pub async fn parked(views: &Views, which: (Projection, i64)) -> Result<ViewsError, ViewsError> {
    let mut query = all();
    query.and_where(is(which.0, which.1));
    let (position, reason) = views
        .one::<Checkpoint>(&query)
        .await?
        .map_or_else(Default::default, |row| (row.position + 1, row.error.unwrap_or_default()));
    Ok(ViewsError::Parked { projection: which.0, position, reason })
}

/// Lets a parked projection try its event again.
pub async fn resume(tx: &mut Tx, projection: Projection) -> Result<(), sqlx::Error> {
    let update = Query::update()
        .table(TABLE)
        .value("parked_position", Option::<i64>::None)
        .value("error", Option::<String>::None)
        .and_where(Expr::col("projection").eq(projection.name()))
        .to_owned();
    tx.execute(&update).await.map(drop)
}

/// Begins a generation at nought that nobody reads yet. Others that nobody may read cannot move from now on.
pub async fn begin_generation(
    tx: &mut Tx,
    projection: Projection,
    generation: i64,
) -> Result<Mark, sqlx::Error> {
    let fence = Query::update()
        .table(TABLE)
        .value("position", FENCED)
        .and_where(Expr::col("projection").eq(projection.name()))
        .and_where(Expr::col("usable").eq(false))
        .to_owned();
    tx.execute(&fence).await?;
    let insert = Query::insert()
        .into_table(TABLE)
        .columns(["projection", "generation", "live", "usable", "position"])
        .values_panic([projection.name().into(), generation.into(), false.into(), false.into(), 0_i64.into()])
        .to_owned();
    tx.execute(&insert).await?;
    Ok(Mark { of: projection, generation, position: 0 })
}

/// Where no checkpoint ever is: whoever wants to move on from elsewhere fails.
const FENCED: i64 = -1;

/// Makes one generation the one that readers see and the follower folds. The one before can be gone back to, older
/// ones cannot.
pub async fn make_live(tx: &mut Tx, projection: Projection, generation: i64) -> Result<(), sqlx::Error> {
    let of = || Expr::col("projection").eq(projection.name());
    let was_live = || of().and(Expr::col("live").eq(true));
    let changes = [
        ("usable", false, of().and(Expr::col("live").eq(false))),
        ("live", false, was_live()),
        ("live", true, is(projection, generation)),
        ("usable", true, is(projection, generation)),
    ];
    for (column, value, which) in changes {
        let update = Query::update().table(TABLE).value(column, value).and_where(which).to_owned();
        tx.execute(&update).await?;
    }
    Ok(())
}

/// Forgets a generation.
pub async fn forget(tx: &mut Tx, (projection, generation): (Projection, i64)) -> Result<(), sqlx::Error> {
    let forget = Query::delete().from_table(TABLE).and_where(is(projection, generation)).to_owned();
    tx.execute(&forget).await.map(drop)
}

fn is(projection: Projection, generation: i64) -> SimpleExpr {
    Expr::col("projection").eq(projection.name()).and(Expr::col("generation").eq(generation))
}
