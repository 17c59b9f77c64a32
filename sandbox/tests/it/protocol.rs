//! PortOne V2's manners: authorization, idempotency keys, lists, escrow, webhooks sent again.

use ambient::Clock;
use chrono::{DateTime, TimeDelta};
use sandbox::{SandboxConfig, WebhookUrls};
use serde_json::{Value, json};

use crate::stage::{Stage, card, escrow};

fn person() -> Value {
    json!({ "name": "홍길동", "phoneNumber": "01012345678", "zipcode": "04524", "address": { "addressLine1": "서울" } })
}

fn kind(answer: &(u16, Value)) -> (u16, &str) {
    (answer.0, answer.1["type"].as_str().unwrap_or_default())
}

#[tokio::test]
async fn callers_prove_themselves_with_the_secret_or_a_live_token() {
    let clock = Clock::virtual_at(DateTime::UNIX_EPOCH);
    let stage = Stage::with(SandboxConfig { clock: clock.clone(), ..SandboxConfig::default() }).await;
    stage.act("p", "approve", card()).await;
    let url = format!("{}/payments/p", stage.sandbox.portone_v2_url());
    let with = async |authorization: String| {
        stage.send(stage.client.get(&url).header("authorization", authorization)).await.0
    };
    assert_eq!(with("PortOne wrong".into()).await, 401);
    assert_eq!(with("sandbox-api-secret".into()).await, 401);
    assert_eq!(kind(&stage.send(stage.client.get(&url)).await), (401, "UNAUTHORIZED"));
    assert_eq!(
        kind(&stage.post("/login/api-secret", json!({ "apiSecret": "wrong" })).await),
        (401, "UNAUTHORIZED")
    );
    let (_, tokens) = stage.post("/login/api-secret", json!({ "apiSecret": "sandbox-api-secret" })).await;
    let bearer = format!("Bearer {}", tokens["accessToken"].as_str().unwrap());
    assert_eq!(with(bearer.clone()).await, 200);
    clock.advance(TimeDelta::minutes(30));
    assert_eq!(with(bearer).await, 401, "half an hour is over");
    let (_, fresh) = stage.post("/token/refresh", json!({ "refreshToken": tokens["refreshToken"] })).await;
    assert_eq!(with(format!("Bearer {}", fresh["accessToken"].as_str().unwrap())).await, 200);
    assert_eq!(stage.get("/payments/p?storeId=store-of-somebody").await.0, 403);
}

