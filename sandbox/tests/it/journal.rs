//! A sandbox that is started again goes on where it was.

use std::io::Write;

use ambient::Clock;
use chrono::DateTime;
use sandbox::{SandboxConfig, WebhookUrls};
use serde_json::json;

use crate::stage::{Stage, card, escrow};

#[tokio::test]
async fn what_was_paid_before_a_restart_can_be_given_back_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("sandbox.jsonl");
    let config = || SandboxConfig {
        journal: Some(journal.clone()),
        webhook_urls: WebhookUrls::of_shop("http://127.0.0.1:9/nobody"),
        ..SandboxConfig::default()
    };
    let stage = Stage::with(config()).await;
    stage.post("/payments/registered/pre-register", json!({ "totalAmount": 500 })).await;
    stage.act("p-2", "approve", escrow()).await;
    stage.act("p-1", "approve", card()).await;
    let (_, cancelled) = stage.post("/payments/p-1/cancel", json!({ "reason": "r", "amount": 1_000 })).await;
    let before = (stage.document("p-1").await, stage.document("p-2").await);
    stage.sandbox.stop().await;

    let mut file = std::fs::OpenOptions::new().append(true).open(&journal).unwrap();
    file.write_all(br#"{"id":"p-1","payment":{"cut"#).unwrap();
    drop(file);

    let stage = Stage::with(config()).await;
    assert_eq!((stage.document("p-1").await, stage.document("p-2").await), before);
    let listed = stage.get("/payments").await.1;
    assert_eq!((&listed["items"][0]["id"], &listed["items"][1]["id"]), (&json!("p-2"), &json!("p-1")));
    let cheaper =
        stage.client.get(format!("{}/pay/registered?totalAmount=100", stage.sandbox.portone_v2_url()));
    assert_eq!(cheaper.send().await.unwrap().status(), 409, "what was registered is remembered");
    let (status, rest) = stage.post("/payments/p-1/cancel", json!({ "reason": "r", "amount": 12_000 })).await;
    assert_eq!(status, 200);
    assert_ne!(rest["cancellation"]["id"], cancelled["cancellation"]["id"]);
    assert_eq!(stage.document("p-1").await["status"], "CANCELLED");
}

#[tokio::test]
async fn every_protocols_payments_are_remembered() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::virtual_at(DateTime::UNIX_EPOCH);
    let config = || SandboxConfig {
        journal: Some(folder.path().join("sandbox.jsonl")),
        clock: clock.clone(),
        ..SandboxConfig::default()
    };
    let protocols = ["portone-v1", "portone-v2", "nicepay", "toss"];
    let stage = Stage::with(config()).await;
    let mut before = Vec::new();
    for protocol in protocols {
        before.push(stage.control(&format!("/{protocol}/payments/order-1/approve"), escrow()).await);
    }
    stage.sandbox.stop().await;
    let stage = Stage::with(config()).await;
    for (protocol, before) in protocols.into_iter().zip(before) {
        // Opening a window that is there already changes nothing, and shows it.
        let after = stage.control(&format!("/{protocol}/payments/order-1/open"), json!({})).await;
        assert_eq!(after, before, "{protocol}");
    }
}
