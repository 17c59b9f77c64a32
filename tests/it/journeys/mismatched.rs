//! Money that is captured otherwise than asked for funds nothing: it is quarantined and given back.

use serde_json::{Value, json};
use tests::{World, actors::Counted, counter::FOREIGN_CHANNEL};

async fn is_quarantined_and_given_back(deviate: Value, captured: i64) {
    let world = World::open().await;
    let (carpenter, hong) = (world.seller("carpenter").await, world.buyer("hong").await);
    let chair = carpenter.sells("chair", 10_000, 5).await;
    let order = hong.orders(&[(&chair, 1)]).await;
    let payment = hong.begins_to_pay(&order).await;
    world.settle().await;
    world.counter.approves_otherwise(&payment, deviate.clone()).await;
    world.counter.webhooks_are_out(&payment).await;
    world.settle().await;

    assert_eq!(world.count_of("PaymentQuarantined").await, 1, "{deviate}");
    assert_eq!(world.count_of("PaymentAuthorized").await, 0, "{deviate}");
    assert_eq!(world.count_of("EscrowFunded").await, 0, "{deviate}");
    let quarantined = world.payment(&payment).await;
    assert_eq!(quarantined.won("escrow_funded"), 0, "{deviate}");
    assert_eq!(quarantined.won("refunded_amount"), captured, "{deviate}");
    assert_eq!(world.counter.given_back(&payment).await, captured, "{deviate}");
    carpenter.tries_to_ship(&order).await.refused(409, "not_paid");

    // The order can still be paid, rightly.
    assert_eq!(world.status(&order).await, "awaiting_payment");
    world.pays(&hong, &order).await;
    assert_eq!(world.status(&order).await, "paid");
    world.audit().await;
}

#[tokio::test]
async fn another_amount() {
    is_quarantined_and_given_back(json!({ "totalAmount": 9_999 }), 9_999).await;
}

#[tokio::test]
async fn without_the_escrow_that_was_asked_for() {
    is_quarantined_and_given_back(json!({ "escrow": false }), 10_000).await;
}

#[tokio::test]
async fn through_another_shops_channel() {
    is_quarantined_and_given_back(json!({ "channelKey": FOREIGN_CHANNEL }), 10_000).await;
}

#[tokio::test]
async fn in_another_currency() {
    is_quarantined_and_given_back(json!({ "currency": "USD" }), 10_000).await;
}

#[tokio::test]
async fn with_real_money_where_tests_are_made() {
    is_quarantined_and_given_back(json!({ "live": true }), 10_000).await;
}

#[tokio::test]
async fn under_another_name() {
    is_quarantined_and_given_back(json!({ "paymentId": "somebody-elses-payment" }), 10_000).await;
}
