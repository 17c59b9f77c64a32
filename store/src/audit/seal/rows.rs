//! The sealer's rows in either database.

use chrono::{DateTime, Utc};
use sqlx::{PgPool, QueryBuilder, Row, SqlitePool};

use crate::{
    audit::{
        leaf::Hash,
        note::Checkpoint,
        tree::{Place, Tiles},
    },
    log::{Database, rows::hash},
};

/// Leaves of the log in order, their bytes one after the other.
pub(in crate::audit) type Leaves = Vec<u8>;

/// A checkpoint as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCheckpoint {
    /// How many events.
    pub size: i64,
    /// The tree's root.
    pub root: Hash,
    /// The signed note.
    pub note: String,
}

/// How far the log is sealed.
pub(in crate::audit) struct Sealed {
    pub size: i64,
    pub verifier: Option<String>,
}

/// What one seal writes.
pub(super) struct Writing<'a> {
    pub before: i64,
    pub verifier: &'a str,
    pub tiles: &'a Tiles,
    pub checkpoint: &'a Checkpoint,
    pub at: DateTime<Utc>,
}

const SEALED: &str = "select size, verifier from sealer";
const ADVANCE: &str = "update sealer set size = $1, verifier = $2 where size = $3";
const CHECKPOINT: &str = "insert into tree_checkpoints (size, root, note, sealed_at) values ($1, $2, $3, $4)";
const COSIGNED: &str =
    "insert into tree_cosigned (size, note, witnessed_at) values ($1, $2, $3) on conflict do nothing";
const TILES: &str = "insert into tree_tiles (level, number, hashes) ";
const WIDEN: &str = " on conflict (level, number) do update set hashes = excluded.hashes";
/// Tiles per statement.
const CHUNK: usize = 64;

pub(in crate::audit) async fn sealed(database: &Database) -> Result<Sealed, sqlx::Error> {
    let (size, verifier) = match database {
        Database::Postgres(pool) => sqlx::query_as(SEALED).fetch_one(pool).await?,
        Database::Sqlite(pool) => sqlx::query_as(SEALED).fetch_one(pool).await?,
    };
    Ok(Sealed { size, verifier })
}

/// The leaves after `position`, at most `limit`. A gap leaves them short.
pub(super) async fn leaves(database: &Database, position: i64, limit: i64) -> Result<Leaves, sqlx::Error> {
    let end = position.saturating_add(limit);
    match database {
        Database::Postgres(pool) => {
            let all: Option<Vec<u8>> = sqlx::query_scalar(
                "select string_agg(leaf, ''::bytea order by position) from events where position > $1 and position <= $2",
            )
            .bind(position)
            .bind(end)
            .fetch_one(pool)
            .await?;
            Ok(all.unwrap_or_default())
        }
        Database::Sqlite(pool) => {
            let rows =
                sqlx::query("select leaf from events where position > ? and position <= ? order by position")
                    .bind(position)
                    .bind(end)
                    .fetch_all(pool)
                    .await?;
            let mut all = Vec::with_capacity(rows.len() * 32);
            for row in &rows {
                all.extend_from_slice(row.try_get(0)?);
            }
            Ok(all)
        }
    }
}

/// The tiles at these places that there are.
pub(in crate::audit) async fn tiles(database: &Database, places: &[Place]) -> Result<Tiles, sqlx::Error> {
    if places.is_empty() {
        return Ok(Tiles::new());
    }
    let mut tiles = Tiles::with_capacity(places.len());
    for places in places.chunks(CHUNK * 4) {
        let wanted: Vec<String> =
            places.iter().map(|(level, number)| format!("({level}, {number})")).collect();
        let query = format!(
            "select level, number, hashes from tree_tiles where (level, number) in (values {})",
            wanted.join(", ")
        );
        let rows: Vec<(i64, i64, Vec<u8>)> = match database {
            Database::Postgres(pool) => {
                let query = query.replace("select level,", "select level::bigint,");
                sqlx::query_as(&query).persistent(false).fetch_all(pool).await?
            }
            Database::Sqlite(pool) => sqlx::query_as(&query).persistent(false).fetch_all(pool).await?,
        };
        tiles.extend(rows.into_iter().filter_map(|(level, number, hashes)| {
            Some(((u8::try_from(level).ok()?, u64::try_from(number).ok()?), hashes))
        }));
    }
    Ok(tiles)
}

/// Checkpoints, as many as `limit` from `size` on, in order.
pub(in crate::audit) async fn checkpoints(
    database: &Database,
    size: i64,
    limit: i64,
) -> Result<Vec<StoredCheckpoint>, sqlx::Error> {
    const FROM: &str =
        "select size, root, note from tree_checkpoints where size >= $1 order by size limit $2";
    let rows: Vec<(i64, Vec<u8>, String)> = match database {
        Database::Postgres(pool) => sqlx::query_as(FROM).bind(size).bind(limit).fetch_all(pool).await?,
        Database::Sqlite(pool) => sqlx::query_as(FROM).bind(size).bind(limit).fetch_all(pool).await?,
    };
    rows.into_iter().map(stored).collect()
}

