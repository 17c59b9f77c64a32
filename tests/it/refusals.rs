//! What was refused can be asked for: who, what, why, and nothing personal.

use ambient::Clock;
use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::{Databases, World};

/// The refusals, once there are so many.
async fn refused(world: &World, query: &str, count: usize) -> Vec<Value> {
    let mut found = Value::Null;
    for _ in 0..600 {
        found = world.auditor.0.http.get(&format!("/audit/refusals?{query}")).send().await.ok();
        if found["items"].as_array().unwrap().len() >= count {
            break;
        }
        Clock::system().sleep(TimeDelta::milliseconds(20)).await;
    }
    assert_eq!(found["items"].as_array().unwrap().len(), count, "{query}: {found}");
    found["items"].as_array().unwrap().clone()
}

async fn who_was_refused_what_and_why_can_be_asked(databases: Databases) {
    let world = World::open_on(databases).await;
    let (seller, hong, kim) =
        (world.seller("carpenter").await, world.buyer("hong").await, world.buyer("kim").await);
    let chair = seller.sells("chair", 10_000, 1).await;
    let order = hong.orders(&[(&chair, 1)]).await;
    let head = world.head().await;
    kim.tries_to_order(&[(&chair, 1)]).await.refused(409, "out_of_stock");
    hong.tries_to_confirm(&order).await.refused(409, "not_paid");
    kim.tries_to_cancel(&order).await.refused(403, "not_yours");
    assert_eq!(world.head().await, head, "a refusal is no event");

    let all = refused(&world, "", 3).await;
    let told: Vec<(&str, &str, &str)> = all
        .iter()
        .map(|one| {
            (one["actor"].as_str().unwrap(), one["command"].as_str().unwrap(), one["code"].as_str().unwrap())
        })
        .collect();
    assert_eq!(
        told,
        [
            (kim.0.id.as_str(), "PlaceOrder", "out_of_stock"),
            (hong.0.id.as_str(), "ConfirmOrder", "not_paid"),
            (kim.0.id.as_str(), "CancelOrder", "not_yours"),
        ]
    );
    assert_eq!((&all[0]["position"], &all[1]["position"]), (&json!(head), &json!(head)));
    let text = json!(all).to_string();
    assert!(!text.contains("홍길동") && !text.contains("changed my mind") && !text.contains('@'), "{text}");

    assert_eq!(refused(&world, &format!("actor={}", kim.0.id), 2).await[1], all[2]);
    assert_eq!(refused(&world, "code=not_paid", 1).await, [all[1].clone()]);
    assert_eq!(refused(&world, &format!("about={}", order.id), 2).await, all[1..]);
    assert_eq!(refused(&world, &format!("about={}", chair.id), 1).await, [all[0].clone()]);
    let page = world.auditor.0.http.get("/audit/refusals?limit=2").send().await.ok();
    assert_eq!((&page["items"][1], &page["next"]), (&all[1], &all[1]["refusal_id"]));
    let rest = format!("after={}", page["next"].as_str().unwrap());
    assert_eq!(refused(&world, &rest, 1).await, [all[2].clone()]);
    for wrong in ["limit=0", "limit=1001", "after=x", "about=nothing"] {
        let asked = world.auditor.0.http.get(&format!("/audit/refusals?{wrong}")).send().await;
        asked.refused(400, "invalid_query");
    }
}

#[tokio::test]
async fn who_was_refused_what_and_why_can_be_asked_on_sqlite() {
    who_was_refused_what_and_why_can_be_asked(Databases::sqlite()).await;
}

#[tokio::test]
async fn who_was_refused_what_and_why_can_be_asked_on_postgres() {
    who_was_refused_what_and_why_can_be_asked(Databases::postgres().await).await;
}

#[tokio::test]
async fn the_same_key_asked_again_is_refused_once() {
    let world = World::open().await;
    let (seller, hong) = (world.seller("carpenter").await, world.buyer("hong").await);
    let chair = seller.sells("chair", 10_000, 1).await;
    let order = hong.orders(&[(&chair, 1)]).await;
    for _ in 0..3 {
        let ask = hong.0.http.ask(reqwest::Method::POST, &format!("/orders/{}/confirm", order.id));
        ask.key("one-and-the-same").send().await.refused(409, "not_paid");
    }
    hong.tries_to_confirm(&order).await.refused(409, "not_paid");
    refused(&world, "code=not_paid", 2).await;
}
