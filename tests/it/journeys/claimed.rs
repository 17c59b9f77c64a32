//! Goods that go back.

use chrono::Duration;
use serde_json::{Value, json};
use tests::{
    World,
    actors::{Buyer, Counted, Order, Seller},
};

async fn delivered(
    world: &World,
    carpenter: &Seller,
    hong: &Buyer,
) -> (Order, tests::actors::Payment, String) {
    let chair = carpenter.sells("chair", 10_000, 5).await;
    let order = hong.orders(&[(&chair, 1)]).await;
    let payment = world.pays(hong, &order).await;
    let parcel = carpenter.ships(&order).await;
    carpenter.delivers(&parcel).await;
    let line = world.operator.order(&order).await["items"][0]["order_item_id"].as_str().unwrap().to_owned();
    (order, payment, line)
}

async fn opens(hong: &Buyer, order: &Order, line: &str, kind: &str) -> String {
    let body = json!({
        "order_id": order.id, "kind": kind, "reason": "change_of_mind",
        "items": [{ "order_item_id": line, "quantity": 1 }],
    });
    hong.0.http.post("/claims", &body).send().await.ok()["claim_id"].as_str().unwrap().to_owned()
}

async fn claim(world: &World, id: &str) -> Value {
    world.settle().await;
    world.operator.0.http.get(&format!("/claims/{id}")).send().await.ok()
}

#[tokio::test]
async fn a_return_is_collected_inspected_approved_and_refunded() {
    let world = World::open().await;
    let (carpenter, hong) = (world.seller("carpenter").await, world.buyer("hong").await);
    let (order, payment, line) = delivered(&world, &carpenter, &hong).await;
    let id = opens(&hong, &order, &line, "return").await;
    world.settle().await;
    assert_eq!(world.payment(&payment).await["escrow_status"], "locked");
    assert_eq!(world.operator.order(&order).await["lines"][0]["contested_by"], *id);
    hong.tries_to_confirm(&order).await.refused(409, "contest_is_open");
    world.passes(Duration::days(9)).await;
    assert_eq!(world.status(&order).await, "delivered", "nor does the clock confirm");
    world.audit().await;

    let kim = world.buyer("kim").await;
    kim.0.http.get(&format!("/claims/{id}")).send().await.refused(403, "not_yours");
    let parcel = json!({ "carrier": "CJGLS", "invoice_number": "601234567890" });
    hong.0.http.post(&format!("/claims/{id}/collect"), &parcel).send().await.ok();
    let path = format!("/claims/{id}/receive");
    carpenter.0.http.ask(reqwest::Method::POST, &path).send().await.ok();
    carpenter.0.http.post(&format!("/claims/{id}/approve"), &json!({ "restock": true })).send().await.ok();
    let done = claim(&world, &id).await;
    assert_eq!((&done["status"], done.won("refund")), (&"refunded".into(), 10_000), "{done}");
    assert_eq!(world.counter.given_back(&payment).await, 10_000);
    assert_eq!(world.status(&order).await, "returned");
    assert_eq!(world.credited(&carpenter).await, 0);
    let listed = carpenter.0.http.get("/claims?view=sales").send().await.ok();
    assert_eq!(listed["items"][0]["claim_id"], id.as_str());
    let told = world.timeline(&order).await;
    assert!(told.iter().any(|moment| moment["event"] == "ClaimRefunded"), "{told:?}");
    world.audit().await;
}

#[tokio::test]
async fn the_clock_ends_a_claim_whose_goods_never_came_and_then_confirms() {
    let world = World::open().await;
    let (carpenter, hong) = (world.seller("carpenter").await, world.buyer("hong").await);
    let (order, _, line) = delivered(&world, &carpenter, &hong).await;
    let id = opens(&hong, &order, &line, "return").await;
    world.passes(Duration::days(16)).await;
    assert_eq!(claim(&world, &id).await["status"], "closed");
    world.passes(Duration::days(2)).await;
    assert_eq!(world.status(&order).await, "confirmed");
    assert_eq!(world.credited(&carpenter).await, 8_900);
    world.audit().await;
}

#[tokio::test]
async fn an_exchange_ends_with_other_goods_and_then_with_the_money() {
    let world = World::open().await;
    let (carpenter, hong) = (world.seller("carpenter").await, world.buyer("hong").await);
    let (order, _, line) = delivered(&world, &carpenter, &hong).await;
    let id = opens(&hong, &order, &line, "exchange").await;
    let does = async |step: &str, body: Value| {
        carpenter.0.http.post(&format!("/claims/{id}/{step}"), &body).send().await.ok();
    };
    let path = format!("/claims/{id}/receive");
    carpenter.0.http.ask(reqwest::Method::POST, &path).send().await.ok();
    does("approve", json!({})).await;
    does("redispatch", json!({ "carrier": "CJGLS", "invoice_number": "601234567891" })).await;
    hong.0.http.ask(reqwest::Method::POST, &format!("/claims/{id}/redelivered")).send().await.ok();
    assert_eq!(claim(&world, &id).await["status"], "exchanged");
    world.audit().await;
    hong.confirms(&order).await;
    assert_eq!(world.credited(&carpenter).await, 8_900);
    world.audit().await;
}
