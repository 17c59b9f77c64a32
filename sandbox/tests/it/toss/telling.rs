//! Webhooks: unsigned, each with the payment's secret, and twice of a virtual account.

use chrono::TimeDelta;
use sandbox::{SandboxConfig, WebhookUrls};
use serde_json::{Value, json};

use super::{CARD, Shop, told};
use crate::shop::{self, Reply};

const TAKEN: Reply = (200, "text/plain", "");

async fn with_shop(replies: &[Reply], last: Reply) -> (Shop, shop::Shop) {
    let listener = shop::Shop::start(replies, last).await;
    let webhook_urls = WebhookUrls { toss: Some(listener.url.clone()), ..WebhookUrls::default() };
    (Shop::with(SandboxConfig { webhook_urls, ..SandboxConfig::default() }).await, listener)
}

#[tokio::test]
async fn a_payment_is_told_as_it_can_be_looked_up() {
    let (shop, mut listener) = with_shop(&[], TAKEN).await;
    let key = shop.paid("order-1", CARD).await;
    let wanted = |data: Value| {
        json!({
            "eventType": "PAYMENT_STATUS_CHANGED", "createdAt": "2026-03-02T10:23:45.000000", "data": data,
        })
    };
    assert_eq!(listener.hears().await, wanted(shop.document(&key).await));
    shop.cancel(&key, json!({ "cancelReason": "r", "cancelAmount": 1_000 })).await;
    assert_eq!(listener.hears().await, wanted(shop.document(&key).await));
    shop.act("order-1", "cancel", json!({ "reason": "console" })).await;
    assert_eq!(listener.hears().await["data"]["status"], "CANCELED");
    shop.buy("order-2", CARD, "decline").await;
    assert_eq!(listener.hears().await["data"]["status"], "ABORTED");
    assert_eq!(listener.rest(), Vec::<Value>::new());
}

#[tokio::test]
async fn an_account_is_told_twice_and_a_deposit_may_be_taken_back() {
    let (shop, mut listener) = with_shop(&[], TAKEN).await;
    let issue = json!({ "amount": 13_000, "orderId": "order-1", "orderName": "chair", "customerName": "hong", "bank": "88" });
    let (_, document) = shop.post("/v1/virtual-accounts", issue).await;
    let mut statuses = Vec::new();
    for action in ["", "deposit", "reverse", "deposit"] {
        if !action.is_empty() {
            shop.act("order-1", action, json!({})).await;
        }
        // Both are sent at once, and either may be the first.
        let mut both = [listener.hears().await, listener.hears().await];
        both.sort_by_key(|it| it["eventType"].is_null());
        let [changed, callback] = both;
        assert_eq!(changed["eventType"], "PAYMENT_STATUS_CHANGED");
        let wanted = json!({
            "createdAt": "2026-03-02T10:23:45.000000", "secret": document["secret"], "status": changed["data"]["status"],
            "transactionKey": changed["data"]["lastTransactionKey"], "orderId": "order-1",
        });
        assert_eq!(callback, wanted);
        statuses.push(callback["status"].clone());
    }
    assert_eq!(statuses, ["WAITING_FOR_DEPOSIT", "DONE", "WAITING_FOR_DEPOSIT", "DONE"]);
}

#[tokio::test]
async fn a_cancellation_that_takes_its_time_is_told_by_itself() {
    let (shop, mut listener) = with_shop(&[], TAKEN).await;
    let key = shop.paid("order-1", CARD).await;
    listener.hears().await;
    let route = "POST /v1/payments/{paymentKey}/cancel";
    shop.stage.control("/faults", json!({ "route": route, "fault": "cancel_requested" })).await;
    shop.cancel(&key, json!({ "cancelReason": "r" })).await;
    let taken_on = listener.hears().await;
    assert_eq!(taken_on["eventType"], "CANCEL_STATUS_CHANGED");
    assert_eq!(told(&taken_on["data"], ["cancelStatus", "cancelAmount"]), json!(["IN_PROGRESS", 13_000]));
    shop.act("order-1", "settle", json!({ "succeeded": true })).await;
    let mut kinds = [listener.hears().await, listener.hears().await].map(|it| it["eventType"].to_string());
    kinds.sort();
    assert_eq!(kinds, ["\"CANCEL_STATUS_CHANGED\"", "\"PAYMENT_STATUS_CHANGED\""]);
}

#[tokio::test]
async fn only_200_is_an_answer_and_it_comes_seven_times_again() {
    let (shop, mut listener) = with_shop(&[(204, "text/plain", "")], (500, "text/plain", "")).await;
    shop.paid("order-1", CARD).await;
    let first = listener.hears().await;
    let url = format!("{}/toss/payments/order-1/webhooks", shop.stage.sandbox.control_url());
    for (sent, minutes) in (1_u64..).zip([1, 4, 16, 64, 256, 1_024, 4_096]) {
        while shop.stage.send(shop.stage.client.get(&url)).await.1[0]["sent"] != sent {
            tokio::task::yield_now().await;
        }
        shop.clock.advance(TimeDelta::minutes(minutes) - TimeDelta::seconds(1));
        shop.clock.advance(TimeDelta::seconds(1));
        assert_eq!(listener.hears().await, first, "the same again, with the time of the first");
    }
    while shop.stage.send(shop.stage.client.get(&url)).await.1[0]["sent"] != 8 {
        tokio::task::yield_now().await;
    }
    shop.clock.advance(TimeDelta::days(30));
    assert_eq!(listener.rest(), Vec::<Value>::new());
    assert_eq!(shop.stage.send(shop.stage.client.get(&url)).await.1[0]["outcome"], "refused");
}

#[tokio::test]
async fn who_forges_a_webhook_does_not_know_the_secret() {
    let (shop, mut listener) = with_shop(&[], TAKEN).await;
    shop.stage.control("/faults", json!({ "route": "webhook", "fault": "forge" })).await;
    let key = shop.paid("order-1", CARD).await;
    let heard = listener.hears().await;
    let document = shop.document(&key).await;
    assert_eq!(heard["data"]["paymentKey"], document["paymentKey"]);
    assert_ne!(heard["data"]["secret"], document["secret"]);
}
