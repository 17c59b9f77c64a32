//! Money given back in part, or by other hands than ours.

use serde_json::json;
use tests::{World, actors::Counted, counter::CANCEL};

#[tokio::test]
async fn a_part_is_refunded_and_the_rest_released() {
    let world = World::open().await;
    let (carpenter, hong) = (world.seller("carpenter").await, world.buyer("hong").await);
    let chair = carpenter.sells("chair", 10_000, 5).await;
    let order = hong.orders(&[(&chair, 1)]).await;
    let payment = world.pays_without_escrow(&hong, &order).await;
    let parcel = carpenter.ships(&order).await;
    carpenter.delivers(&parcel).await;
    carpenter.refunds(&payment, 3_000).await.ok();
    carpenter.refunds(&payment, 8_000).await.refused(409, "exceeds_refundable");
    world.settle().await;
    let refunded = world.payment(&payment).await;
    assert_eq!(refunded["payment_status"], "partially_refunded");
    assert_eq!((refunded.won("refunded_amount"), refunded.won("escrow_refunded")), (3_000, 3_000));
    assert_eq!(world.counter.given_back(&payment).await, 3_000);
    world.audit().await;

    hong.confirms(&order).await;
    world.settle().await;
    assert_eq!(world.payment(&payment).await.won("escrow_released"), 7_000);
    assert_eq!(world.credited(&carpenter).await, 6_230);
    world.audit().await;
}

#[tokio::test]
async fn a_cancellation_on_the_gateways_own_console_is_found_and_followed() {
    let world = World::open().await;
    let (carpenter, hong) = (world.seller("carpenter").await, world.buyer("hong").await);
    let chair = carpenter.sells("chair", 10_000, 5).await;
    let order = hong.orders(&[(&chair, 2)]).await;
    let payment = world.pays(&hong, &order).await;
    world.counter.act(&payment, "cancel", json!({ "reason": "by phone" })).await.ok();
    world.counter.webhooks_are_out(&payment).await;
    world.settle().await;
    assert_eq!(world.status(&order).await, "cancelled");
    assert_eq!(world.payment(&payment).await.won("refunded_amount"), 20_000);
    assert_eq!(world.stock_of(&chair).await, 5);
    // The gateway did it itself; we never asked for it.
    assert_eq!(world.counter.count(CANCEL, &payment).await, 0);
    world.audit().await;
}

#[tokio::test]
async fn an_operator_refunds_what_is_under_way_and_the_goods_stay_out() {
    let world = World::open().await;
    let (carpenter, hong) = (world.seller("carpenter").await, world.buyer("hong").await);
    let chair = carpenter.sells("chair", 10_000, 5).await;
    let order = hong.orders(&[(&chair, 1)]).await;
    let payment = world.pays(&hong, &order).await;
    carpenter.ships(&order).await;
    world.operator.refunds(&payment).await.ok();
    world.settle().await;
    assert_eq!(world.status(&order).await, "cancelled");
    assert_eq!(world.counter.given_back(&payment).await, 10_000);
    assert_eq!(world.stock_of(&chair).await, 4);
    hong.tries_to_confirm(&order).await.refused(409, "order_is_cancelled");
    world.audit().await;
}

#[tokio::test]
async fn a_seller_who_cannot_deliver_gives_the_order_up() {
    let world = World::open().await;
    let (carpenter, hong) = (world.seller("carpenter").await, world.buyer("hong").await);
    let chair = carpenter.sells("chair", 10_000, 5).await;
    let order = hong.orders(&[(&chair, 1)]).await;
    let payment = world.pays(&hong, &order).await;
    let body = json!({ "reason": "broken in the store" });
    carpenter.0.http.delete(&format!("/orders/{}/cancel", order.id), &body).send().await.ok();
    world.settle().await;
    assert_eq!(world.status(&order).await, "cancelled");
    assert_eq!(world.counter.given_back(&payment).await, 10_000);
    world.audit().await;
}
