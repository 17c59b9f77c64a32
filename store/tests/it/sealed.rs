//! The sealer, its proofs, and what is caught that the chain alone would not catch.

use std::path::Path;

use ambient::Clock;
use store::{
    Database, Log, RawEvent,
    audit::{
        Against, Breach, Broken, Checkpoint, GENESIS, Hash, LeafHasher, Link, NoProof, NotVerified,
        SealError, SealKey, SealVerifier, Sealer, hex, is_continued, is_included, latest_checkpoint,
        prove_consistency, prove_inclusion, root_of, verify, verify_against,
    },
};

use crate::{
    given::{Place, behind_the_triggers, buyers, listed, sql},
    on_both,
};

on_both!(
    every_event_and_every_size_has_its_proof,
    sealing_goes_on_where_it_ended_and_in_turn,
    another_key_seals_nothing,
    what_is_beyond_or_senseless_has_no_proof,
    a_rewritten_event_is_named_by_its_tile,
    altered_tiles_and_checkpoints_are_named,
    what_was_sealed_and_is_gone_is_named,
    a_log_rewritten_with_everything_in_it_is_caught_by_what_was_anchored,
);

pub fn key(folder: &Path) -> SealKey {
    SealKey::read_or_create(&folder.join("seal.key")).unwrap()
}

pub fn verifier(key: &SealKey) -> SealVerifier {
    key.verifier().parse().unwrap()
}

pub async fn sealer(log: &Log, key: &SealKey) -> Sealer {
    Sealer::open(log.clone(), key.clone(), Clock::system()).await.unwrap()
}

async fn log_of(place: &Place, events: usize) -> Log {
    let (log, writer) = place.node().await;
    let id = listed(&writer, 5_000).await;
    for answer in buyers(&writer, id, events - 1).await {
        answer.unwrap();
    }
    log
}

async fn sealed(place: &Place, events: usize) -> (Log, tempfile::TempDir, SealKey, Checkpoint) {
    let (log, folder) = (log_of(place, events).await, tempfile::tempdir().unwrap());
    let key = key(folder.path());
    let checkpoint = sealer(&log, &key).await.seal().await.unwrap().unwrap();
    (log, folder, key, checkpoint)
}

async fn breach(log: &Log, against: Against) -> Broken {
    match verify_against(log, against, |_| {}).await {
        Err(NotVerified::Broken(broken)) => broken,
        other => panic!("{other:?}"),
    }
}

async fn every_event_and_every_size_has_its_proof(place: &Place) {
    let (log, _folder, key, last) = sealed(place, 600).await;
    let leaves: Vec<Hash> =
        log.feed().raw_after(0, 600).await.unwrap().iter().map(|event| event.leaf).collect();
    assert_eq!((last.size, last.root), (600, root_of(&leaves)));
    assert_eq!(verifier(&key).open(&last.note), Ok(last.clone()));
    let at = |size: usize| Checkpoint {
        size: i64::try_from(size).unwrap(),
        root: root_of(&leaves[..size]),
        ..last.clone()
    };
    for (position, size) in [(1, 1), (1, 600), (600, 600), (256, 256), (257, 257), (256, 600), (513, 599)] {
        let proof = prove_inclusion(&log, position, Some(size)).await.unwrap();
        let checkpoint = at(usize::try_from(size).unwrap());
        assert_eq!((proof.tree.size, proof.tree.root), (size, checkpoint.root));
        assert!(is_included(&proof.path, &checkpoint, position, &proof.event.leaf));
        assert!(!is_included(&proof.path, &checkpoint, position, &leaves[usize::from(position == 1)]));
        assert!(!is_included(&proof.path, &checkpoint, position % size + 1, &proof.event.leaf) || size == 1);
    }
    for (from, to) in [(1, 600), (600, 600), (255, 256), (256, 257), (300, 599)] {
        let proof = prove_consistency(&log, from, to).await.unwrap();
        let (from, to) = (at(usize::try_from(from).unwrap()), at(usize::try_from(to).unwrap()));
        assert!(is_continued(&proof.path, &from, &to));
        let other = Checkpoint { root: [9; 32], ..from.clone() };
        assert!(!is_continued(&proof.path, &other, &to));
    }
    let verified = verify(&log, |_| {}).await.unwrap();
    assert_eq!((verified.events, verified.checkpoints, verified.anchors), (600, 1, 0));
}

