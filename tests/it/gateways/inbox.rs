//! Webhooks in: stored before they are acknowledged, processed once, replayable by an operator.

use chrono::Duration;
use serde_json::{Value, json};
use tests::counter::LOOKUP;

use super::{ALL, shop};

async fn inbox(world: &tests::World) -> Vec<Value> {
    let page = world.operator.0.http.get("/webhooks/inbox?limit=100").send().await.ok();
    page["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn every_gateways_webhooks_are_taken_and_processed() {
    let shop = shop().await;
    for gateway in ALL {
        let (_, payment) = shop.paid(gateway, "card").await;
        let sent = shop.world.counter.webhooks_are_out(&payment).await;
        assert!(sent.iter().any(|webhook| webhook["outcome"] == "delivered"), "{gateway}: {sent:?}");
    }
    let received = inbox(&shop.world).await;
    for gateway in ALL {
        let its: Vec<&Value> = received.iter().filter(|webhook| webhook["gateway"] == gateway).collect();
        assert!(!its.is_empty(), "{gateway}");
        assert!(its.iter().all(|webhook| webhook["outcome"].is_string()), "{gateway}: {its:?}");
    }
    shop.world.audit().await;
}

#[tokio::test]
async fn a_webhook_outlives_a_restart_between_its_answer_and_its_processing() {
    let mut shop = shop().await;
    let (order, payment) = shop.begun("portone_v2", "card").await;
    shop.world.counter.breaks(LOOKUP, json!({ "error": { "status": 500 } })).await;
    shop.world.leaves(&payment, "approve").await;
    shop.world.counter.webhooks_are_out(&payment).await;
    shop.world.settle().await;
    assert_eq!(inbox(&shop.world).await[0]["processed_at"], json!(null));
    shop.world.restart().await;
    shop.world.counter.heals().await;
    shop.world.passes(Duration::minutes(3)).await;
    assert_eq!(shop.world.status(&order).await, "paid");
    assert_eq!(inbox(&shop.world).await[0]["outcome"], "authorized");
    shop.world.audit().await;
}

#[tokio::test]
async fn an_operator_has_a_webhook_processed_again() {
    let shop = shop().await;
    let (_, payment) = shop.paid("portone_v2", "card").await;
    let lookups = shop.world.counter.count(LOOKUP, &payment).await;
    let id = tests::actors::text(&inbox(&shop.world).await[0], "id");
    let path = format!("/webhooks/inbox/{id}/replay");
    shop.world.operator.0.http.post(&path, &json!({})).send().await.ok();
    shop.world.settle().await;
    assert_eq!(shop.world.counter.count(LOOKUP, &payment).await, lookups + 1);
    assert_eq!(shop.world.count_of("PaymentAuthorized").await, 1);
    let nothing = format!("/webhooks/inbox/{}/replay", "00000000-0000-7000-8000-000000000000");
    shop.world.operator.0.http.post(&nothing, &json!({})).send().await.refused(404, "unknown_webhook");
}

#[tokio::test]
async fn a_webhook_about_an_unknown_payment_is_to_be_sent_again() {
    let shop = shop().await;
    let unknown = "0".repeat(32);
    let v1 = json!({ "imp_uid": "imp_1", "merchant_uid": unknown, "status": "paid" });
    shop.world.nobody().post("/webhooks/portone-v1", &v1).send().await.refused(404, "unknown_payment");
    let toss =
        json!({ "eventType": "PAYMENT_STATUS_CHANGED", "data": { "orderId": unknown, "status": "DONE" } });
    shop.world.nobody().post("/webhooks/toss", &toss).send().await.refused(404, "unknown_payment");
    assert_eq!(inbox(&shop.world).await.len(), 0);
}
