//! How far each projection has come: one row per projection and generation, moved in the transaction that writes
//! the rows, and only from where it is known to be.
//!
//! The row is also the lock. A follower takes the live rows it can get and skips those another follower has
//! (`for update skip locked`; in SQLite the whole transaction is the lock). A generation that is being rebuilt has
//! a row of its own, which the follower leaves alone.

use sea_query::{Expr, ExprTrait, LockBehavior, LockType, Order, Query, SelectStatement, SimpleExpr};

use crate::{error::ViewsError, projection::Projection, tx::Tx};

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
}

/// All checkpoints.
pub fn all() -> SelectStatement {
    Query::select()
        .columns(["projection", "generation", "live", "position", "parked_position", "error"])
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

/// The checkpoints of one projection, all generations, as they are.
pub async fn all_of(tx: &mut Tx, projection: Projection) -> Result<Vec<Checkpoint>, sqlx::Error> {
    let mut query = all();
    query.and_where(Expr::col("projection").eq(projection.name()));
    tx.fetch(&query).await
}

/// Locks the checkpoints of one projection, all generations, and waits for whoever has them.
pub async fn lock_of(tx: &mut Tx, projection: Projection) -> Result<Vec<Checkpoint>, sqlx::Error> {
    let mut query = all();
    query.and_where(Expr::col("projection").eq(projection.name())).lock(LockType::Update);
    tx.fetch(&query).await
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

/// Begins a generation at nought that nobody reads yet, in place of others that are not live.
pub async fn begin_generation(
    tx: &mut Tx,
    projection: Projection,
    generation: i64,
) -> Result<(), sqlx::Error> {
    let forget = Query::delete()
        .from_table(TABLE)
        .and_where(Expr::col("projection").eq(projection.name()))
        .and_where(Expr::col("live").eq(false))
        .to_owned();
    tx.execute(&forget).await?;
    let insert = Query::insert()
        .into_table(TABLE)
        .columns(["projection", "generation", "live", "position"])
        .values_panic([projection.name().into(), generation.into(), false.into(), 0_i64.into()])
        .to_owned();
    tx.execute(&insert).await.map(drop)
}

/// Makes one generation the one that readers see and the follower folds.
pub async fn make_live(tx: &mut Tx, projection: Projection, generation: i64) -> Result<(), sqlx::Error> {
    for (live, which) in [(false, Expr::col("generation").ne(generation)), (true, is(projection, generation))]
    {
        let update = Query::update()
            .table(TABLE)
            .value("live", live)
            .and_where(Expr::col("projection").eq(projection.name()))
            .and_where(which)
            .to_owned();
        tx.execute(&update).await?;
    }
    Ok(())
}

fn is(projection: Projection, generation: i64) -> SimpleExpr {
    Expr::col("projection").eq(projection.name()).and(Expr::col("generation").eq(generation))
}
