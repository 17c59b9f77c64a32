//! Whoever edits the log behind the triggers is found, with the position.

use store::{
    Database, Log,
    audit::{Breach, Broken, NotVerified, verify},
};

use crate::{
    given::{Place, behind_the_triggers, buyers, listed},
    on_both,
};

on_both!(
    a_whole_log_is_verified,
    an_altered_row_is_named,
    a_deleted_row_is_named,
    an_inserted_row_is_named,
    an_altered_batch_is_named,
    a_row_altered_with_its_leaf_is_named_by_its_batch,
);

async fn log_of_51(place: &Place) -> Log {
    let (log, writer) = place.node().await;
    let id = listed(&writer, 500).await;
    for answer in buyers(&writer, id, 50).await {
        answer.unwrap();
    }
    log
}

async fn breach(log: &Log) -> Broken {
    match verify(log, |_| {}).await {
        Err(NotVerified::Broken(broken)) => broken,
        other => panic!("{other:?}"),
    }
}

async fn a_whole_log_is_verified(place: &Place) {
    let log = place.log().await;
    assert_eq!(verify(&log, |_| {}).await.unwrap().events, 0);
    let log = log_of_51(place).await;
    let mut heard = 0;
    let verified = verify(&log, |position| heard = position).await.unwrap();
    assert_eq!((verified.events, heard), (51, 51));
    assert_eq!(verified.head_hash, log.head().await.unwrap().hash);
    assert!(verified.batches > 1);
}

async fn an_altered_row_is_named(place: &Place) {
    let log = log_of_51(place).await;
    let edit = match log.database() {
        Database::Postgres(_) => "replace(payload::text, '\"quantity\":1', '\"quantity\":2')::json",
        Database::Sqlite(_) => "replace(payload, '\"quantity\":1', '\"quantity\":2')",
    };
    behind_the_triggers(&log, &format!("update events set payload = {edit} where position = 17")).await;
    assert_eq!(breach(&log).await, Broken { position: 17, why: Breach::Leaf });
}

async fn a_deleted_row_is_named(place: &Place) {
    let log = log_of_51(place).await;
    behind_the_triggers(&log, "delete from events where position = 51").await;
    assert_eq!(breach(&log).await, Broken { position: 51, why: Breach::Missing });
    behind_the_triggers(&log, "delete from events where position = 23").await;
    assert_eq!(breach(&log).await, Broken { position: 23, why: Breach::Missing });
}

async fn an_inserted_row_is_named(place: &Place) {
    let log = log_of_51(place).await;
    let copy = "insert into events select 52, aggregate_type, aggregate_id, 52, event_type, event_version, payload, \
                metadata, event_id, command_id, recorded_at, leaf from events where position = 51";
    behind_the_triggers(&log, copy).await;
    assert_eq!(breach(&log).await, Broken { position: 52, why: Breach::Leaf });
}

async fn an_altered_batch_is_named(place: &Place) {
    let log = log_of_51(place).await;
    let last = "(select max(last_position) from batches)";
    let set = format!(
        "update batches set hash = (select hash from batches order by last_position limit 1) where last_position = {last}"
    );
    behind_the_triggers(&log, &set).await;
    assert!(matches!(breach(&log).await.why, Breach::Batch { last: 51 }));
}

async fn a_row_altered_with_its_leaf_is_named_by_its_batch(place: &Place) {
    let log = log_of_51(place).await;
    let mut raw = log.feed().raw_after(0, 1).await.unwrap().remove(0);
    raw.event_type = "PriceChanged".to_owned();
    let leaf = store::audit::LeafHasher::default().leaf(&raw.leaf_fields());
    let (high, low) = leaf.split_at(16);
    let half = |bytes: &[u8]| uuid::Uuid::from_slice(bytes).unwrap().simple().to_string();
    let hex = half(high) + &half(low);
    let literal = match log.database() {
        Database::Postgres(_) => format!("'\\x{hex}'::bytea"),
        Database::Sqlite(_) => format!("x'{hex}'"),
    };
    behind_the_triggers(
        &log,
        &format!("update events set event_type = 'PriceChanged', leaf = {literal} where position = 1"),
    )
    .await;
    assert_eq!(breach(&log).await, Broken { position: 1, why: Breach::Batch { last: 1 } });
}
