//! The sealer: follows the log and signs what it has seen.
//!
//! It reads leaves, grows the tree, and writes tiles, a signed checkpoint and how far it has come in one transaction,
//! beside the log and never in the way of an append. At most one checkpoint a second: what is sealed later is sealed
//! with more of the log in one go. Several nodes may run one each; `sealer.size` lets only one write each step. All of
//! them need the same key.
//!
//! What it has sealed it never takes back: a log that has become shorter, a tree that is not what was signed and a key
//! that is not the one before are refused and told.

mod rows;

use ambient::Clock;
use chrono::TimeDelta;
pub use rows::StoredCheckpoint;
pub(super) use rows::{Sealed, checkpoints, latest, sealed, tiles};
use tokio::sync::watch;

use self::rows::Writing;
use super::{
    leaf::Hash,
    note::{BadCheckpoint, Checkpoint, SealKey},
    tree::{Tiles, Tree, edge_of},
};
use crate::{Log, log::Database};

/// Events of one seal.
const MOST: i64 = 65_536;
/// The pause between two seals: under load each one covers what came in meanwhile.
const REST: TimeDelta = TimeDelta::seconds(1);
/// The pause after a fault.
const PAUSE: TimeDelta = TimeDelta::seconds(5);

/// Why the log is not sealed further.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The log's database.
    #[error("the log's database does not answer: {0}")]
    Unavailable(#[from] sqlx::Error),
    /// There is less than was sealed.
    #[error(
        "{sealed} events were sealed and the log ends at {head}: something was taken away, or an old backup put back"
    )]
    Shrunk {
        /// How many were sealed.
        sealed: i64,
        /// How many there are.
        head: i64,
    },
    /// The tiles are not those of the last checkpoint.
    #[error("the tree of {size} events is not the one that was signed")]
    Torn {
        /// Of the last checkpoint.
        size: i64,
    },
    /// The log was sealed under another key.
    #[error(
        "the log was sealed under {before}, and the key at hand is {now}; all nodes on one log need one seal.key"
    )]
    OtherKey {
        /// The key before.
        before: String,
        /// The key at hand.
        now: String,
    },
    /// A checkpoint cannot be made.
    #[error(transparent)]
    Checkpoint(#[from] BadCheckpoint),
}

/// Seals one log.
#[derive(Debug)]
pub struct Sealer {
    log: Log,
    key: SealKey,
    clock: Clock,
    tree: Tree,
}

impl Sealer {
    /// A sealer that goes on where the log was sealed last.
    pub async fn open(log: Log, key: SealKey, clock: Clock) -> Result<Self, SealError> {
        let mut sealer = Self { log, key, clock, tree: Tree::default() };
        sealer.resume().await?;
        Ok(sealer)
    }

    /// How many events are sealed, as far as this node knows.
    pub fn size(&self) -> i64 {
        i64::try_from(self.tree.size()).unwrap_or(i64::MAX)
    }

    /// The public key.
    pub fn verifier(&self) -> &str {
        self.key.verifier()
    }

    /// Seals everything up to the head; answers the last checkpoint that was made, if any.
    pub async fn seal(&mut self) -> Result<Option<Checkpoint>, SealError> {
        let head = self.log.head().await?.position;
        let mut last = None;
        loop {
            if self.size() > head {
                return Err(SealError::Shrunk { sealed: self.size(), head });
            }
            if self.size() == head {
                return Ok(last);
            }
            match self.step((head - self.size()).min(MOST)).await? {
                Some(checkpoint) => last = Some(checkpoint),
                // Another node was faster.
                None => self.resume().await?,
            }
        }
    }

    /// Seals for ever; tells of each checkpoint.
    pub async fn run(mut self, made: watch::Sender<Option<Checkpoint>>) {
        let feed = self.log.feed();
        loop {
            feed.wait_beyond(self.size()).await;
            let pause = match self.seal().await {
                Ok(Some(checkpoint)) => {
                    made.send_replace(Some(checkpoint));
                    REST
                }
                Ok(None) => REST,
                Err(error) => {
                    tracing::error!(%error, "the log is not sealed further");
                    PAUSE
                }
            };
            // The machine's time: a test that moves the house's clock does not hurry the disk.
            Clock::system().sleep(pause).await;
        }
    }

    async fn step(&mut self, events: i64) -> Result<Option<Checkpoint>, SealError> {
        let database = self.log.database();
        let leaves = rows::leaves(database, self.size(), events).await?;
        let (mut tree, mut tiles) = (self.tree.clone(), Tiles::new());
        for leaf in leaves.as_chunks::<32>().0 {
            tree.add(leaf, |place, tile| drop(tiles.insert(place, tile.to_vec())));
        }
        let reached = i64::try_from(tree.size()).unwrap_or(i64::MAX);
        if reached != self.size() + events {
            return Err(SealError::Shrunk { sealed: self.size() + events, head: reached });
        }
        tiles.extend(tree.partial().map(|(place, tile)| (place, tile.to_vec())));
        let checkpoint = self.key.sign(tree.size(), &tree.root())?;
        let (before, verifier) = (self.size(), self.key.verifier());
        let writing =
            Writing { before, verifier, tiles: &tiles, checkpoint: &checkpoint, at: self.clock.now() };
        if !rows::write(database, &writing).await? {
            return Ok(None);
        }
        self.tree = tree;
        Ok(Some(checkpoint))
    }

    /// Reads back how far the log is sealed, and believes it only if the tiles lead to what was signed.
    async fn resume(&mut self) -> Result<(), SealError> {
        let Sealed { size, verifier } = sealed(self.log.database()).await?;
        if let Some(before) = verifier.filter(|before| before != self.key.verifier()) {
            return Err(SealError::OtherKey { before, now: self.key.verifier().to_owned() });
        }
        let head = self.log.head().await?.position;
        if head < size {
            return Err(SealError::Shrunk { sealed: size, head });
        }
        self.tree = tree_of(self.log.database(), size).await?.ok_or(SealError::Torn { size })?;
        match latest(self.log.database(), false).await? {
            None if size == 0 => Ok(()),
            Some(last) if (last.size, last.root) == (size, self.tree.root()) => Ok(()),
            Some(_) | None => Err(SealError::Torn { size }),
        }
    }
}

/// The tree of so many events, from its tiles.
pub(super) async fn tree_of(database: &Database, size: i64) -> Result<Option<Tree>, sqlx::Error> {
    let size = u64::try_from(size).unwrap_or_default();
    let places: Vec<_> = edge_of(size).collect();
    Ok(Tree::from_tiles(size, &tiles(database, &places).await?))
}

/// Keeps a checkpoint that a witness has signed as well.
pub async fn keep_cosigned(log: &Log, checkpoint: &Checkpoint, clock: &Clock) -> Result<(), sqlx::Error> {
    rows::keep_cosigned(log.database(), checkpoint, clock.now()).await
}

/// The root of the tree over so many leaves, given by their bytes: for tests and tools.
pub fn root_of(leaves: &[Hash]) -> Hash {
    let mut tree = Tree::default();
    for leaf in leaves {
        tree.add(leaf, |_, _| {});
    }
    tree.root()
}
