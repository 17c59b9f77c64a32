//! Two hands at one refund: ours over the API, and somebody's at the gateway's console.

use chrono::Duration;
use serde_json::json;
use tests::{
    actors::Counted,
    counter::{CANCEL, WEBHOOK},
};

use super::shop;

#[tokio::test]
async fn what_the_console_gives_back_while_our_refund_is_in_doubt_is_that_refund() {
    let shop = shop().await;
    let (order, payment) = shop.paid("portone_v2", "card").await;
    shop.world.counter.fault(CANCEL, json!("timeout_before"), 1).await;
    shop.hong.cancels(&order).await;
    shop.world.settle().await;
    assert_eq!(shop.payment_status(&payment).await, "in_doubt");
    shop.world.counter.act(&payment, "cancel", json!({})).await.ok();
    shop.world.counter.webhooks_are_out(&payment).await;
    shop.world.settle().await;
    assert_eq!(shop.world.status(&order).await, "cancelled");
    for _ in 0..3 {
        shop.world.passes(Duration::hours(1)).await;
    }
    assert_eq!(shop.payment_status(&payment).await, "refunded");
    assert_eq!(shop.world.payment(&payment).await.won("refunded_amount"), 10_000);
    assert_eq!(shop.world.counter.given_back(&payment).await, 10_000);
    assert_eq!(shop.world.count_of("ChargedBack").await, 0);
    assert_eq!(shop.world.auditor.balance("1310/portone_v2").await, 0);
    assert_eq!(shop.world.stock_of(&shop.chair).await, 50);
    shop.world.audit().await;
}

#[tokio::test]
async fn a_part_that_both_hands_gave_back_went_back_twice_and_is_booked_twice() {
    let shop = shop().await;
    let (order, payment) = shop.paid("portone_v2", "card").await;
    shop.world.counter.fault(WEBHOOK, json!("drop"), 1).await;
    shop.world.counter.fault(CANCEL, json!("timeout_after"), 1).await;
    shop.carpenter.refunds(&payment, 3_000).await.ok();
    shop.world.settle_processes().await;
    shop.world.counter.act(&payment, "cancel", json!({ "amount": 3_000 })).await.ok();
    for _ in 0..3 {
        shop.world.passes(Duration::minutes(2)).await;
    }
    assert_eq!(shop.world.counter.given_back(&payment).await, 6_000);
    assert_eq!(shop.world.payment(&payment).await.won("refunded_amount"), 6_000);
    assert_eq!((shop.world.count_of("Refunded").await, shop.world.count_of("ChargedBack").await), (2, 0));
    shop.carpenter.ships(&order).await;
    shop.hong.confirms(&order).await;
    shop.world.settle().await;
    assert_eq!(shop.world.credited(&shop.carpenter).await, 4_000 - 440);
    shop.world.audit().await;
}

#[tokio::test]
async fn a_refund_that_was_given_up_as_gone_and_is_carried_out_after_all_is_done() {
    let shop = shop().await;
    let (order, payment) = shop.paid("toss", "card").await;
    shop.world
        .counter
        .fault_at("toss", ("POST /v1/payments/{paymentKey}/cancel", json!("cancel_requested")), Some(1))
        .await;
    shop.hong.cancels(&order).await;
    shop.world.settle().await;
    shop.world
        .counter
        .fault_at("toss", ("GET /v1/payments/orders/{orderId}", json!({ "error": { "status": 503 } })), None)
        .await;
    shop.world.passes(Duration::hours(2)).await;
    shop.world.counter.heals().await;
    shop.world.counter.act(&payment, "settle", json!({ "succeeded": true })).await.ok();
    shop.world.counter.webhooks_are_out(&payment).await;
    shop.world.passes(Duration::hours(1)).await;
    assert_eq!(shop.world.status(&order).await, "cancelled");
    assert_eq!(shop.world.payment(&payment).await.won("refunded_amount"), 10_000);
    assert_eq!(shop.world.count_of("Refunded").await, 1);
    shop.world.audit().await;
}
