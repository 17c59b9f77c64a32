//! Webhooks, and what the script lets go wrong.

use chrono::TimeDelta;
use sandbox::{SandboxConfig, WebhookUrls};
use serde_json::json;

use super::{CARD, Nice, SECRET, VBANK, refused, sha256};
use crate::shop::{Reply, Shop};

const TAKEN: Reply = (200, "text/html; charset=utf-8", "OK");

async fn with_shop(replies: &[Reply]) -> (Nice, Shop) {
    let shop = Shop::start(replies, TAKEN).await;
    let webhook_urls = WebhookUrls { nicepay: Some(shop.url.clone()), ..WebhookUrls::default() };
    (Nice::with(SandboxConfig { webhook_urls, ..SandboxConfig::default() }).await, shop)
}

#[tokio::test]
async fn the_shop_is_told_of_what_came_about_in_the_words_of_the_look_up() {
    let (nice, mut shop) = with_shop(&[]).await;
    nice.buy("failed", CARD, "decline").await;
    let tid = nice.paid("order-1", CARD).await;
    let paid = shop.hears().await;
    assert_eq!(paid, nice.get(&format!("/v1/payments/{tid}")).await.1, "and nothing of the one that failed");
    let edi_date = "2026-03-02T10:23:45.000+0900";
    assert_eq!(paid["signature"], sha256(&[&tid, "13000", edi_date, SECRET]).as_str());
    let part = json!({ "reason": "r", "orderId": "back-1", "cancelAmt": 1_000 });
    let (_, answer) = nice.post(&format!("/v1/payments/{tid}/cancel"), part).await;
    assert_eq!(shop.hears().await, answer);
    nice.act("order-1", "cancel", json!({ "reason": "console" })).await;
    let console = shop.hears().await;
    assert_eq!(
        (&console["status"], &console["cancels"][1]["reason"]),
        (&json!("cancelled"), &json!("console"))
    );
    nice.paid("order-2", VBANK).await;
    assert_eq!(shop.hears().await["status"], "ready");
    nice.act("order-2", "deposit", json!({})).await;
    assert_eq!(shop.hears().await["status"], "paid");
    assert_eq!(shop.rest(), Vec::<serde_json::Value>::new());
}

#[tokio::test]
async fn only_ok_as_a_page_is_an_answer() {
    let unfit: [Reply; 3] =
        [(200, "application/json", "\"OK\""), (200, "text/html", "fine"), (500, "text/html", "OK")];
    let (nice, mut shop) = with_shop(&unfit).await;
    nice.paid("order-1", CARD).await;
    let first = shop.hears().await;
    for (minutes, sent) in [(1, 1), (5, 2), (10, 3)] {
        outcome(&nice, sent, "refused").await;
        nice.clock.advance(TimeDelta::minutes(minutes));
        assert_eq!(shop.hears().await, first, "the same again");
    }
    outcome(&nice, 4, "delivered").await;
}

/// Waits until the sandbox noted so many sends, and compares what came of the last.
async fn outcome(nice: &Nice, sent: u64, wanted: &str) {
    let url = format!("{}/nicepay/payments/order-1/webhooks", nice.stage.sandbox.control_url());
    loop {
        let told = nice.stage.send(nice.stage.client.get(&url)).await.1;
        if told[0]["sent"] == sent {
            assert_eq!(told[0]["outcome"], wanted);
            return;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_forged_webhook_says_the_same_and_is_signed_by_nobody() {
    let (nice, mut shop) = with_shop(&[]).await;
    nice.stage.control("/faults", json!({ "route": "webhook", "kind": "paid", "fault": "forge" })).await;
    let tid = nice.paid("order-1", CARD).await;
    let mut heard = shop.hears().await;
    let mut truth = nice.get(&format!("/v1/payments/{tid}")).await.1;
    assert_ne!(heard["signature"].take(), truth["signature"].take());
    assert_eq!(heard, truth);
}

#[tokio::test]
async fn what_the_script_breaks_is_broken_before_or_after_the_effect() {
    let nice = Nice::start().await;
    let approve = "POST /v1/payments/{tid}";
    let fault = async |route: &str, fault: serde_json::Value| {
        nice.stage.control("/faults", json!({ "route": route, "fault": fault })).await;
    };
    let tid = nice.authenticated("order-1", CARD).await;
    let path = format!("/v1/payments/{tid}");
    let amount = || json!({ "amount": 13_000 });
    fault(approve, json!({ "error": { "status": 503 } })).await;
    assert_eq!(nice.code(&path, amount()).await, (503, "9002".into()));
    fault(approve, json!("pg_refuses")).await;
    assert_eq!(nice.code(&path, amount()).await, refused("3095"));
    fault(approve, json!("reset")).await;
    assert!(nice.request("POST", &path).body(amount().to_string()).send().await.is_err());
    assert_eq!(nice.get(&path).await.1["status"], "ready", "nothing was taken");
    fault(approve, json!("reset_after")).await;
    assert!(nice.request("POST", &path).body(amount().to_string()).send().await.is_err());
    assert_eq!(nice.get(&path).await.1["status"], "paid");

    let cancel = "POST /v1/payments/{tid}/cancel";
    let part = |order: &str| json!({ "reason": "r", "orderId": order, "cancelAmt": 1_000 });
    fault(cancel, json!("cancel_failed")).await;
    assert_eq!(nice.code(&format!("{path}/cancel"), part("back-1")).await, refused("2003"));
    fault(cancel, json!("cancel_requested")).await;
    assert_eq!(nice.code(&format!("{path}/cancel"), part("back-2")).await, refused("A299"));
    let pending = nice.get(&path).await.1;
    assert_eq!((&pending["status"], &pending["balanceAmt"]), (&json!("paid"), &json!(12_000)));
    let settled = nice.act("order-1", "settle", json!({ "succeeded": true })).await;
    assert_eq!(
        (&settled["status"], &settled["cancels"][0]["amount"]),
        (&json!("partialCancelled"), &json!(1_000))
    );

    fault("capture", json!({ "other_amount": { "by": -1 } })).await;
    let other = nice.paid("order-2", CARD).await;
    assert_eq!(nice.get(&format!("/v1/payments/{other}")).await.1["amount"], 12_999);
    fault("capture", json!("lost_escrow")).await;
    let other = nice.paid("order-3", super::ESCROW).await;
    assert_eq!(nice.get(&format!("/v1/payments/{other}")).await.1["useEscrow"], false);
}
