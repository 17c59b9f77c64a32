//! Following the log: what comes from memory is what the database has.

use store::Feed;

use crate::{
    given::{Place, buyers, listed},
    on_both,
};

/// Memory may hold less than is asked for, never nothing where there is something.
async fn as_stored(feed: &Feed, position: i64, limit: usize) {
    let followed = feed.follow(position, limit).await.unwrap();
    let stored = feed.raw_after(position, limit).await.unwrap();
    assert!(stored.starts_with(&followed), "after {position}");
    assert_eq!(followed.is_empty(), stored.is_empty(), "after {position}");
}

async fn a_follower_sees_what_is_stored(place: &Place) {
    let (log, writer) = place.node().await;
    let product = listed(&writer, 1_000).await;
    buyers(&writer, product, 200).await;
    let feed = log.feed();
    for position in [0, 1, 37, 200, 201, 500] {
        as_stored(&feed, position, 50).await;
        as_stored(&feed, position, 5_000).await;
    }
}

async fn what_another_node_appends_is_followed_in_order(place: &Place) {
    let (log, ours) = place.node().await;
    let product = listed(&ours, 1_000).await;
    buyers(&ours, product, 20).await;
    let feed = log.feed();
    let other = store::Writer::start(&place.log().await).await.unwrap();
    buyers(&other, product, 20).await;
    as_stored(&feed, 0, 100).await;
    as_stored(&feed, 21, 100).await;
    buyers(&ours, product, 20).await;
    for position in [0, 20, 21, 30, 41, 45, 61] {
        as_stored(&feed, position, 100).await;
    }
}

/// More than is kept in memory.
async fn a_follower_far_behind_starts_from_the_database(place: &Place) {
    let (log, writer) = place.node().await;
    let product = listed(&writer, 20_000).await;
    for _ in 0..2 {
        buyers(&writer, product, 5_000).await;
    }
    let feed = log.feed();
    let (mut position, mut seen) = (0, vec![]);
    while let Some(last) = {
        let page = feed.follow(position, 999).await.unwrap();
        seen.extend(page.iter().map(|event| event.position));
        page.last().map(|event| event.position)
    } {
        position = last;
    }
    assert_eq!(seen, (1..=10_001).collect::<Vec<i64>>());
}

on_both!(
    a_follower_sees_what_is_stored,
    what_another_node_appends_is_followed_in_order,
    a_follower_far_behind_starts_from_the_database,
);