/// The latest checkpoint; with `cosigned` the latest that a witness has signed as well.
pub(in crate::audit) async fn latest(
    database: &Database,
    cosigned: bool,
) -> Result<Option<StoredCheckpoint>, sqlx::Error> {
    const OWN: &str = "select size, root, note from tree_checkpoints order by size desc limit 1";
    const COSIGNED: &str = "select c.size, c.root, w.note from tree_cosigned w \
                            join tree_checkpoints c on c.size = w.size order by c.size desc limit 1";
    let query = if cosigned { COSIGNED } else { OWN };
    let row: Option<(i64, Vec<u8>, String)> = match database {
        Database::Postgres(pool) => sqlx::query_as(query).fetch_optional(pool).await?,
        Database::Sqlite(pool) => sqlx::query_as(query).fetch_optional(pool).await?,
    };
    row.map(stored).transpose()
}

fn stored((size, root, note): (i64, Vec<u8>, String)) -> Result<StoredCheckpoint, sqlx::Error> {
    Ok(StoredCheckpoint { size, root: hash(&root)?, note })
}

/// Keeps a note that a witness has signed.
pub(super) async fn keep_cosigned(
    database: &Database,
    checkpoint: &Checkpoint,
    at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let (size, note) = (checkpoint.size, &checkpoint.note);
    match database {
        Database::Postgres(pool) => {
            sqlx::query(COSIGNED).bind(size).bind(note).bind(at).execute(pool).await.map(drop)
        }
        Database::Sqlite(pool) => {
            let at = at.timestamp_micros();
            sqlx::query(COSIGNED).bind(size).bind(note).bind(at).execute(pool).await.map(drop)
        }
    }
}

/// Writes a seal in one transaction, or says that another node was faster and writes nothing.
pub(super) async fn write(database: &Database, writing: &Writing<'_>) -> Result<bool, sqlx::Error> {
    match database {
        Database::Postgres(pool) => write_postgres(pool, writing).await,
        Database::Sqlite(pool) => write_sqlite(pool, writing).await,
    }
}

type TileRow<'a> = (i64, i64, &'a [u8]);

fn tile_rows(tiles: &Tiles) -> Vec<TileRow<'_>> {
    let row = |((level, number), hashes): (&Place, _)| {
        (i64::from(*level), i64::try_from(*number).unwrap_or(i64::MAX), hashes)
    };
    tiles.iter().map(|(place, hashes)| row((place, hashes.as_slice()))).collect()
}

async fn write_postgres(pool: &PgPool, writing: &Writing<'_>) -> Result<bool, sqlx::Error> {
    let Writing { before, verifier, tiles, checkpoint, at } = writing;
    let mut tx = pool.begin().await?;
    let moved = sqlx::query(ADVANCE).bind(checkpoint.size).bind(verifier).bind(before);
    if moved.execute(&mut *tx).await?.rows_affected() == 0 {
        tx.rollback().await?;
        return Ok(false);
    }
    for rows in tile_rows(tiles).chunks(CHUNK) {
        let mut insert = QueryBuilder::new(TILES);
        insert.push_values(rows, |mut row, (level, number, hashes)| {
            row.push_bind(*level).push_unseparated("::smallint").push_bind(*number).push_bind(*hashes);
        });
        insert.push(WIDEN).build().persistent(false).execute(&mut *tx).await?;
    }
    let note =
        sqlx::query(CHECKPOINT).bind(checkpoint.size).bind(&checkpoint.root[..]).bind(&checkpoint.note);
    note.bind(at).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(true)
}

async fn write_sqlite(pool: &SqlitePool, writing: &Writing<'_>) -> Result<bool, sqlx::Error> {
    let Writing { before, verifier, tiles, checkpoint, at } = writing;
    let mut tx = pool.begin_with("begin immediate").await?;
    let moved = sqlx::query(ADVANCE).bind(checkpoint.size).bind(verifier).bind(before);
    if moved.execute(&mut *tx).await?.rows_affected() == 0 {
        tx.rollback().await?;
        return Ok(false);
    }
    for rows in tile_rows(tiles).chunks(CHUNK) {
        let mut insert = QueryBuilder::new(TILES);
        insert.push_values(rows, |mut row, (level, number, hashes)| {
            row.push_bind(*level).push_bind(*number).push_bind(*hashes);
        });
        insert.push(WIDEN).build().persistent(false).execute(&mut *tx).await?;
    }
    let note =
        sqlx::query(CHECKPOINT).bind(checkpoint.size).bind(&checkpoint.root[..]).bind(&checkpoint.note);
    note.bind(at.timestamp_micros()).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(true)
}
