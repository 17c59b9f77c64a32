//! One task never runs twice at once, and one that was under way when its process ended runs again at once.

use ambient::Clock;
use chrono::Duration;
use serde_json::{Value, json};
use tests::counter::CANCEL;

use super::{Shop, shop};

/// How long one waits for the net-cancel to be asked for, and how often one looks.
const LOOKS: usize = 5_000;
const BETWEEN_LOOKS: Duration = Duration::milliseconds(2);

async fn cancels_slowly(shop: &Shop, fault: Value) -> (tests::actors::Order, tests::actors::Payment) {
    let (order, payment) = shop.paid("portone_v2", "card").await;
    shop.world.counter.fault_at("portone-v2", (CANCEL, fault), Some(1)).await;
    shop.hong.cancels(&order).await;
    shop.world.counter.script_is_played().await;
    (order, payment)
}

#[tokio::test]
async fn a_cancellation_that_takes_longer_than_its_lease_is_asked_for_once() {
    let shop = shop().await;
    let (order, payment) = cancels_slowly(&shop, json!({ "delay": { "millis": 350 } })).await;
    for _ in 0..5 {
        shop.world.clock.advance(Duration::seconds(91));
        Clock::system().sleep(BETWEEN_LOOKS).await;
    }
    shop.world.settle().await;
    assert_eq!(shop.world.counter.count(CANCEL, &payment).await, 1);
    assert_eq!(shop.world.status(&order).await, "cancelled");
    assert_eq!(shop.world.counter.moved(&payment).await.given_back, 10_000);
    shop.world.audit().await;
}

#[tokio::test]
async fn a_cancellation_that_its_process_did_not_live_to_see_goes_on_at_the_next_start() {
    let mut shop = shop().await;
    let (order, payment) = cancels_slowly(&shop, json!("timeout_after")).await;
    shop.world.restart().await;
    // Not a second has passed.
    shop.world.settle().await;
    assert_eq!(shop.world.status(&order).await, "cancelled");
    assert_eq!(shop.world.counter.moved(&payment).await.given_back, 10_000);
    shop.world.audit().await;
}

#[tokio::test]
async fn a_net_cancel_that_its_process_did_not_live_to_see_leaves_nothing_captured() {
    for fault in ["timeout_before", "timeout_after"] {
        let mut shop = shop().await;
        let (order, payment) = shop.begun("nicepay", "card").await;
        let approve = ("POST /v1/payments/{tid}", json!("timeout_before"));
        shop.world.counter.fault_at("nicepay", approve, Some(1)).await;
        shop.world.clicks_through(&payment, "approve").await.ok_page();
        shop.world.settle().await;
        shop.world.counter.fault_at("nicepay", ("POST /v1/payments/netcancel", json!(fault)), Some(1)).await;
        for _ in 0..LOOKS {
            if shop.world.counter.script().await.is_empty() {
                break;
            }
            shop.world.clock.advance(Duration::seconds(5));
            Clock::system().sleep(BETWEEN_LOOKS).await;
        }
        shop.world.restart().await;
        for _ in 0..8 {
            shop.world.passes(Duration::minutes(2)).await;
        }
        assert_eq!(shop.payment_status(&payment).await, "failed", "{fault}");
        let moved = shop.world.counter.moved(&payment).await;
        assert_eq!(moved.captured, moved.given_back, "{fault}");
        assert_eq!(shop.world.status(&order).await, "expired", "{fault}");
        shop.world.audit().await;
    }
}