async fn sealing_goes_on_where_it_ended_and_in_turn(place: &Place) {
    let (log, folder, key, first) = sealed(place, 300).await;
    let (mut one, mut two) = (sealer(&log, &key).await, sealer(&log, &key).await);
    assert_eq!((one.size(), one.seal().await.unwrap()), (300, None));
    let (_, writer) = place.node().await;
    for round in 0..6 {
        listed(&writer, 1).await;
        let turn = if round % 2 == 0 { &mut one } else { &mut two };
        assert_eq!(turn.seal().await.unwrap().unwrap().size, 301 + round);
    }
    let last = latest_checkpoint(&log, false).await.unwrap().unwrap();
    let last = verifier(&key).open(&last.note).unwrap();
    let proof = prove_consistency(&log, first.size, last.size).await.unwrap();
    assert!(is_continued(&proof.path, &first, &last));
    let against = Against { key: Some(verifier(&key)), anchors: vec![last, first] };
    let verified = verify_against(&log, against, |_| {}).await.unwrap();
    assert_eq!((verified.checkpoints, verified.anchors), (7, 2));
    drop(folder);
}

async fn another_key_seals_nothing(place: &Place) {
    let (log, _folder, _, checkpoint) = sealed(place, 3).await;
    let elsewhere = tempfile::tempdir().unwrap();
    let other = key(elsewhere.path());
    let refused = Sealer::open(log.clone(), other.clone(), Clock::system()).await.unwrap_err();
    assert!(matches!(refused, SealError::OtherKey { .. }), "{refused}");
    assert!(verifier(&other).open(&checkpoint.note).unwrap_err().to_string().contains("is signed by"));
    let against = Against { key: Some(verifier(&other)), ..Against::default() };
    assert!(matches!(
        breach(&log, against).await,
        Broken { position: 1, why: Breach::Checkpoint { size: 3, .. } }
    ));
}

async fn what_is_beyond_or_senseless_has_no_proof(place: &Place) {
    let log = log_of(place, 3).await;
    assert!(matches!(prove_inclusion(&log, 1, None).await, Err(NoProof::NothingSealed)));
    let folder = tempfile::tempdir().unwrap();
    sealer(&log, &key(folder.path())).await.seal().await.unwrap();
    for (position, size) in [(4, None), (3, Some(2)), (1, Some(4)), (i64::MAX, Some(i64::MAX))] {
        assert!(matches!(prove_inclusion(&log, position, size).await, Err(NoProof::Beyond { .. })));
    }
    for (position, size) in [(0, None), (-1, None), (1, Some(0)), (i64::MIN, Some(3))] {
        assert!(matches!(prove_inclusion(&log, position, size).await, Err(NoProof::Senseless(_))));
    }
    assert!(matches!(prove_consistency(&log, 3, 2).await, Err(NoProof::Senseless(_))));
    assert!(matches!(prove_consistency(&log, 0, 2).await, Err(NoProof::Senseless(_))));
    assert!(matches!(prove_consistency(&log, 1, 9).await, Err(NoProof::Beyond { asked: 9, sealed: 3 })));
}

/// Rewrites an event and everything after it that the chain is made of.
async fn rewrite(log: &Log, position: i64) {
    let events = log.feed().raw_after(0, 10_000).await.unwrap();
    let batches: Vec<(i64, i64)> = match log.database() {
        Database::Postgres(pool) => {
            sqlx::query_as("select first_position, last_position from batches order by 1")
                .fetch_all(pool)
                .await
        }
        Database::Sqlite(pool) => {
            sqlx::query_as("select first_position, last_position from batches order by 1")
                .fetch_all(pool)
                .await
        }
    }
    .unwrap();
    let (mut hasher, mut head, mut edits) = (LeafHasher::default(), GENESIS, vec![]);
    let literal = |hash: &Hash| match log.database() {
        Database::Postgres(_) => format!("'\\x{}'::bytea", hex::text(hash)),
        Database::Sqlite(_) => format!("x'{}'", hex::text(hash)),
    };
    for (first, last) in batches {
        let mut link = Link::after(&head);
        for event in &events[usize::try_from(first - 1).unwrap()..usize::try_from(last).unwrap()] {
            let mut event: RawEvent = event.clone();
            if event.position == position {
                event.event_type = "StockAdjusted".to_owned();
                event.leaf = hasher.leaf(&event.leaf_fields());
                edits.push(format!(
                    "update events set event_type = 'StockAdjusted', leaf = {} where position = {position}",
                    literal(&event.leaf)
                ));
            }
            link.add(&event.leaf);
        }
        head = link.hash();
        edits.push(format!("update batches set hash = {} where last_position = {last}", literal(&head)));
    }
    behind_the_triggers(log, &edits.join("; ")).await;
}

async fn a_rewritten_event_is_named_by_its_tile(place: &Place) {
    let (log, ..) = sealed(place, 300).await;
    rewrite(&log, 260).await;
    assert_eq!(breach(&log, Against::default()).await, Broken { position: 260, why: Breach::Sealed });
    assert!(matches!(prove_inclusion(&log, 260, None).await, Err(NoProof::Altered)));
}

