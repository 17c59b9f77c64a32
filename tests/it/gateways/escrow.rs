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

#[tokio::test]
async fn a_parcel_the_gateway_could_not_be_told_of_is_told_anew_by_an_operator_once() {
    let shop = shop().await;
    let (order, payment) = shop.paid("portone_v2", "transfer").await;
    shop.world.counter.breaks(LOGISTICS, json!("pg_refuses")).await;
    let parcel = shop.carpenter.ships(&order).await;
    let path = format!("/shipments/{}/registration", parcel.id);
    let anew = || shop.world.operator.0.http.post(&path, &json!({})).send();
    for _ in 0..6 {
        shop.world.passes(Duration::minutes(10)).await;
    }
    assert_eq!(shop.world.count_of("LogisticsRegistrationFailed").await, 1);
    shop.carpenter.0.http.post(&path, &json!({})).send().await.refused(403, "role_missing");
    shop.world.counter.heals().await;
    anew().await.ok();
    anew().await.ok();
    shop.world.settle().await;
    anew().await.ok();
    let asked = shop.world.counter.count(LOGISTICS, &payment).await;
    shop.world.settle().await;
    assert_eq!(shop.world.counter.count(LOGISTICS, &payment).await, asked);
    assert_eq!(shop.world.count_of("LogisticsRegistrationRequested").await, 1);
    assert_eq!(shop.world.count_of("LogisticsRegistered").await, 1);
    let timeline = shop.world.timeline(&order).await;
    let told: Vec<&str> = timeline
        .iter()
        .filter_map(|moment| moment["event"].as_str().filter(|name| name.starts_with("Logistics")))
        .collect();
    assert_eq!(
        told,
        ["LogisticsRegistrationFailed", "LogisticsRegistrationRequested", "LogisticsRegistered"]
    );
    let (card, _) = shop.paid("portone_v2", "card").await;
    let parcel = shop.carpenter.ships(&card).await;
    let path = format!("/shipments/{}/registration", parcel.id);
    let refused = shop.world.operator.0.http.post(&path, &json!({})).send().await;
    refused.refused(409, "nothing_to_register");
    shop.world.audit().await;
}

#[tokio::test]
async fn a_refund_the_gateway_refused_is_asked_anew_by_an_operator_once() {
    let shop = shop().await;
    let (order, payment) = shop.paid("portone_v2", "card").await;
    shop.world.counter.fault(tests::counter::CANCEL, json!("pg_refuses"), 1).await;
    shop.hong.cancels(&order).await;
    shop.world.settle().await;
    assert_eq!(shop.world.count_of("RefundFailed").await, 1);
    let timeline = shop.world.timeline(&order).await;
    let failed = timeline.iter().find(|moment| moment["event"] == "RefundFailed").unwrap();
    let words = failed["text"].as_str().unwrap();
    let refund = words.split([' ', ':']).find(|word| word.starts_with("rfd_")).unwrap();
    let path = format!("/payments/{}/refunds/{refund}/retry", payment.id);
    let retry = |who: &tests::http::Caller| who.ask(reqwest::Method::POST, &path).send();
    retry(&shop.carpenter.0.http).await.refused(403, "not_yours");
    retry(&shop.world.auditor.0.http).await.refused(403, "role_missing");
    let told = retry(&shop.world.operator.0.http).await.ok();
    assert_eq!(told["refund_id"], refund);
    shop.world.settle().await;
    retry(&shop.world.operator.0.http).await.ok();
    shop.world.settle().await;
    assert_eq!(shop.world.status(&order).await, "cancelled");
    assert_eq!(shop.world.count_of("RefundRequested").await, 2);
    assert_eq!(shop.world.counter.given_back(&payment).await, 10_000);
    let nothing = path.replace(refund, "rfd_018f3c1e-7a2b-7c3d-8e4f-0123456789ab");
    let unknown = shop.world.operator.0.http.ask(reqwest::Method::POST, &nothing).send().await;
    unknown.refused(404, "unknown_refund");
    shop.world.audit().await;
}
