//! Reads the whole log and recomputes it: positions without a gap, every leaf, every batch, every link, and the tree
//! that was sealed over them.
//!
//! A task of its own fetches pages while the one before is hashed, and rows are hashed where they lie.

use futures::TryStreamExt;
use sqlx::{PgConnection, Row, SqlitePool, sqlite::SqliteRow};
use tokio::sync::mpsc;

use super::{
    GENESIS, Link,
    against::{Against, Seals},
    copied,
    leaf::{Hash, LeafFields, LeafHasher},
};
use crate::log::{Database, Head, Log, rows};

/// Events per page.
const PAGE: i64 = 4_096;
/// What a page's bytes take at first.
const PAGE_BYTES: usize = 4 << 20;
/// Pages fetched ahead.
const AHEAD: usize = 4;
/// Batches per page.
const BATCH_PAGE: i64 = 4_096;

const BATCHES: &str = "select last_position, first_position, hash from batches \
                       where last_position > $1 order by last_position limit $2";

/// A log that is whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Events checked; also the last position.
    pub events: i64,
    /// Batches checked.
    pub batches: i64,
    /// The hash everything before leads to. Compare it with one noted earlier, or elsewhere.
    pub head_hash: Hash,
    /// Checkpoints of the sealer that hold.
    pub checkpoints: i64,
    /// Checkpoints kept elsewhere that hold.
    pub anchors: i64,
}

/// The first place where the log is not what was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("position {position}: {why}")]
pub struct Broken {
    /// The first bad position.
    pub position: i64,
    /// What is wrong there.
    pub why: Breach,
}

/// What can be wrong at a position.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Breach {
    /// There is no event.
    #[error("the event is missing")]
    Missing,
    /// The row does not hash to its leaf.
    #[error("the row was altered: it does not hash to its leaf")]
    Leaf,
    /// The leaves do not hash to the batch, or the batch does not continue the one before.
    #[error("the batch up to {last} was altered: its events and the hash before do not lead to its hash")]
    Batch {
        /// The batch's last position.
        last: i64,
    },
    /// A batch does not begin where the one before ended.
    #[error("a batch begins at {found}")]
    Tiling {
        /// Where the batch begins.
        found: i64,
    },
    /// No batch covers the event.
    #[error("no batch covers the event")]
    Unbatched,
    /// The row's bytes are not text where text was written.
    #[error("the row was altered: it cannot be read")]
    Unreadable,
    /// The row hashes to its leaf, but another leaf was sealed.
    #[error("the event was rewritten: another one was sealed here")]
    Sealed,
    /// A tile of the tree is missing, or its hashes are not those of the events.
    #[error("tile {number} of level {level} of the tree was altered or is missing")]
    Tile {
        /// The tile's level.
        level: u8,
        /// The tile's number in its level.
        number: u64,
    },
    /// A checkpoint of the sealer does not hold.
    #[error("the checkpoint of {size} events does not hold from here on: {why}")]
    Checkpoint {
        /// How many events it is of.
        size: i64,
        /// What is wrong with it.
        why: String,
    },
    /// A checkpoint kept elsewhere does not hold: the log is whole in itself, but not the one it was.
    #[error(
        "the log was rewritten from here on: it is not the one of which {size} events were anchored elsewhere"
    )]
    Anchor {
        /// How many events it is of.
        size: i64,
    },
}

