//! Positions, receipts, replays, units, hot aggregates.

use std::collections::HashSet;

use domain::product::Product;
use serde_json::value::RawValue;
use store::{Command, Decision, Fault, Unit};

use crate::{
    given::{
        Place, always, buy, buy_all, buyers, command, count, json, list, listed, new_command, noon, order,
        price_changed, product, sql, stock, word,
    },
    on_both,
};

on_both!(
    positions_are_gap_free_and_events_are_read_as_written,
    a_replay_gets_the_first_answer,
    a_key_used_for_something_else_is_refused,
    the_same_command_sent_at_once_runs_once,
    a_refusal_is_kept_only_when_asked,
    a_unit_is_all_or_nothing,
    a_hot_product_sells_out_exactly,
    a_unit_for_another_version_is_refused,
    a_zero_event_member_is_a_version_check,
    an_id_taken_for_fresh_may_turn_out_old,
    a_small_cache_forgets_nothing,
    edits_are_refused,
    opening_again_goes_on,
);

async fn positions_are_gap_free_and_events_are_read_as_written(place: &Place) {
    let (log, writer) = place.node().await;
    let feed = log.feed();
    assert_eq!(feed.head(), 0);
    let id = listed(&writer, 500).await;
    for receipt in buyers(&writer, id, 300).await {
        assert_eq!(word(&receipt.unwrap()), "ok");
    }
    assert_eq!(feed.wait_beyond(300).await, 301);
    let events = feed.after(0, 1_000).await.unwrap();
    let positions: Vec<i64> = events.iter().map(|event| event.position).collect();
    assert_eq!(positions, (1..=301).collect::<Vec<i64>>());
    let sequences: Vec<i64> = events.iter().map(|event| event.sequence).collect();
    assert_eq!(sequences, positions);
    assert!(events.iter().all(|event| event.recorded_at == noon() && event.metadata.actor == "system:test"));
    assert_eq!(feed.after(299, 1).await.unwrap(), events[299..300]);
    let (state, version) = writer.load::<Product>(id).await.unwrap();
    assert_eq!((stock(&state), version), (200, 301));
    let raw = feed.raw_after(0, 1).await.unwrap();
    assert!(raw[0].payload.starts_with(r#"{"ProductListed":{"product_id":"prd_"#), "{}", raw[0].payload);
    assert!(raw[0].payload.contains(r#""Kettle \"한\"""#));
    assert!(!raw[0].metadata.contains("causation_id"));
}

async fn a_replay_gets_the_first_answer(place: &Place) {
    let (log, writer) = place.node().await;
    let id = product();
    let asked = new_command();
    let first = writer.submit(asked.clone(), list(id, 5)).await.unwrap();
    assert!(!first.replayed);
    listed(&writer, 1).await;
    for again in [writer, place.node().await.1] {
        let receipt = again.submit(asked.clone(), list(id, 5)).await.unwrap();
        assert!(receipt.replayed);
        assert_eq!((receipt.outcome.get(), receipt.position), (first.outcome.get(), first.position));
        let stored = again.receipt(asked.id).await.unwrap().unwrap();
        assert_eq!((stored.outcome.get(), stored.position), (first.outcome.get(), 1));
    }
    assert_eq!(log.head().await.unwrap().position, 2);
}

async fn a_key_used_for_something_else_is_refused(place: &Place) {
    let (log, writer) = place.node().await;
    let asked = new_command();
    writer.submit(asked.clone(), list(product(), 5)).await.unwrap();
    let other = Command { fingerprint: [8; 32], ..asked };
    for again in [writer, place.node().await.1] {
        assert_eq!(again.submit(other.clone(), list(product(), 5)).await.unwrap_err(), Fault::KeyReused);
    }
    assert_eq!(log.head().await.unwrap().position, 1);
}

async fn the_same_command_sent_at_once_runs_once(place: &Place) {
    let (log, writer) = place.node().await;
    let id = listed(&writer, 10).await;
    let (asked, order_id) = (new_command(), order());
    let sending = (0..20).map(|_| writer.submit(asked.clone(), buy(id, order_id)));
    let answers: Vec<_> = futures::future::join_all(sending).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(answers.iter().filter(|answer| !answer.replayed).count(), 1);
    assert!(answers.iter().all(|answer| answer.position == 2 && word(answer) == "ok"));
    assert_eq!(log.head().await.unwrap().position, 2);
}

async fn a_refusal_is_kept_only_when_asked(place: &Place) {
    let (log, writer) = place.node().await;
    let id = listed(&writer, 0).await;
    let (kept, dropped) = (Command { keep: true, ..new_command() }, new_command());
    for asked in [&kept, &dropped] {
        let receipt = writer.submit(asked.clone(), buy(id, order())).await.unwrap();
        assert!(word(&receipt).contains("only 0 of 1"), "{}", word(&receipt));
        assert_eq!((receipt.position, receipt.replayed), (1, false));
    }
    assert!(writer.receipt(kept.id).await.unwrap().is_some());
    assert!(writer.receipt(dropped.id).await.unwrap().is_none());
    assert!(writer.submit(kept, buy(id, order())).await.unwrap().replayed);
    assert!(!writer.submit(dropped, buy(id, order())).await.unwrap().replayed);
    assert_eq!(count(&log, "select count(*) from batches").await, 1);
    assert_eq!(count(&log, "select count(*) from receipts").await, 2);
}

async fn a_unit_is_all_or_nothing(place: &Place) {
    let (log, writer) = place.node().await;
    let (a, b) = (listed(&writer, 5).await, listed(&writer, 3).await);
    let buying = (0..8).map(|_| writer.submit(new_command(), buy_all(vec![a, b], order())));
    let answers: Vec<_> = futures::future::join_all(buying).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(answers.iter().filter(|answer| word(answer) == "ok").count(), 3);
    assert_eq!(stock(&writer.load(a).await.unwrap().0), 2);
    assert_eq!(stock(&writer.load(b).await.unwrap().0), 0);
    assert_eq!(log.head().await.unwrap().position, 2 + 6);
}

async fn a_hot_product_sells_out_exactly(place: &Place) {
    let (log, writer) = place.node().await;
    let id = listed(&writer, 700).await;
    let answers = buyers(&writer, id, 1_000).await;
    let words: Vec<String> = answers.into_iter().map(|answer| word(&answer.unwrap())).collect();
    assert_eq!(words.iter().filter(|word| *word == "ok").count(), 700);
    assert_eq!(words.iter().filter(|word| word.contains("only 0 of 1")).count(), 300);
    let (state, version) = writer.load::<Product>(id).await.unwrap();
    assert_eq!((stock(&state), version), (0, 701));
    assert_eq!(log.head().await.unwrap().position, 701);
    assert!(count(&log, "select count(*) from batches").await < 200, "commands share batches");
}

async fn a_unit_for_another_version_is_refused(place: &Place) {
    let (_, writer) = place.node().await;
    let id = listed(&writer, 5).await;
    let wrong = always(move || {
        let mut unit = Unit::new();
        unit.record::<Product>(id, 4, vec![price_changed(5)]);
        Decision { unit, outcome: json("ok") }
    });
    let fault = writer.submit(new_command(), wrong).await.unwrap_err();
    assert_eq!(fault, Fault::Stale { stream: id.to_string(), expected: 4, found: 1 });
    assert_eq!(writer.load::<Product>(id).await.unwrap().1, 1);
}

async fn a_zero_event_member_is_a_version_check(place: &Place) {
    let (_, writer) = place.node().await;
    let (checked, written) = (listed(&writer, 5).await, listed(&writer, 5).await);
    let at = move |version: i64| {
        always(move || {
            let mut unit = Unit::new();
            unit.record::<Product>(checked, version, vec![]);
            unit.record::<Product>(written, 1, vec![price_changed(5)]);
            Decision { unit, outcome: json("ok") }
        })
    };
    let fault = writer.submit(new_command(), at(2)).await.unwrap_err();
    assert_eq!(fault, Fault::Stale { stream: checked.to_string(), expected: 2, found: 1 });
    assert_eq!(word(&writer.submit(new_command(), at(1)).await.unwrap()), "ok");
    assert_eq!(writer.load::<Product>(checked).await.unwrap().1, 1);
    assert_eq!(writer.load::<Product>(written).await.unwrap().1, 2);
}

async fn an_id_taken_for_fresh_may_turn_out_old(place: &Place) {
    let (log, writer) = place.node().await;
    let id = listed(&writer, 5).await;
    let other = place.node().await.1;
    let receipt = other.submit(new_command(), list(id, 9)).await.unwrap();
    assert_eq!(word(&receipt), "the product is listed already");
    assert_eq!(log.head().await.unwrap().position, 1);
    let receipt = other.submit(new_command(), buy(id, order())).await.unwrap();
    assert_eq!((word(&receipt).as_str(), receipt.position), ("ok", 2));
}

async fn a_small_cache_forgets_nothing(place: &Place) {
    let log = place.log().await;
    let writer = store::Writer::with_cache(&log, 3).await.unwrap();
    let mut products = vec![];
    for _ in 0..10 {
        products.push(listed(&writer, 2).await);
    }
    for round in 0..3 {
        for answer in futures::future::join_all(
            products.iter().map(|id| writer.submit(new_command(), buy(*id, order()))),
        )
        .await
        {
            assert_eq!(word(&answer.unwrap()) == "ok", round < 2);
        }
    }
    assert_eq!(log.head().await.unwrap().position, 30);
}

async fn edits_are_refused(place: &Place) {
    let (log, writer) = place.node().await;
    listed(&writer, 5).await;
    for table in ["events", "receipts", "batches"] {
        let column = if table == "batches" { "hash = hash" } else { "recorded_at = recorded_at" };
        for edit in [format!("update {table} set {column}"), format!("delete from {table}")] {
            let error = sql(&log, &edit).await.unwrap_err().to_string();
            assert!(error.contains("append-only"), "{edit}: {error}");
        }
        if place.url().starts_with("postgres") {
            let error = sql(&log, &format!("truncate {table}")).await.unwrap_err().to_string();
            assert!(error.contains("append-only"), "{error}");
        }
        assert_eq!(count(&log, &format!("select count(*) from {table}")).await, 1);
    }
}

async fn opening_again_goes_on(place: &Place) {
    let id = {
        let (_, writer) = place.node().await;
        listed(&writer, 5).await
    };
    let (log, writer) = place.node().await;
    let receipt = writer.submit(command(ambient::fresh_id()), buy(id, order())).await.unwrap();
    assert_eq!(receipt.position, 2);
    let ids: HashSet<_> = log.feed().after(0, 9).await.unwrap().iter().map(|event| event.event_id).collect();
    assert_eq!(ids.len(), 2);
    let outcome: &RawValue = &receipt.outcome;
    assert_eq!(outcome.get(), "\"ok\"");
}
