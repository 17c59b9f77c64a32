//! Orders whose lines go different ways.

use chrono::Duration;
use serde_json::{Value, json};
use tests::{
    World,
    actors::{Counted, Order},
};

async fn lines(world: &World, order: &Order) -> Vec<Value> {
    world.operator.order(order).await["items"].as_array().unwrap().clone()
}

fn id(line: &Value) -> String {
    line["order_item_id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_buyer_confirms_one_line_and_the_clock_the_other() {
    let world = World::open().await;
    let (carpenter, hong) = (world.seller("carpenter").await, world.buyer("hong").await);
    let (chair, stool) =
        (carpenter.sells("chair", 12_000, 5).await, carpenter.sells("stool", 3_333, 5).await);
    let order = hong.orders(&[(&chair, 1), (&stool, 1)]).await;
    let payment = world.pays(&hong, &order).await;
    let parcel = carpenter.ships(&order).await;
    carpenter.delivers(&parcel).await;
    let items = lines(&world, &order).await;
    let confirm = json!({ "order_item_ids": [id(&items[1])] });
    let path = format!("/orders/{}/confirm", order.id);
    let confirmed = hong.0.http.post(&path, &confirm).send().await.ok();
    assert_eq!(confirmed["released"][0]["amount"]["amount"], 3_333);
    assert_eq!(world.payment(&payment).await["escrow_status"], "partly_released");
    let shown = world.operator.order(&order).await;
    assert_eq!(shown["status"], "delivered");
    assert_eq!(shown["lines"][0]["status"], "delivered");
    assert_eq!(shown["lines"][1]["order_item_id"], items[1]["order_item_id"]);
    assert_eq!(shown["lines"][1]["status"], "confirmed");
    assert_eq!(shown["lines"][1]["confirm_due_at"], Value::Null);
    world.audit().await;

    let held = json!({ "days": 14, "reason": "on a journey" });
    let path = format!("/orders/{}/holdback", order.id);
    hong.0.http.post(&path, &held).send().await.ok();
    hong.0.http.post(&path, &held).send().await.refused(409, "held_back_already");
    assert_eq!(world.operator.order(&order).await["lines"][0]["held_back"], true);
    world.passes(Duration::days(9)).await;
    assert_eq!(world.status(&order).await, "delivered", "the clock waits");
    world.passes(Duration::days(14)).await;
    assert_eq!(world.status(&order).await, "confirmed");
    // 15 333 less 10 % and the commission's VAT, as if it had been released at once.
    assert_eq!(world.credited(&carpenter).await, 15_333 - 1_533 - 153);
    assert_eq!(world.payment(&payment).await.won("escrow_released"), 15_333);
    world.audit().await;
}

#[tokio::test]
async fn a_buyer_gives_a_line_up_before_it_is_shipped_and_the_rest_goes_on() {
    let world = World::open().await;
    let (carpenter, hong) = (world.seller("carpenter").await, world.buyer("hong").await);
    let (chair, stool) =
        (carpenter.sells("chair", 12_000, 5).await, carpenter.sells("stool", 3_333, 5).await);
    let order = hong.orders(&[(&chair, 2), (&stool, 1)]).await;
    let payment = world.pays_without_escrow(&hong, &order).await;
    let items = lines(&world, &order).await;
    let path = format!("/orders/{}/lines/cancel", order.id);
    let give_up =
        json!({ "items": [{ "order_item_id": id(&items[0]), "quantity": 1 }], "reason": "one will do" });
    let kim = world.buyer("kim").await;
    kim.0.http.post(&path, &give_up).send().await.refused(403, "not_yours");
    let given_up = hong.0.http.post(&path, &give_up).send().await.ok();
    assert_eq!(given_up["amount"]["amount"], 12_000);
    world.settle().await;
    assert_eq!(world.counter.given_back(&payment).await, 12_000);
    assert_eq!(world.stock_of(&chair).await, 4);
    world.audit().await;

    let none = json!({ "items": [{ "order_item_id": id(&items[1]), "quantity": 1 }], "reason": "none left" });
    carpenter.0.http.post(&path, &none).send().await.ok();
    world.settle().await;
    assert_eq!(world.stock_of(&stool).await, 4, "there was none to put back");
    let parcel = carpenter.ships(&order).await;
    hong.0.http.post(&path, &give_up).send().await.refused(409, "already_shipped");
    carpenter.delivers(&parcel).await;
    hong.confirms(&order).await;
    assert_eq!(world.credited(&carpenter).await, 12_000 - 1_200 - 120);
    assert_eq!(world.status(&order).await, "confirmed");
    world.audit().await;
}

#[tokio::test]
async fn a_refund_that_the_gateway_will_not_carry_out_is_paid_by_bank() {
    let world = World::open().await;
    let (carpenter, hong) = (world.seller("carpenter").await, world.buyer("hong").await);
    let chair = carpenter.sells("chair", 10_000, 5).await;
    let order = hong.orders(&[(&chair, 1)]).await;
    // Money in the gateway's escrow cannot be cancelled in part.
    let payment = world.pays(&hong, &order).await;
    carpenter.refunds(&payment, 3_000).await.ok();
    world.settle().await;
    let refused = world.payment(&payment).await;
    assert_eq!(refused.won("refunded_amount"), 0, "{refused}");
    let owed =
        world.auditor.events().await.into_iter().find(|event| event["event_type"] == "RefundFailed").unwrap();
    let refund_id = owed["payload"]["RefundFailed"]["refund_id"].clone();
    let path = format!("/payments/{}/bank-refund", payment.id);
    let transfer = json!({ "refund_id": refund_id, "bank_reference": "KB-20260305-0001" });
    hong.0.http.post(&path, &transfer).send().await.refused(403, "role_missing");
    world.operator.0.http.post(&path, &transfer).send().await.ok();
    world.settle().await;
    assert_eq!(world.payment(&payment).await.won("refunded_amount"), 3_000);
    assert_eq!(world.auditor.balance("1110").await, -3_000);
    assert_eq!(world.auditor.balance("2120").await, 0);
    let parcel = carpenter.ships(&order).await;
    carpenter.delivers(&parcel).await;
    hong.confirms(&order).await;
    assert_eq!(world.credited(&carpenter).await, 7_000 - 700 - 70);
    world.audit().await;
}