/// Why a log could not be called whole.
#[derive(Debug, thiserror::Error)]
pub enum NotVerified {
    /// It is not.
    #[error(transparent)]
    Broken(#[from] Broken),
    /// It could not be read to its end.
    #[error("the log could not be read: {0}")]
    Unavailable(#[from] sqlx::Error),
}

/// Checks the log up to its present head; `progress` hears the last position checked, after each page.
pub async fn verify(log: &Log, progress: impl FnMut(i64)) -> Result<Verified, NotVerified> {
    verify_against(log, Against::default(), progress).await
}

/// Checks the log against what somebody brings along as well.
pub async fn verify_against(
    log: &Log,
    against: Against,
    mut progress: impl FnMut(i64),
) -> Result<Verified, NotVerified> {
    let database = log.database();
    // Before the ends: what is sealed meanwhile lies beyond them.
    let mut seals = Seals::begin(database, against).await?;
    let (head, last_event) = ends(database).await?;
    let mut walk = Walk {
        batches: Batches::new(database),
        link: Link::after(&GENESIS),
        open: None,
        done: Head::EMPTY,
        count: 0,
    };
    let mut hasher = LeafHasher::default();
    let mut pages = fetch(database.clone(), head.position.max(last_event));
    let mut position = 0;
    while let Some(page) = pages.recv().await {
        let page = page?;
        for row in page.rows()? {
            position += 1;
            let (fields, leaf) = row.ok_or_else(|| broken(position, Breach::Unreadable))?;
            if fields.position != position {
                return Err(broken(position, Breach::Missing));
            }
            if hasher.leaf(&fields) != leaf {
                return Err(broken(position, Breach::Leaf));
            }
            walk.step(position, &leaf).await?;
            seals.step(position, &leaf).await?;
        }
        progress(position);
    }
    if position < head.position {
        return Err(broken(position + 1, Breach::Missing));
    }
    if walk.open.is_some() {
        return Err(broken(position + 1, Breach::Missing));
    }
    seals.end(position)?;
    Ok(Verified {
        events: position,
        batches: walk.count,
        head_hash: walk.done.hash,
        checkpoints: seals.checkpoints,
        anchors: seals.anchored,
    })
}

pub(super) fn broken(position: i64, why: Breach) -> NotVerified {
    NotVerified::Broken(Broken { position, why })
}

/// Where batches and events end, read at one moment.
async fn ends(database: &Database) -> Result<(Head, i64), sqlx::Error> {
    const ENDS: &str = "select coalesce((select max(last_position) from batches), 0), \
                        coalesce((select max(position) from events), 0)";
    let (batches, events): (i64, i64) = match database {
        Database::Postgres(pool) => sqlx::query_as(ENDS).fetch_one(pool).await?,
        Database::Sqlite(pool) => sqlx::query_as(ENDS).fetch_one(pool).await?,
    };
    Ok((Head { position: batches, hash: GENESIS }, events))
}

/// The way along the chain.
struct Walk<'a> {
    batches: Batches<'a>,
    link: Link,
    /// The batch the next event belongs to.
    open: Option<BatchRow>,
    done: Head,
    count: i64,
}

impl Walk<'_> {
    async fn step(&mut self, position: i64, leaf: &Hash) -> Result<(), NotVerified> {
        let batch = if let Some(batch) = self.open.take() {
            batch
        } else {
            let batch = self.batches.next().await?.ok_or_else(|| broken(position, Breach::Unbatched))?;
            if batch.first != position {
                return Err(broken(position, Breach::Tiling { found: batch.first }));
            }
            batch
        };
        self.link.add(leaf);
        if position < batch.last {
            self.open = Some(batch);
            return Ok(());
        }
        let hash = std::mem::replace(&mut self.link, Link::after(&batch.hash)).hash();
        if hash != batch.hash {
            return Err(broken(batch.first, Breach::Batch { last: batch.last }));
        }
        self.done = Head { position, hash };
        self.count += 1;
        Ok(())
    }
}

struct BatchRow {
    last: i64,
    first: i64,
    hash: Hash,
}

/// The batches in order, by pages.
struct Batches<'a> {
    database: &'a Database,
    page: std::vec::IntoIter<BatchRow>,
    last: i64,
}

impl<'a> Batches<'a> {
    fn new(database: &'a Database) -> Self {
        Self { database, page: vec![].into_iter(), last: i64::MIN }
    }

    async fn next(&mut self) -> Result<Option<BatchRow>, sqlx::Error> {
        if let Some(batch) = self.page.next() {
            return Ok(Some(batch));
        }
        let rows: Vec<(i64, i64, Vec<u8>)> = match self.database {
            Database::Postgres(pool) => {
                sqlx::query_as(BATCHES).bind(self.last).bind(BATCH_PAGE).fetch_all(pool).await?
            }
            Database::Sqlite(pool) => {
                sqlx::query_as(BATCHES).bind(self.last).bind(BATCH_PAGE).fetch_all(pool).await?
            }
        };
        let rows: Result<Vec<BatchRow>, sqlx::Error> = rows
            .into_iter()
            .map(|(last, first, hash)| Ok(BatchRow { last, first, hash: rows::hash(&hash)? }))
            .collect();
        self.page = rows?.into_iter();
        let batch = self.page.next();
        if let Some(last) = self.page.as_slice().last().or(batch.as_ref()) {
            self.last = last.last;
        }
        Ok(batch)
    }
}

