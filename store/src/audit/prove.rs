//! Proofs out of the sealed tree: that an event is in it, and that a later tree continues an earlier one.
//!
//! A proof is checked against the signed root before it is handed out: tiles that somebody has changed lead to an
//! error here and never to a wrong proof.

use tlog_tiles::{
    Error,
    tlog::{Hash as Node, check_record, check_tree, prove_record, prove_tree, tree_hash},
};

use super::{
    leaf::Hash,
    note::Checkpoint,
    seal::{self, StoredCheckpoint},
    tree::{AtHand, Wanted},
};
use crate::{Log, RawEvent};

/// Why there is no proof.
#[derive(Debug, thiserror::Error)]
pub enum NoProof {
    /// Nothing is sealed yet.
    #[error("nothing is sealed yet")]
    NothingSealed,
    /// The position or size lies beyond what is sealed.
    #[error("{asked} lies beyond the {sealed} events that are sealed")]
    Beyond {
        /// What was asked for.
        asked: i64,
        /// How far the log is sealed.
        sealed: i64,
    },
    /// Positions and sizes begin at 1, and the earlier tree is not larger than the later one.
    #[error("{0}")]
    Senseless(&'static str),
    /// The tiles do not lead to the signed root.
    #[error("the tree is not the one that was signed: its tiles were altered")]
    Altered,
    /// The log's database.
    #[error("the log's database does not answer: {0}")]
    Unavailable(#[from] sqlx::Error),
}

/// The hashes of a proof, in the order of RFC 6962.
pub type Path = Vec<Hash>;

/// That an event is in the tree of some size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inclusion {
    /// The event as stored.
    pub event: RawEvent,
    /// The tree.
    pub tree: Root,
    /// The audit path.
    pub path: Path,
}

/// That a tree continues an earlier one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consistency {
    /// The earlier tree.
    pub from: Root,
    /// The later tree.
    pub to: Root,
    /// The proof.
    pub path: Path,
}

/// A tree's size and root, and its checkpoint if it was signed at that very size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root {
    /// How many events.
    pub size: i64,
    /// The root.
    pub root: Hash,
    /// The signed note.
    pub note: Option<String>,
}

/// The latest signed checkpoint; with `cosigned`, the latest that a witness has signed as well.
pub async fn latest_checkpoint(log: &Log, cosigned: bool) -> Result<Option<StoredCheckpoint>, sqlx::Error> {
    seal::latest(log.database(), cosigned).await
}

/// Proves that the event at `position` is in the tree of `size` events, or of all that is sealed.
pub async fn prove_inclusion(log: &Log, position: i64, size: Option<i64>) -> Result<Inclusion, NoProof> {
    let tree = root(log, size).await?;
    if position < 1 {
        return Err(NoProof::Senseless("positions begin at 1"));
    }
    if position > tree.size {
        return Err(NoProof::Beyond { asked: position, sealed: tree.size });
    }
    let rows = log.database().after(position - 1, 1).await?;
    let event = rows.into_iter().next().ok_or(NoProof::Altered)?;
    let path = path_of(log, &event.leaf, (position, &tree)).await?;
    Ok(Inclusion { event, tree, path })
}

/// The audit path of a leaf.
pub(super) async fn path_of(log: &Log, leaf: &Hash, (position, tree): (i64, &Root)) -> Result<Path, NoProof> {
    let (t, n) = (number(tree.size), number(position - 1));
    let path =
        twice(log, |wanted| drop(prove_record(t, n, wanted)), |at_hand| prove_record(t, n, at_hand)).await?;
    check_record(&path, t, Node(tree.root), n, Node(*leaf)).map_err(|_| NoProof::Altered)?;
    Ok(path.into_iter().map(|node| node.0).collect())
}

/// Proves that the tree of `to` events continues that of `from` events.
pub async fn prove_consistency(log: &Log, from: i64, to: i64) -> Result<Consistency, NoProof> {
    if from < 1 || from > to {
        return Err(NoProof::Senseless("sizes begin at 1, and `from` is not larger than `to`"));
    }
    let (to, from) = (root(log, Some(to)).await?, root(log, Some(from)).await?);
    let (t, n) = (number(to.size), number(from.size));
    let path =
        twice(log, |wanted| drop(prove_tree(t, n, wanted)), |at_hand| prove_tree(t, n, at_hand)).await?;
    check_tree(&path, t, Node(to.root), n, Node(from.root)).map_err(|_| NoProof::Altered)?;
    Ok(Consistency { from, to, path: path.into_iter().map(|node| node.0).collect() })
}

/// The root of a sealed size.
pub(super) async fn root(log: &Log, size: Option<i64>) -> Result<Root, NoProof> {
    let database = log.database();
    let latest = seal::latest(database, false).await?.ok_or(NoProof::NothingSealed)?;
    let size = size.unwrap_or(latest.size);
    if size < 1 {
        return Err(NoProof::Senseless("sizes begin at 1"));
    }
    if size > latest.size {
        return Err(NoProof::Beyond { asked: size, sealed: latest.size });
    }
    let t = number(size);
    let root = twice(log, |wanted| drop(tree_hash(t, wanted)), |at_hand| tree_hash(t, at_hand)).await?.0;
    let signed = seal::checkpoints(database, size, 1).await?.into_iter().next();
    let signed = signed.filter(|checkpoint| checkpoint.size == size);
    if signed.as_ref().is_some_and(|signed| signed.root != root) {
        return Err(NoProof::Altered);
    }
    Ok(Root { size, root, note: signed.map(|signed| signed.note) })
}

/// Hears which tiles a computation needs, fetches them, and computes.
async fn twice<T>(
    log: &Log,
    hear: impl FnOnce(&Wanted),
    compute: impl FnOnce(&AtHand<'_>) -> Result<T, Error>,
) -> Result<T, NoProof> {
    let places = {
        let wanted = Wanted::default();
        hear(&wanted);
        wanted.places()
    };
    let tiles = seal::tiles(log.database(), &places).await?;
    compute(&AtHand(&tiles)).map_err(|_| NoProof::Altered)
}

/// Checks an audit path against a checkpoint.
pub fn is_included(path: &[Hash], checkpoint: &Checkpoint, position: i64, leaf: &Hash) -> bool {
    let path = path.iter().map(|hash| Node(*hash)).collect();
    let (size, number) = (number(checkpoint.size), number(position - 1));
    check_record(&path, size, Node(checkpoint.root), number, Node(*leaf)).is_ok()
}

/// Checks that one checkpoint continues another.
pub fn is_continued(path: &[Hash], from: &Checkpoint, to: &Checkpoint) -> bool {
    let path = path.iter().map(|hash| Node(*hash)).collect();
    check_tree(&path, number(to.size), Node(to.root), number(from.size), Node(from.root)).is_ok()
}

/// Sizes and positions are checked before; nothing negative is in any tree.
fn number(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(u64::MAX)
}
