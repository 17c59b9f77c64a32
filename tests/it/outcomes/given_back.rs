//! Cancellations: once, whatever is heard of them.

use chrono::Duration;
use serde_json::{Value, json};
use tests::settlement::Moved;

use super::{PRICE, Shop, cancel_route, ends_as_the_table_says};

/// A part is refunded and the rest cancelled, and what is heard of both is spoilt: whatever was asked for twice, a part
/// would be given back twice.
async fn spoilt(shop: &Shop, gateway: &str, faults: &[Value]) -> String {
    let mut end = String::new();
    for fault in faults {
        let (order, payment) = shop.paid(gateway, "card").await;
        shop.meets(&payment, cancel_route(gateway), fault.clone()).await;
        shop.carpenter.refunds(&payment, PRICE / 4).await.ok();
        shop.passes(5, Duration::minutes(2)).await;
        let once = Moved { captured: PRICE, given_back: PRICE / 4 };
        assert_eq!(shop.world.counter.moved(&payment).await, once, "{gateway} {fault}");
        shop.meets(&payment, cancel_route(gateway), fault.clone()).await;
        shop.hong.cancels(&order).await;
        shop.passes(5, Duration::minutes(2)).await;
        end = shop.end(&order, &payment).await;
        assert_eq!(end, "cancelled, refunded", "{gateway} {fault}");
    }
    end
}

#[tokio::test]
async fn without_an_answer_and_without_effect() {
    ends_as_the_table_says("cancellation without an answer, before its effect", async |shop, gateway| {
        let faults = [json!("timeout_before"), json!("reset"), json!({ "error": { "status": 500 } })];
        spoilt(shop, gateway, &faults).await
    })
    .await;
}

#[tokio::test]
async fn without_an_answer_and_with_effect() {
    ends_as_the_table_says("cancellation without an answer, after its effect", async |shop, gateway| {
        spoilt(
            shop,
            gateway,
            &[json!("timeout_after"), json!("reset_after"), json!("truncated"), json!("html")],
        )
        .await
    })
    .await;
}

#[tokio::test]
async fn later() {
    ends_as_the_table_says("cancellation asynchronous", async |shop, gateway| {
        let (order, payment) = shop.paid(gateway, "card").await;
        shop.meets(&payment, cancel_route(gateway), json!("cancel_requested")).await;
        assert_eq!(shop.hong.cancels(&order).await, "cancelling");
        shop.hears_of(&payment).await;
        assert_eq!(shop.world.status(&order).await, "cancelling", "{gateway}: requested is not refunded");
        assert_eq!(shop.world.payment(&payment).await["refunded_amount"], 0, "{gateway}");
        shop.acts(&payment, "settle", json!({ "succeeded": true })).await;
        shop.passes(2, Duration::hours(1)).await;
        shop.end(&order, &payment).await
    })
    .await;
}

#[tokio::test]
async fn not_by_the_gateway() {
    ends_as_the_table_says("cancellation refused or failed, then asked for anew", async |shop, gateway| {
        let mut end = String::new();
        for fault in ["pg_refuses", "cancel_failed"] {
            let (order, payment) = shop.paid(gateway, "card").await;
            shop.meets(&payment, cancel_route(gateway), json!(fault)).await;
            shop.hong.cancels(&order).await;
            shop.passes(3, Duration::minutes(2)).await;
            assert_eq!(shop.world.status(&order).await, "cancelling", "{gateway} {fault}");
            assert_eq!(shop.world.counter.moved(&payment).await.given_back, 0, "{gateway} {fault}");
            shop.world.operator.refunds(&payment).await.ok();
            shop.passes(2, Duration::minutes(2)).await;
            end = shop.end(&order, &payment).await;
            assert_eq!(end, "cancelled, refunded", "{gateway} {fault}");
        }
        end
    })
    .await;
}

#[tokio::test]
async fn at_the_console() {
    ends_as_the_table_says("cancelled at the console, a part and the rest", async |shop, gateway| {
        let (order, payment) = shop.paid(gateway, "card").await;
        shop.acts(&payment, "cancel", json!({ "amount": PRICE / 4 })).await;
        assert_eq!(shop.end(&order, &payment).await, "paid, partially_refunded", "{gateway}");
        shop.acts(&payment, "cancel", json!({})).await;
        shop.end(&order, &payment).await
    })
    .await;
}
