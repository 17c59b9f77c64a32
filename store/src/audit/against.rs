//! What the log is compared with besides itself: the tiles and checkpoints of the sealer, and checkpoints that were
//! kept where whoever can write the database cannot.
//!
//! Whoever rewrites rows, leaves and batches alike leaves a log that is whole in itself. The tiles still name the very
//! event, as long as they are not rewritten too; a checkpoint kept elsewhere names the stretch in which it happened,
//! whatever else was rewritten.

use std::collections::VecDeque;

use super::{
    leaf::Hash,
    note::{Checkpoint, SealVerifier},
    seal::{self, StoredCheckpoint},
    tree::{HASH, Place, Tiles, Tree, WIDTH},
    verify::{Breach, NotVerified, broken},
};
use crate::log::Database;

/// Level-0 tiles fetched at once.
const TILES: u64 = 16;
/// Checkpoints fetched at once.
const CHECKPOINTS: i64 = 1_000;

/// What somebody brings along to verify the log against.
#[derive(Debug, Clone, Default)]
pub struct Against {
    /// The public key that has to have signed the stored checkpoints.
    pub key: Option<SealVerifier>,
    /// Checkpoints kept elsewhere, their signatures already checked.
    pub anchors: Vec<Checkpoint>,
}

/// The way along the tree, beside the way along the chain.
pub(super) struct Seals<'a> {
    database: &'a Database,
    key: Option<SealVerifier>,
    anchors: VecDeque<Checkpoint>,
    stored: VecDeque<StoredCheckpoint>,
    tiles: Tiles,
    tree: Tree,
    /// How far the log is sealed.
    sealed: i64,
    /// Up to where there is something to compare with.
    until: i64,
    /// The size of the last checkpoint that held.
    good: i64,
    pub checkpoints: i64,
    pub anchored: i64,
}

impl<'a> Seals<'a> {
    pub async fn begin(database: &'a Database, against: Against) -> Result<Self, sqlx::Error> {
        let sealed = seal::sealed(database).await?.size;
        let mut anchors = against.anchors;
        anchors.sort_by_key(|anchor| anchor.size);
        let until = anchors.last().map_or(sealed, |last| last.size.max(sealed));
        Ok(Self {
            database,
            key: against.key,
            anchors: anchors.into(),
            stored: VecDeque::new(),
            tiles: Tiles::new(),
            tree: Tree::default(),
            sealed,
            until,
            good: 0,
            checkpoints: 0,
            anchored: 0,
        })
    }

    /// Takes the next leaf.
    pub async fn step(&mut self, position: i64, leaf: &Hash) -> Result<(), NotVerified> {
        if position > self.until {
            return Ok(());
        }
        if position <= self.sealed {
            self.compare_leaf(position, leaf).await?;
        }
        let mut full = vec![];
        self.tree.add(leaf, |(level, number), tile| {
            if level > 0 {
                full.push(((level, number), tile.to_vec()));
            }
        });
        if position <= self.sealed {
            self.compare_tiles(position, full).await?;
        }
        if position == self.sealed {
            let partial = self.tree.partial().filter(|((level, _), _)| *level > 0);
            let partial = partial.map(|(place, tile)| (place, tile.to_vec())).collect();
            self.compare_tiles(position, partial).await?;
        }
        self.compare_anchors(position)?;
        self.compare_checkpoints(position).await
    }

    /// The log has ended at `position`.
    pub fn end(&self, position: i64) -> Result<(), NotVerified> {
        if position < self.until { Err(broken(position + 1, Breach::Missing)) } else { Ok(()) }
    }

    /// The stretch in which the log was rewritten, if a checkpoint of `size` does not hold.
    const fn since(&self) -> i64 {
        self.good + 1
    }

    async fn compare_leaf(&mut self, position: i64, leaf: &Hash) -> Result<(), NotVerified> {
        let index = u64::try_from(position - 1).unwrap_or_default();
        let (number, within) = (index / WIDTH, usize::try_from(index % WIDTH).unwrap_or_default());
        if within == 0 && number % TILES == 0 {
            let places: Vec<Place> = (number..number + TILES).map(|number| (0, number)).collect();
            self.tiles = seal::tiles(self.database, &places).await?;
        }
        let tile = self.tiles.get(&(0, number));
        match tile.and_then(|tile| tile.get(within * HASH..(within + 1) * HASH)) {
            Some(sealed) if sealed == leaf => Ok(()),
            Some(_) => Err(broken(position, Breach::Sealed)),
            None => Err(broken(position, Breach::Tile { level: 0, number })),
        }
    }

    /// A stored tile that has grown since has the same beginning.
    async fn compare_tiles(&self, position: i64, built: Vec<(Place, Vec<u8>)>) -> Result<(), NotVerified> {
        let places: Vec<Place> = built.iter().map(|(place, _)| *place).collect();
        let stored = seal::tiles(self.database, &places).await?;
        for ((level, number), tile) in built {
            if !stored.get(&(level, number)).is_some_and(|stored| stored.starts_with(&tile)) {
                return Err(broken(position, Breach::Tile { level, number }));
            }
        }
        Ok(())
    }

    fn compare_anchors(&mut self, position: i64) -> Result<(), NotVerified> {
        while let Some(anchor) = self.anchors.pop_front_if(|anchor| anchor.size == position) {
            if anchor.root != self.tree.root() {
                return Err(broken(self.since(), Breach::Anchor { size: position }));
            }
            self.good = position;
            self.anchored += 1;
        }
        Ok(())
    }

    async fn compare_checkpoints(&mut self, position: i64) -> Result<(), NotVerified> {
        if position > self.sealed {
            return Ok(());
        }
        if self.stored.is_empty() {
            self.stored = seal::checkpoints(self.database, position, CHECKPOINTS).await?.into();
        }
        let Some(stored) = self.stored.pop_front_if(|stored| stored.size <= position) else {
            // The last seal moved sealer and checkpoint together.
            let lost = position == self.sealed;
            return if lost { Err(self.bad_checkpoint(position, "it is missing")) } else { Ok(()) };
        };
        let signed = match &self.key {
            Some(key) => key.open(&stored.note),
            None => Checkpoint::unchecked(&stored.note),
        };
        let signed = signed.map_err(|error| self.bad_checkpoint(stored.size, &error.to_string()))?;
        if (signed.size, signed.root) != (stored.size, stored.root) {
            return Err(self.bad_checkpoint(stored.size, "its note says something else than its row"));
        }
        if stored.root != self.tree.root() {
            return Err(self.bad_checkpoint(stored.size, "its root is that of other events"));
        }
        self.good = position;
        self.checkpoints += 1;
        Ok(())
    }

    fn bad_checkpoint(&self, size: i64, why: &str) -> NotVerified {
        broken(self.since(), Breach::Checkpoint { size, why: why.to_owned() })
    }
}
