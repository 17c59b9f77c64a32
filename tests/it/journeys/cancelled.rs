//! Orders that are given up.

use chrono::Duration;
use serde_json::json;
use tests::{World, actors::Counted, counter::CANCEL};

#[tokio::test]
async fn an_unpaid_order_is_cancelled_at_once_and_its_stock_returns() {
    let world = World::open().await;
    let (carpenter, hong) = (world.seller("carpenter").await, world.buyer("hong").await);
    let chair = carpenter.sells("chair", 10_000, 5).await;
    let order = hong.orders(&[(&chair, 2)]).await;
    let payment = hong.begins_to_pay(&order).await;
    assert_eq!(hong.cancels(&order).await, "cancelled");
    world.settle().await;
    assert_eq!(world.status(&order).await, "cancelled");
    assert_eq!(world.payment(&payment).await["payment_status"], "cancelled");
    assert_eq!(world.stock_of(&chair).await, 5);
    assert_eq!(hong.cancels(&order).await, "cancelled");
    world.passes(Duration::hours(1)).await;
    assert_eq!(world.status(&order).await, "cancelled");
    world.audit().await;
}

#[tokio::test]
async fn a_paid_order_is_cancelled_when_the_gateway_has_given_the_money_back() {
    let world = World::open().await;
    let (carpenter, hong) = (world.seller("carpenter").await, world.buyer("hong").await);
    let chair = carpenter.sells("chair", 10_000, 5).await;
    let order = hong.orders(&[(&chair, 2)]).await;
    let payment = world.pays(&hong, &order).await;
    assert_eq!(hong.cancels(&order).await, "cancelling");
    world.settle().await;
    assert_eq!(world.status(&order).await, "cancelled");
    let refunded = world.payment(&payment).await;
    assert_eq!(
        (&refunded["payment_status"], &refunded["escrow_status"]),
        (&"refunded".into(), &"refunded".into())
    );
    assert_eq!((refunded.won("refunded_amount"), refunded.won("escrow_refunded")), (20_000, 20_000));
    assert_eq!(world.counter.given_back(&payment).await, 20_000);
    assert_eq!(world.counter.count(CANCEL, &payment).await, 1);
    assert_eq!(world.stock_of(&chair).await, 5);
    carpenter.tries_to_ship(&order).await.refused(409, "order_is_cancelled");
    hong.tries_to_confirm(&order).await.refused(409, "order_is_cancelled");
    assert_eq!(world.credited(&carpenter).await, 0);
    world.audit().await;
}

#[tokio::test]
async fn a_shipped_order_cannot_be_cancelled_and_a_confirmed_one_not_refunded() {
    let world = World::open().await;
    let (carpenter, hong) = (world.seller("carpenter").await, world.buyer("hong").await);
    let chair = carpenter.sells("chair", 10_000, 5).await;
    let order = hong.orders(&[(&chair, 1)]).await;
    carpenter.tries_to_ship(&order).await.refused(409, "not_paid");
    hong.tries_to_confirm(&order).await.refused(409, "not_paid");
    let payment = world.pays(&hong, &order).await;
    hong.tries_to_confirm(&order).await.refused(409, "not_shipped");
    carpenter.ships(&order).await;
    hong.tries_to_cancel(&order).await.refused(409, "already_shipped");
    hong.confirms(&order).await;
    hong.tries_to_cancel(&order).await.refused(409, "already_confirmed");
    world.operator.refunds(&payment).await.refused(409, "already_confirmed");
    world.settle().await;
    assert_eq!(world.counter.count(CANCEL, &payment).await, 0);
    world.audit().await;
}

#[tokio::test]
async fn a_refund_the_gateway_takes_on_is_done_when_it_says_so() {
    let world = World::open().await;
    let (carpenter, hong) = (world.seller("carpenter").await, world.buyer("hong").await);
    let chair = carpenter.sells("chair", 10_000, 5).await;
    let order = hong.orders(&[(&chair, 1)]).await;
    let payment = world.pays(&hong, &order).await;
    world.counter.fault(CANCEL, json!("cancel_requested"), 1).await;
    hong.cancels(&order).await;
    world.settle().await;
    assert_eq!(world.status(&order).await, "cancelling");
    assert_eq!(world.payment(&payment).await.won("refunded_amount"), 0);
    world.audit().await;

    world.passes(Duration::hours(3)).await;
    assert_eq!(world.status(&order).await, "cancelling");
    world.counter.act(&payment, "settle", json!({ "succeeded": true })).await.ok();
    world.passes(Duration::hours(2)).await;
    assert_eq!(world.status(&order).await, "cancelled");
    assert_eq!(world.payment(&payment).await.won("refunded_amount"), 10_000);
    assert_eq!(world.counter.count(CANCEL, &payment).await, 1);
    assert_eq!(world.stock_of(&chair).await, 5);
    world.audit().await;
}

#[tokio::test]
async fn a_refund_the_gateway_refuses_is_owed_until_somebody_asks_anew() {
    let world = World::open().await;
    let (carpenter, hong) = (world.seller("carpenter").await, world.buyer("hong").await);
    let chair = carpenter.sells("chair", 10_000, 5).await;
    let order = hong.orders(&[(&chair, 1)]).await;
    let payment = world.pays(&hong, &order).await;
    world.counter.fault(CANCEL, json!("pg_refuses"), 1).await;
    hong.cancels(&order).await;
    world.passes(Duration::hours(1)).await;
    assert_eq!(world.status(&order).await, "cancelling");
    assert_eq!(world.counter.given_back(&payment).await, 0);
    // The buyer is owed the money: 2120 keeps it, and nobody else has it.
    assert_eq!(world.auditor.balance("2120").await, -10_000);
    world.audit().await;

    world.operator.refunds(&payment).await.ok();
    world.settle().await;
    assert_eq!(world.status(&order).await, "cancelled");
    assert_eq!(world.counter.given_back(&payment).await, 10_000);
    assert_eq!(world.auditor.balance("2120").await, 0);
    world.audit().await;
}