async fn altered_tiles_and_checkpoints_are_named(place: &Place) {
    let (log, _folder, key, _) = sealed(place, 300).await;
    let swap = |level: i64| {
        let zero = match log.database() {
            Database::Postgres(_) => {
                "substring(hashes from 1 for length(hashes) - 32) || decode(repeat('00', 32), 'hex')"
            }
            Database::Sqlite(_) => "cast(substr(hashes, 1, length(hashes) - 32) || zeroblob(32) as blob)",
        };
        format!("update tree_tiles set hashes = {zero} where level = {level} and number = 0")
    };
    sql(&log, "create table kept as select * from tree_tiles").await.unwrap();
    sql(&log, &swap(0)).await.unwrap();
    assert_eq!(breach(&log, Against::default()).await, Broken { position: 256, why: Breach::Sealed });
    assert!(matches!(prove_inclusion(&log, 1, None).await, Err(NoProof::Altered)));
    let back = "delete from tree_tiles; insert into tree_tiles select * from kept";
    sql(&log, back).await.unwrap();
    sql(&log, &swap(1)).await.unwrap();
    let found = breach(&log, Against::default()).await;
    assert_eq!(found, Broken { position: 300, why: Breach::Tile { level: 1, number: 0 } });
    let torn = Sealer::open(log.clone(), key.clone(), Clock::system()).await.unwrap_err();
    assert!(matches!(torn, SealError::Torn { size: 300 }), "{torn}");
    sql(&log, back).await.unwrap();
    sql(&log, "delete from tree_tiles where level = 0 and number = 1").await.unwrap();
    let found = breach(&log, Against::default()).await;
    assert_eq!(found, Broken { position: 257, why: Breach::Tile { level: 0, number: 1 } });
    sql(&log, back).await.unwrap();
    behind_the_triggers(&log, "update tree_checkpoints set note = replace(note, '300', '301')").await;
    let found = breach(&log, Against { key: Some(verifier(&key)), ..Against::default() }).await;
    assert!(matches!(found, Broken { position: 1, why: Breach::Checkpoint { size: 300, .. } }), "{found}");
    behind_the_triggers(&log, "delete from tree_checkpoints").await;
    let found = breach(&log, Against::default()).await;
    assert!(matches!(found, Broken { position: 1, why: Breach::Checkpoint { size: 300, .. } }), "{found}");
}

async fn what_was_sealed_and_is_gone_is_named(place: &Place) {
    let (log, _folder, key, last) = sealed(place, 300).await;
    let cut = "delete from events where position > 290; delete from batches where last_position > 290";
    behind_the_triggers(&log, cut).await;
    let head = log.head().await.unwrap().position;
    behind_the_triggers(&log, &format!("delete from events where position > {head}")).await;
    assert_eq!(breach(&log, Against::default()).await, Broken { position: head + 1, why: Breach::Missing });
    let shrunk = Sealer::open(log.clone(), key.clone(), Clock::system()).await.unwrap_err();
    assert!(matches!(shrunk, SealError::Shrunk { sealed: 300, .. }), "{shrunk}");
    forget_the_seals(&log).await;
    assert_eq!(verify(&log, |_| {}).await.unwrap().events, head);
    let against = Against { anchors: vec![last], ..Against::default() };
    assert_eq!(breach(&log, against).await, Broken { position: head + 1, why: Breach::Missing });
}

/// What an administrator takes away who wants nobody to see that the log was ever sealed.
async fn forget_the_seals(log: &Log) {
    behind_the_triggers(
        log,
        "delete from tree_checkpoints; delete from tree_tiles; update sealer set size = 0",
    )
    .await;
}

async fn a_log_rewritten_with_everything_in_it_is_caught_by_what_was_anchored(place: &Place) {
    let (log, _folder, key, last) = sealed(place, 300).await;
    let early = Checkpoint {
        size: 100,
        root: prove_inclusion(&log, 1, Some(100)).await.unwrap().tree.root,
        ..last.clone()
    };
    rewrite(&log, 200).await;
    forget_the_seals(&log).await;
    // The rewritten log is sealed with the very key: nothing in the database is wrong now.
    let forged = sealer(&log, &key).await.seal().await.unwrap().unwrap();
    assert_eq!(forged.size, 300);
    let own = Against { key: Some(verifier(&key)), anchors: vec![] };
    assert_eq!(verify_against(&log, own, |_| {}).await.unwrap().checkpoints, 1);
    let against = Against { key: Some(verifier(&key)), anchors: vec![last.clone(), early] };
    assert_eq!(breach(&log, against).await, Broken { position: 101, why: Breach::Anchor { size: 300 } });
    assert_ne!(forged.root, last.root);
}