/// Events as they came from the database.
enum Page {
    /// The bytes of a binary COPY.
    Postgres(Vec<u8>),
    Sqlite(Vec<SqliteRow>),
}

impl Page {
    /// The rows, where they lie: nothing is copied out of them. None: a row that is not what was ever written.
    fn rows(&self) -> Result<Vec<Option<(LeafFields<'_>, Hash)>>, sqlx::Error> {
        match self {
            Self::Postgres(bytes) => {
                let mut rows = copied::rows(bytes)?;
                rows.sort_by_key(|(fields, _)| fields.position);
                Ok(rows.into_iter().map(Some).collect())
            }
            Self::Sqlite(rows) => Ok(rows.iter().map(|row| fields(row).ok()).collect()),
        }
    }
}

fn fields(row: &SqliteRow) -> Result<(LeafFields<'_>, Hash), sqlx::Error> {
    let fields = LeafFields {
        position: row.try_get(0)?,
        aggregate_type: row.try_get(1)?,
        aggregate_id: row.try_get(2)?,
        sequence: row.try_get(3)?,
        event_type: row.try_get(4)?,
        event_version: row.try_get(5)?,
        payload: row.try_get(6)?,
        metadata: row.try_get(7)?,
        event_id: row.try_get(8)?,
        command_id: row.try_get(9)?,
        recorded_at: row.try_get(10)?,
    };
    Ok((fields, rows::hash(row.try_get(11)?)?))
}

/// Fetches the events up to `end`, page by page, a few ahead. Ends when nobody listens.
///
/// A page is a range of positions: no plan can be led astray by a limit, and a missing row leaves its page short.
fn fetch(database: Database, end: i64) -> mpsc::Receiver<Result<Page, sqlx::Error>> {
    let (pages, fetched) = mpsc::channel(AHEAD);
    tokio::spawn(async move {
        if let Err(error) = fetch_all(&database, end, &pages).await {
            // Nobody listens any more if this fails.
            let _ = pages.send(Err(error)).await;
        }
    });
    fetched
}

async fn fetch_all(
    database: &Database,
    end: i64,
    pages: &mpsc::Sender<Result<Page, sqlx::Error>>,
) -> Result<(), sqlx::Error> {
    let mut postgres = match database {
        Database::Postgres(pool) => Some(pool.acquire().await?),
        Database::Sqlite(_) => None,
    };
    // What lies before position 1 has no business there, and is found by being fetched.
    let (mut after, mut upto) = (-i64::MAX, PAGE);
    while after < end {
        let columns = rows::EVENT_COLUMNS;
        let select = format!(
            "select {columns} from events where position > {after} and position <= {}",
            upto.min(end)
        );
        let page = match (database, &mut postgres) {
            (Database::Sqlite(pool), _) => selected(pool, &select).await?,
            (Database::Postgres(_), Some(connection)) => copied_out(connection, &select).await?,
            (Database::Postgres(_), None) => return Ok(()),
        };
        if pages.send(Ok(page)).await.is_err() {
            return Ok(());
        }
        (after, upto) = (upto, upto + PAGE);
    }
    Ok(())
}

/// Not in order: what PostgreSQL would sort is in order already, or nearly so.
async fn copied_out(connection: &mut PgConnection, select: &str) -> Result<Page, sqlx::Error> {
    let mut chunks = connection.copy_out_raw(&format!("copy ({select}) to stdout (format binary)")).await?;
    let mut bytes = Vec::with_capacity(PAGE_BYTES);
    while let Some(chunk) = chunks.try_next().await? {
        bytes.extend_from_slice(&chunk);
    }
    Ok(Page::Postgres(bytes))
}

async fn selected(pool: &SqlitePool, select: &str) -> Result<Page, sqlx::Error> {
    // Another text each time, so not worth keeping prepared.
    let rows = sqlx::query(&format!("{select} order by position")).persistent(false).fetch_all(pool).await?;
    Ok(Page::Sqlite(rows))
}
