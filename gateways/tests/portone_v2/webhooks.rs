//! Webhooks: genuine, forged, stale, from the future, sent again; and the signature against an independent signer.

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::TimeDelta;
use gateways::{HeaderMap, Hint, PaymentGateway, Proof, Secret, SigningKeys, WebhookError};
use serde_json::json;
use standardwebhooks::Webhook;

use crate::stage::{Arrived, NEW_SECRET, OLD_SECRET, Stage, start_of_time};

fn parse(stage: &Stage, webhook: &Arrived) -> Result<Hint, WebhookError> {
    stage.gateway.parse_webhook(&webhook.headers, &webhook.body, stage.clock.now())
}

fn checkout() -> serde_json::Value {
    json!({ "checkout": { "totalAmount": 13_000 } })
}

#[tokio::test]
async fn a_genuine_webhook_is_a_hint_about_its_payment() {
    let mut stage = Stage::start().await;
    stage.act("p-1", "approve", checkout()).await;
    let webhook = stage.webhook().await;
    let Ok(Hint::Payment { kind, payment_id, cancellation_id, webhook_id, proof, .. }) =
        parse(&stage, &webhook)
    else {
        panic!()
    };
    assert_eq!(proof, Proof::Signed);
    assert_eq!((kind.as_str(), payment_id.as_str(), cancellation_id), ("Transaction.Paid", "p-1", None));
    assert_eq!(webhook.headers["webhook-id"].to_str().unwrap(), webhook_id);

    stage.act("p-1", "cancel", json!({ "amount": 1_000 })).await;
    let webhook = stage.webhook().await;
    let Ok(Hint::Payment { kind, cancellation_id: Some(id), .. }) = parse(&stage, &webhook) else { panic!() };
    assert_eq!(kind, "Transaction.PartialCancelled");
    assert_eq!(stage.look("p-1").await.cancellations[0].id, id);
}

#[tokio::test]
async fn forged_changed_stale_and_replayed_webhooks_are_refused() {
    let mut stage = Stage::start().await;
    for (fault, wanted) in [("forge", WebhookError::NoMatchingSignature), ("stale", WebhookError::TooOld)] {
        stage.fault(json!({ "route": "webhook", "fault": fault })).await;
        stage.act(fault, "approve", checkout()).await;
        let webhook = stage.webhook().await;
        assert_eq!(parse(&stage, &webhook), Err(wanted));
    }
    stage.act("p-1", "approve", checkout()).await;
    let mut webhook = stage.webhook().await;
    let genuine = webhook.body.clone();
    webhook.body = String::from_utf8(genuine.to_vec()).unwrap().replace("p-1", "p-2").into();
    assert_eq!(parse(&stage, &webhook), Err(WebhookError::NoMatchingSignature));
    webhook.body = genuine;
    stage.advance(5);
    assert!(parse(&stage, &webhook).is_ok(), "five minutes are within the tolerance");
    stage.clock.advance(TimeDelta::seconds(1));
    assert_eq!(parse(&stage, &webhook), Err(WebhookError::TooOld), "kept by somebody and sent again");
    let before = start_of_time() - TimeDelta::seconds(301);
    let early = stage.gateway.parse_webhook(&webhook.headers, &webhook.body, before);
    assert_eq!(early, Err(WebhookError::TooNew));
    webhook.headers.remove("webhook-timestamp");
    assert_eq!(parse(&stage, &webhook), Err(WebhookError::Headers));
}

#[tokio::test]
async fn the_shop_changes_its_secret_without_losing_a_webhook() {
    for (signing, taken, genuine) in [
        (vec![OLD_SECRET], vec![OLD_SECRET, NEW_SECRET], true),
        (vec![NEW_SECRET], vec![OLD_SECRET, NEW_SECRET], true),
        (vec![OLD_SECRET, NEW_SECRET], vec![NEW_SECRET], true),
        (vec![OLD_SECRET], vec![NEW_SECRET], false),
    ] {
        let mut stage = Stage::with_secrets(&signing, &taken).await;
        stage.act("p-1", "approve", checkout()).await;
        let webhook = stage.webhook().await;
        assert_eq!(parse(&stage, &webhook).is_ok(), genuine, "{signing:?} {taken:?}");
    }
}

#[tokio::test]
async fn a_webhook_that_is_not_taken_comes_again_by_the_ladder_under_the_same_id() {
    let mut stage = Stage::start().await;
    stage.answer_webhooks_with(500);
    stage.act("p-1", "approve", checkout()).await;
    let first = stage.webhook().await;
    for (sent, minutes) in (1..).zip([1, 4, 16, 64, 256]) {
        stage.until_sent("p-1", sent).await;
        stage.clock.advance(TimeDelta::minutes(minutes) - TimeDelta::seconds(1));
        assert_eq!(stage.unread(), 0, "not before its time");
        stage.clock.advance(TimeDelta::seconds(1));
        let again = stage.webhook().await;
        assert_eq!(again.headers["webhook-id"], first.headers["webhook-id"]);
        assert_eq!(again.body, first.body, "the same bytes");
        assert!(parse(&stage, &again).is_ok(), "signed anew");
    }
    let record = stage.until_sent("p-1", 6).await;
    assert_eq!(record["outcome"], "refused");
}

