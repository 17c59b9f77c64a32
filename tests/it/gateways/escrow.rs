//! The gateway's own escrow: it is told of parcels and confirmations, and what the buyer does on its pages is seen.

use chrono::Duration;
use serde_json::json;
use tests::actors::{Order, Payment};

use super::{Shop, shop};

const LOGISTICS: &str = "POST /payments/{id}/escrow/logistics";
const COMPLETE: &str = "POST /payments/{id}/escrow/complete";

async fn shipped(shop: &Shop) -> (Order, Payment) {
    let (order, payment) = shop.paid("portone_v2", "transfer").await;
    assert_eq!(shop.world.payment(&payment).await["custody"], "gateway_escrow");
    shop.carpenter.ships(&order).await;
    shop.world.settle().await;
    (order, payment)
}

async fn goes_on(shop: &Shop, payment: &Payment, status: &str) {
    shop.world.counter.act(payment, "escrow", json!({ "status": status })).await.ok();
    shop.world.passes(Duration::minutes(11)).await;
}

#[tokio::test]
async fn a_parcel_is_registered_and_what_happens_on_the_gateways_page_is_mirrored() {
    let shop = shop().await;
    let (order, payment) = shipped(&shop).await;
    assert_eq!(shop.world.counter.count(LOGISTICS, &payment).await, 1);
    assert_eq!(shop.world.count_of("LogisticsRegistered").await, 1);
    goes_on(&shop, &payment, "DELIVERED").await;
    assert_eq!(shop.world.status(&order).await, "delivered");
    goes_on(&shop, &payment, "CONFIRMED").await;
    assert_eq!(shop.world.status(&order).await, "confirmed");
    assert_eq!(shop.world.counter.count(COMPLETE, &payment).await, 0);
    assert_eq!(shop.world.credited(&shop.carpenter).await, 8_900);
    shop.world.audit().await;
}

#[tokio::test]
async fn a_confirmation_here_is_told_to_the_gateways_escrow() {
    let shop = shop().await;
    let (order, payment) = shipped(&shop).await;
    shop.hong.confirms(&order).await;
    shop.world.settle().await;
    assert_eq!(shop.world.counter.count(COMPLETE, &payment).await, 1);
    let document = shop.world.counter.document(&payment.gateway_id).await;
    assert_eq!(document["escrow"]["status"], "CONFIRMED");
    shop.world.audit().await;
}

#[tokio::test]
async fn the_clock_does_not_confirm_over_a_refusal_at_the_gateway() {
    let shop = shop().await;
    let (order, payment) = shipped(&shop).await;
    goes_on(&shop, &payment, "DELIVERED").await;
    goes_on(&shop, &payment, "REJECTED").await;
    shop.world.passes(Duration::days(9)).await;
    assert_eq!(shop.world.status(&order).await, "delivered");
    assert_eq!(shop.world.credited(&shop.carpenter).await, 0);
    shop.hong.tries_to_confirm(&order).await.refused(409, "refused_at_gateway");
    shop.world.operator.refunds(&payment).await.ok();
    shop.world.settle().await;
    assert_eq!(shop.world.status(&order).await, "cancelled");
    shop.world.audit().await;
}

#[tokio::test]
async fn a_registration_that_fails_five_times_waits_for_somebody_and_blocks_nothing() {
    let shop = shop().await;
    shop.world.counter.fault_at("portone-v2", (LOGISTICS, json!("pg_refuses")), None).await;
    let (order, payment) = shipped(&shop).await;
    for _ in 0..5 {
        shop.world.passes(Duration::minutes(11)).await;
    }
    assert_eq!(shop.world.counter.count(LOGISTICS, &payment).await, 5);
    let timeline = shop.world.timeline(&order).await;
    assert!(timeline.iter().any(|moment| moment["event"] == "LogisticsRegistrationFailed"), "{timeline:?}");
    shop.hong.confirms(&order).await;
    shop.world.settle().await;
    assert_eq!(shop.world.credited(&shop.carpenter).await, 8_900);
}