#[tokio::test]
async fn a_key_must_be_quoted_and_answers_the_same_bytes_for_three_hours() {
    let clock = Clock::virtual_at(DateTime::UNIX_EPOCH);
    let stage = Stage::with(SandboxConfig { clock: clock.clone(), ..SandboxConfig::default() }).await;
    stage.act("p", "approve", card()).await;
    let cancel = async |key: &str| {
        let request = stage.request("POST", "/payments/p/cancel").header("Idempotency-Key", key);
        stage.send(request.body(r#"{"reason":"r","amount":1000}"#)).await
    };
    assert_eq!(kind(&cancel("refund-000000000001").await), (400, "INVALID_REQUEST"));
    let first = cancel("\"refund-000000000001\"").await;
    assert_eq!(first.0, 200);
    assert_eq!(cancel("\"refund-000000000001\"").await, first);
    clock.advance(TimeDelta::hours(3));
    assert_ne!(cancel("\"refund-000000000001\"").await, first, "forgotten: another cancellation");
    assert_eq!(stage.document("p").await["amount"]["cancelled"], 2_000);
}

#[tokio::test]
async fn bodies_are_read_whatever_they_are_called_and_wrong_ones_change_nothing() {
    let stage = Stage::start().await;
    stage.act("p", "approve", card()).await;
    let request = |body: &'static str| {
        stage
            .request("POST", "/payments/p/cancel")
            .header("content-type", "text/plain;charset=UTF-8")
            .body(body)
    };
    for wrong in [
        "",
        "{",
        r#"{"amount":1}"#,
        r#"{"reason":""}"#,
        r#"{"reason":"r","amount":0}"#,
        r#"{"reason":"r","amount":1.5}"#,
    ] {
        assert_eq!(kind(&stage.send(request(wrong)).await), (400, "INVALID_REQUEST"), "{wrong}");
    }
    assert_eq!(stage.document("p").await["status"], "PAID");
    assert_eq!(stage.send(request(r#"{"reason":"r","unknown":1}"#)).await.0, 200);
    assert_eq!(kind(&stage.send(request(r#"{"reason":"r"}"#)).await), (409, "PAYMENT_ALREADY_CANCELLED"));
    assert_eq!(kind(&stage.get("/payments/nobody").await), (404, "PAYMENT_NOT_FOUND"));
}

#[tokio::test]
async fn payments_are_listed_by_page_by_filter_and_by_cursor() {
    let stage = Stage::start().await;
    for number in 0..5 {
        stage.act(&format!("p-{number}"), "approve", if number == 3 { escrow() } else { card() }).await;
    }
    let list = async |body: Value| {
        let request = stage.request("GET", "/payments").query(&[("requestBody", body.to_string())]);
        stage.send(request).await.1
    };
    let page = list(json!({ "page": { "number": 1, "size": 2 } })).await;
    assert_eq!(page["page"], json!({ "number": 1, "size": 2, "totalCount": 5 }));
    assert_eq!((&page["items"][0]["id"], &page["items"][1]["id"]), (&json!("p-2"), &json!("p-3")));
    let held = list(json!({ "filter": { "isEscrow": true, "escrowStatus": "BEFORE_REGISTERED" } })).await;
    assert_eq!(
        (held["page"]["totalCount"].clone(), held["items"][0]["id"].clone()),
        (json!(1), json!("p-3"))
    );
    assert_eq!(list(json!({ "filter": { "status": ["FAILED"] } })).await["items"], json!([]));

    let (mut seen, mut cursor) = (Vec::new(), Value::Null);
    loop {
        let body = json!({ "size": 2, "cursor": cursor }).to_string();
        let (_, page) =
            stage.send(stage.request("GET", "/payments-by-cursor").query(&[("requestBody", body)])).await;
        let Some(last) = page["items"].as_array().unwrap().last() else { break };
        cursor = last["cursor"].clone();
        seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["payment"]["id"].clone()));
    }
    assert_eq!(seen, ["p-0", "p-1", "p-2", "p-3", "p-4"]);
}

#[tokio::test]
async fn the_gateways_escrow_goes_its_way_and_no_other() {
    let stage = Stage::start().await;
    let parcel = json!({
        "logistics": { "company": "CJ", "invoiceNumber": "1", "sentAt": "2026-03-02T01:23:45Z" },
        "sender": person(), "receiver": person(), "products": [{ "id": "1", "name": "의자", "quantity": 1 }],
    });
    let logistics = "/payments/p/escrow/logistics";
    assert_eq!(kind(&stage.post(logistics, parcel.clone()).await), (404, "PAYMENT_NOT_FOUND"));
    stage.act("p", "open", escrow()).await;
    assert_eq!(kind(&stage.post(logistics, parcel.clone()).await), (409, "PAYMENT_NOT_PAID"));
    stage.act("p", "approve", json!({})).await;
    assert_eq!(kind(&stage.post("/payments/p/escrow/complete", json!({})).await), (502, "PG_PROVIDER"));
    assert_eq!(kind(&stage.post(logistics, json!({ "logistics": { "company": "CJ" } })).await).0, 400);
    assert_eq!(stage.post(logistics, parcel.clone()).await.1["invoiceNumber"], "1");
    assert_eq!(
        kind(&stage.post(logistics, parcel.clone()).await),
        (502, "PG_PROVIDER"),
        "registered already"
    );
    let mut other = parcel.clone();
    other["logistics"]["company"] = "HANJIN".into();
    assert_eq!(stage.send(stage.request("PATCH", logistics).body(other.to_string())).await.0, 200);
    assert_eq!(stage.document("p").await["escrow"]["company"], "HANJIN");
    assert_eq!(stage.post("/payments/p/escrow/complete", json!({})).await.0, 200);
    assert_eq!(stage.document("p").await["escrow"]["isAutomaticallyConfirmed"], false);
    assert_eq!(kind(&stage.post("/payments/p/cancel", json!({ "reason": "r" })).await), (502, "PG_PROVIDER"));
}

#[tokio::test]
async fn a_webhook_is_sent_again_on_request_and_not_for_ever() {
    let config = SandboxConfig {
        webhook_urls: WebhookUrls::of_shop("http://127.0.0.1:9/nobody"),
        ..SandboxConfig::default()
    };
    let stage = Stage::with(config).await;
    assert_eq!(kind(&stage.post("/payments/p/resend-webhook", json!({})).await), (404, "PAYMENT_NOT_FOUND"));
    let made = stage.act("p", "approve", card()).await;
    let unknown = stage.post("/payments/p/resend-webhook", json!({ "webhookId": "none" })).await;
    assert_eq!(kind(&unknown), (404, "WEBHOOK_NOT_FOUND"));
    for _ in 0..5 {
        let (status, answer) = stage.post("/payments/p/resend-webhook", json!({})).await;
        assert_eq!((status, &answer["webhook"]["paymentStatus"]), (200, &made["status"]));
    }
    let sixth = stage.post("/payments/p/resend-webhook", json!({})).await;
    assert_eq!(kind(&sixth), (400, "MAX_WEBHOOK_RETRY_COUNT_REACHED"));
}

#[tokio::test]
async fn escrow_is_lost_where_the_channel_has_no_contract_for_it() {
    let channels = vec![sandbox::Channel { escrow: false, ..sandbox::Channel::default() }];
    let stage = Stage::with(SandboxConfig { channels, ..SandboxConfig::default() }).await;
    let paid = stage.act("p", "approve", escrow()).await;
    assert_eq!((&paid["status"], &paid["escrow"]), (&json!("PAID"), &Value::Null));
}

#[tokio::test]
async fn stopping_ends_calls_that_are_held() {
    let stage = Stage::start().await;
    stage.control("/faults", json!({ "route": "*", "fault": "timeout_before" })).await;
    let Stage { sandbox, client } = stage;
    let url = format!("{}/payments/p", sandbox.portone_v2_url());
    let call = tokio::spawn(client.get(url).header("authorization", "PortOne sandbox-api-secret").send());
    let asked = format!("{}/requests", sandbox.control_url());
    while client.get(&asked).send().await.unwrap().text().await.unwrap() == "[]" {
        tokio::task::yield_now().await;
    }
    sandbox.stop().await;
    assert!(call.await.unwrap().is_err());
}

#[tokio::test]
async fn each_pg_wants_to_be_told_its_own_things_of_a_parcel() {
    let bare =
        json!({ "logistics": { "company": "CJ", "invoiceNumber": "1", "sentAt": "2026-03-02T01:23:45Z" } });
    let ends = ["sender", "receiver"].map(|who| {
        ["name", "phoneNumber", "zipcode", "address"].map(|field| format!("{who}.{field}")).join(", ")
    });
    let ends = format!("필수 항목 누락: {}", ends.join(", "));
    let cases = [
        ("INICIS_V2", Some(format!("{ends}, products"))),
        ("SMARTRO_V2", Some(ends)),
        ("KCP_V2", Some("필수 항목 누락: products".to_owned())),
        ("NICE_V2", None),
    ];
    for (pg, missing) in cases {
        let channels = vec![sandbox::Channel { pg_provider: pg.into(), ..sandbox::Channel::default() }];
        let stage = Stage::with(SandboxConfig { channels, ..SandboxConfig::default() }).await;
        stage.act("p", "approve", escrow()).await;
        let (status, answer) = stage.post("/payments/p/escrow/logistics", bare.clone()).await;
        assert_eq!(status, if missing.is_some() { 502 } else { 200 }, "{pg}");
        assert_eq!(answer["pgMessage"].as_str(), missing.as_deref(), "{pg}");
    }
}