#[tokio::test]
async fn webhooks_are_dropped_doubled_and_reordered_by_the_script() {
    let mut stage = Stage::start().await;
    stage.fault(json!({ "route": "webhook", "fault": "drop" })).await;
    stage.act("dropped", "approve", checkout()).await;
    stage.fault(json!({ "route": "webhook", "fault": "duplicate" })).await;
    stage.act("doubled", "approve", checkout()).await;
    let (one, two) = (stage.webhook().await, stage.webhook().await);
    assert_eq!(one.headers["webhook-id"], two.headers["webhook-id"]);
    assert!(String::from_utf8_lossy(&one.body).contains("doubled"));

    stage.fault(json!({ "route": "webhook", "fault": "reorder" })).await;
    stage.act("p-1", "issue", checkout()).await;
    assert_eq!(stage.unread(), 0, "held back until the next");
    stage.act("p-1", "deposit", json!({})).await;
    let mut kinds = Vec::new();
    for _ in 0..2 {
        let webhook = stage.webhook().await;
        let Ok(Hint::Payment { kind, .. }) = parse(&stage, &webhook) else { panic!() };
        kinds.push(kind);
    }
    kinds.sort();
    assert_eq!(kinds, ["Transaction.Paid", "Transaction.VirtualAccountIssued"]);
}

fn keys() -> SigningKeys {
    SigningKeys::new(&[Secret::new(OLD_SECRET)]).unwrap()
}

#[tokio::test]
async fn an_independent_signer_signs_as_the_sandbox_does() {
    let mut stage = Stage::start().await;
    stage.act("p-1", "approve", checkout()).await;
    let Arrived { headers, body } = stage.webhook().await;
    let text = |name: &str| headers[name].to_str().unwrap();
    let at = text("webhook-timestamp").parse().unwrap();
    let theirs = Webhook::new(OLD_SECRET).unwrap().sign(text("webhook-id"), at, &body).unwrap();
    assert_eq!(theirs, text("webhook-signature"));
}

#[test]
fn we_take_what_an_independent_signer_signs() {
    let now = start_of_time();
    let body = br#"{"type":"Transaction.Paid"}"#;
    let signature = Webhook::new(OLD_SECRET).unwrap().sign("msg_1", now.timestamp(), body).unwrap();
    let mut headers = HeaderMap::new();
    headers.insert("webhook-id", "msg_1".parse().unwrap());
    headers.insert("webhook-timestamp", now.timestamp().to_string().parse().unwrap());
    headers.insert("webhook-signature", signature.parse().unwrap());
    assert_eq!(keys().verify(&headers, body, now), Ok("msg_1"));

    let several = format!("v2,xxxx v1,{} {signature}", STANDARD.encode([0; 32]));
    headers.insert("webhook-signature", several.parse().unwrap());
    assert_eq!(keys().verify(&headers, body, now), Ok("msg_1"), "one match among several suffices");
    headers.append("webhook-id", "msg_2".parse().unwrap());
    assert_eq!(
        keys().verify(&headers, body, now),
        Err(WebhookError::Headers),
        "a doubled header is nobody's"
    );
}

#[tokio::test]
async fn kinds_that_say_nothing_about_our_payments_are_passed_over() {
    let stage = Stage::start().await;
    let read = |body: &str| {
        let now = start_of_time();
        let signer = Webhook::new(OLD_SECRET).unwrap();
        let signature = signer.sign("msg_1", now.timestamp(), body.as_bytes()).unwrap();
        let mut headers = HeaderMap::new();
        headers.insert("webhook-id", "msg_1".parse().unwrap());
        headers.insert("webhook-timestamp", now.timestamp().to_string().parse().unwrap());
        headers.insert("webhook-signature", signature.parse().unwrap());
        stage.gateway.parse_webhook(&headers, body.as_bytes(), now)
    };
    let ignored = |kind: &str| Ok(Hint::Ignored { webhook_id: "msg_1".into(), kind: kind.into() });
    assert_eq!(
        read(r#"{"type":"BillingKey.Issued","data":{"billingKey":"b"}}"#),
        ignored("BillingKey.Issued")
    );
    assert_eq!(read(r#"{"type":"Moon.Landed"}"#), ignored("Moon.Landed"));
    let foreign = r#"{"type":"Transaction.Paid","data":{"storeId":"theirs","paymentId":"p"}}"#;
    assert_eq!(read(foreign), ignored("Transaction.Paid"));
    let old = r#"{"payment_id":"p-1","tx_id":"t","status":"Paid"}"#;
    assert!(matches!(read(old), Ok(Hint::Payment { payment_id, .. }) if payment_id == "p-1"));
    assert!(matches!(read("[]"), Err(WebhookError::Body(_))));
    assert!(matches!(read("{}"), Err(WebhookError::Body(_))));
}
