//! The Merkle tree over the log (RFC 6962, RFC 9162): leaf number n is the leaf of the event at position n + 1.
//!
//! It is kept in tiles of 256 hashes, the shape of C2SP's tlog-tiles: tile k of level l holds the roots of the whole
//! subtrees of 256^l leaves from number 256·k on. A tile only ever grows until it is full, so the tiles of a later
//! tree serve every earlier one. To append, the right-most tile of each level is all one needs to know.
//!
//! Hashing and proofs are `tlog_tiles`' (Cloudflare's port of Go's `sumdb/tlog`); where hashes come from is ours.

use std::collections::HashMap;

use tlog_tiles::{
    Error, HashReader,
    tile::Tile,
    tlog::{Hash as Node, tree_hash},
};

use super::leaf::Hash;

/// Levels of the tree that one level of tiles spans.
const HEIGHT: u8 = 8;
/// Hashes of a full tile.
pub(super) const WIDTH: u64 = 1 << HEIGHT;
/// The bytes of a hash.
pub(super) const HASH: usize = 32;
/// The most leaves that are counted: beyond it no arithmetic of the tree is at its limits yet.
pub(super) const MOST: u64 = 1 << 48;

/// Where a tile belongs: its level and its number in that level.
pub type Place = (u8, u64);

/// Tiles by place: each the hashes of a tile, one after the other.
pub type Tiles = HashMap<Place, Vec<u8>>;

/// A tree that grows: the right-most tile of each level.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tree {
    size: u64,
    edge: Vec<Vec<u8>>,
}

impl Tree {
    /// A tree of so many leaves from its stored tiles, if they are all there. Only right-most tiles are looked at.
    pub fn from_tiles(size: u64, tiles: &Tiles) -> Option<Self> {
        let mut edge = vec![];
        for place in edge_of(size) {
            let bytes = usize::try_from(size >> (HEIGHT * place.0)).ok()? % 256 * HASH;
            let stored = if bytes == 0 { Some([].as_slice()) } else { tiles.get(&place)?.get(..bytes) };
            edge.push(stored?.to_vec());
        }
        Some(Self { size, edge })
    }

    /// How many leaves.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Adds the next leaf. Tiles that it completes are handed to `full`.
    pub fn add(&mut self, leaf: &Hash, mut full: impl FnMut(Place, &[u8])) {
        let (mut hash, mut level) = (*leaf, 0_u8);
        loop {
            let index = usize::from(level);
            if self.edge.len() == index {
                self.edge.push(vec![]);
            }
            let Some(tile) = self.edge.get_mut(index) else { return };
            tile.extend_from_slice(&hash);
            if tile.len() < HASH * 256 {
                break;
            }
            full((level, self.size >> (HEIGHT * (level + 1))), tile);
            hash = Tile::subtree_hash(tile).0;
            tile.clear();
            level += 1;
        }
        self.size += 1;
    }

    /// The right-most tiles that are not full.
    pub fn partial(&self) -> impl Iterator<Item = (Place, &[u8])> {
        let places = edge_of(self.size);
        places
            .zip(&self.edge)
            .map(|(place, tile)| (place, tile.as_slice()))
            .filter(|(_, tile)| !tile.is_empty())
    }

    /// The root of the tree.
    pub fn root(&self) -> Hash {
        // All hashes asked for are in the edge, so there is always an answer.
        tree_hash(self.size, self).map_or([0; HASH], |root| root.0)
    }
}

impl HashReader for Tree {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Node>, Error> {
        let one = |index: &u64| {
            let tile = Tile::from_index(HEIGHT, *index);
            let bytes = self.edge.get(usize::from(tile.level())).ok_or(Error::IndexesNotInTree)?;
            tile.hash_at_index(bytes, *index)
        };
        indexes.iter().map(one).collect()
    }
}

/// Where the right-most tiles of a tree belong, one for each level.
pub fn edge_of(size: u64) -> impl Iterator<Item = Place> {
    let levels = (0..8_u8).take_while(move |level| *level == 0 || size >> (HEIGHT * level) > 0);
    levels.map(move |level| (level, size >> (HEIGHT * level) >> HEIGHT))
}

/// Runs what reads hashes twice: first to hear which tiles it needs, then with them.
#[derive(Debug, Default)]
pub(super) struct Wanted(std::cell::RefCell<Vec<Place>>);

impl Wanted {
    /// The tiles that were asked for.
    pub fn places(self) -> Vec<Place> {
        let mut places = self.0.into_inner();
        places.sort_unstable();
        places.dedup();
        places
    }
}

impl HashReader for Wanted {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Node>, Error> {
        let places = indexes.iter().map(|index| Tile::from_index(HEIGHT, *index));
        self.0.borrow_mut().extend(places.map(|tile| (tile.level(), tile.level_index())));
        Ok(vec![Node::default(); indexes.len()])
    }
}

/// Reads hashes out of tiles at hand.
#[derive(Debug)]
pub(super) struct AtHand<'a>(pub &'a Tiles);

impl HashReader for AtHand<'_> {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Node>, Error> {
        let one = |index: &u64| {
            let tile = Tile::from_index(HEIGHT, *index);
            let bytes = self.0.get(&(tile.level(), tile.level_index())).ok_or(Error::IndexesNotInTree)?;
            tile.hash_at_index(bytes, *index)
        };
        indexes.iter().map(one).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The root by RFC 6962's own words.
    fn by_definition(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => tlog_tiles::tlog::EMPTY_HASH.0,
            [leaf] => *leaf,
            several => {
                let split = several.len().next_power_of_two() / 2;
                let (left, right) = several.split_at(split);
                tlog_tiles::tlog::node_hash(Node(by_definition(left)), Node(by_definition(right))).0
            }
        }
    }

    fn leaf(number: u64) -> Hash {
        tlog_tiles::tlog::record_hash(&number.to_be_bytes()).0
    }

    #[test]
    fn a_tree_of_any_size_has_the_root_that_the_rfc_defines() {
        let (mut tree, mut leaves, mut tiles) = (Tree::default(), vec![], Tiles::new());
        assert_eq!(tree.root(), by_definition(&[]));
        for number in 0..70_000 {
            tree.add(&leaf(number), |place, tile| drop(tiles.insert(place, tile.to_vec())));
            leaves.push(leaf(number));
            let size = number + 1;
            if size < 20 || size % 4_999 == 0 || [255, 256, 257, 65_535, 65_536, 65_537].contains(&size) {
                assert_eq!(tree.root(), by_definition(&leaves), "{size}");
                let mut stored = tiles.clone();
                stored.extend(tree.partial().map(|(place, tile)| (place, tile.to_vec())));
                let again = Tree::from_tiles(size, &stored).unwrap();
                assert_eq!((again.size(), again.root()), (size, tree.root()), "{size}");
            }
        }
        assert_eq!(tiles.len(), 273 + 1);
    }

    #[test]
    fn a_tree_without_its_tiles_is_none() {
        assert_eq!(Tree::from_tiles(3, &Tiles::new()), None);
        assert_eq!(Tree::from_tiles(3, &Tiles::from([((0, 0), vec![0; 64])])), None);
        assert!(Tree::from_tiles(0, &Tiles::new()).is_some());
    }
}
