//! What is said, what is not, and how often.

use chrono::TimeDelta;
use sandbox::{SandboxConfig, WebhookUrls};
use serde_json::{Value, json};

use super::{V1, card, held};
use crate::shop::{Reply, Shop};

const TAKEN: Reply = (200, "application/json", "{}");
const BROKEN: Reply = (500, "text/plain", "");

fn to(shop: &Shop) -> SandboxConfig {
    let webhook_urls = WebhookUrls { portone_v1: Some(shop.url.clone()), ..WebhookUrls::default() };
    SandboxConfig { webhook_urls, ..SandboxConfig::default() }
}

fn ids(webhook: &Value) -> Vec<String> {
    webhook.as_object().unwrap().keys().cloned().collect()
}

#[tokio::test]
async fn accounts_payments_and_the_consoles_cancellations_are_said_and_failures_are_not() {
    let mut shop = Shop::start(&[], TAKEN).await;
    let v1 = V1::with(to(&shop)).await;
    v1.act("failed", "decline", json!({ "checkout": card() })).await;
    let vbank = json!({ "totalAmount": 13_000, "payMethod": "VIRTUAL_ACCOUNT" });
    let issued = v1.act("order-1", "issue", json!({ "checkout": vbank })).await;
    let said = |status| json!({ "imp_uid": issued["imp_uid"], "merchant_uid": "order-1", "status": status });
    assert_eq!(shop.hears().await, said("ready"));
    v1.act("order-1", "deposit", json!({})).await;
    assert_eq!(shop.hears().await, said("paid"));
    let silent = json!({
        "imp_uid": issued["imp_uid"], "amount": 1_000, "refund_holder": "a", "refund_bank": "b",
        "refund_account": "c",
    });
    let mut aloud = silent.clone();
    aloud["enable_webhook"] = true.into();
    v1.post("/payments/cancel", silent).await;
    let (_, made) = v1.post("/payments/cancel", aloud).await;
    let heard = shop.hears().await;
    assert_eq!(heard["cancellation_id"], made["response"]["cancel_history"][1]["cancellation_id"]);
    v1.act("order-1", "cancel", json!({ "amount": 1_000 })).await;
    let heard = shop.hears().await;
    assert_eq!((&heard["status"], ids(&heard).len()), (&json!("cancelled"), 4));
    assert_eq!(shop.rest(), Vec::<Value>::new());
}

#[tokio::test]
async fn a_webhook_is_sent_once_or_on_request_five_times_more_at_a_minutes_distance() {
    let mut shop = Shop::start(&[], BROKEN).await;
    let once = V1::with(to(&shop)).await;
    once.paid("order-1", card()).await;
    shop.hears().await;
    let outcome = async |v1: &V1| {
        let url = format!("{}/portone-v1/payments/order-1/webhooks", v1.stage.sandbox.control_url());
        let told = v1.stage.send(v1.stage.client.get(url)).await.1;
        (told[0]["outcome"].clone(), told[0]["sent"].clone())
    };
    let again = V1::with(SandboxConfig { portone_v1_webhooks_again: true, ..to(&shop) }).await;
    again.paid("order-1", card()).await;
    shop.hears().await;
    for sent in 1..=5 {
        while outcome(&again).await.1 != sent {
            tokio::task::yield_now().await;
        }
        once.clock.advance(TimeDelta::minutes(1));
        again.clock.advance(TimeDelta::minutes(1));
        shop.hears().await;
    }
    while outcome(&again).await.1 != 6 {
        tokio::task::yield_now().await;
    }
    again.clock.advance(TimeDelta::days(1));
    assert_eq!(outcome(&once).await, (json!("refused"), json!(1)));
    assert_eq!(outcome(&again).await, (json!("refused"), json!(6)));
}

#[tokio::test]
async fn webhooks_are_forms_for_a_shop_that_wants_forms() {
    let webhook_urls = WebhookUrls::of_shop("http://127.0.0.1:9/nobody");
    let config =
        SandboxConfig { portone_v1_webhooks_as_forms: true, webhook_urls, ..SandboxConfig::default() };
    let v1 = V1::with(config).await;
    let id = v1.paid("order 1", card()).await;
    let url = format!("{}/portone-v1/payments/{id}/webhooks", v1.stage.sandbox.control_url());
    let told = v1.stage.send(v1.stage.client.get(url)).await.1;
    assert_eq!(told[0]["body"], format!("imp_uid={id}&merchant_uid=order+1&status=paid"));
    assert_eq!(told[0]["url"], "http://127.0.0.1:9/nobody/webhooks/portone-v1");
}

#[tokio::test]
async fn inicis_says_how_its_escrows_go_on_to_who_asked_for_it() {
    let mut shop = Shop::start(&[], TAKEN).await;
    let v1 = V1::with(SandboxConfig { portone_v1_escrow_webhooks: true, ..to(&shop) }).await;
    let id = v1.paid("order-1", held()).await;
    shop.hears().await;
    for status in ["REGISTERED", "DELIVERED", "REJECTED"] {
        v1.act("order-1", "escrow", json!({ "status": status })).await;
    }
    let said = |extra: Value| {
        json!({
            "event": "Inicis.Escrow.Changed", "imp_uid": id, "merchant_uid": "order-1", "status": "paid",
            "extra": extra,
        })
    };
    assert_eq!(shop.hears().await, said(json!({ "escrow_status": "2", "changed_at": 1_800_000_000 })));
    let denied = json!({
        "escrow_status": "4", "changed_at": 1_800_000_000, "denied_reason": "구매자가 구매를 거절했습니다.",
    });
    assert_eq!(shop.hears().await, said(denied));
}

#[tokio::test]
async fn a_forged_webhook_lies_and_a_stale_one_is_late() {
    let mut shop = Shop::start(&[], TAKEN).await;
    let v1 = V1::with(to(&shop)).await;
    v1.stage
        .control("/faults", json!({ "route": "webhook", "protocol": "portone-v1", "fault": "forge" }))
        .await;
    v1.paid("order-1", card()).await;
    let lie = json!({ "imp_uid": "imp_000000000000", "merchant_uid": "order-1", "status": "paid" });
    assert_eq!(shop.hears().await, lie);
    v1.stage
        .control("/faults", json!({ "route": "webhook", "paymentId": "order-2", "fault": "stale" }))
        .await;
    let id = v1.paid("order-2", card()).await;
    v1.paid("order-3", card()).await;
    assert_eq!(shop.hears().await["merchant_uid"], "order-3");
    v1.clock.advance(TimeDelta::minutes(10));
    assert_eq!(shop.hears().await, json!({ "imp_uid": id, "merchant_uid": "order-2", "status": "paid" }));
}
