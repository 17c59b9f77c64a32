//! The control plane: the script of faults, the log, the settlement file, and where webhooks go.

use ambient::Clock;
use chrono::{DateTime, TimeDelta};
use sandbox::SandboxConfig;
use serde_json::{Value, json};

use crate::{
    shop::Shop,
    stage::{Stage, card, escrow},
};

const LOOKUP: &str = "GET /payments/{id}";

/// A call's status, content type and text; nothing if the connection was cut.
async fn call(request: reqwest::RequestBuilder) -> Option<(u16, String, String)> {
    let answer = request.send().await.ok()?;
    let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
    Some((answer.status().as_u16(), kind, answer.text().await.ok()?))
}

/// Calls, and goes when the sandbox has done what it does, if it says nothing.
async fn call_until_logged(
    stage: &Stage,
    id: &str,
    request: reqwest::RequestBuilder,
) -> Option<(u16, String, String)> {
    let log = format!("{}/requests", stage.sandbox.control_url());
    let mut answer = tokio::spawn(call(request));
    loop {
        let done = stage.send(stage.client.get(&log)).await.1;
        let cut = |asked: &Value| asked["paymentId"] == id && asked["status"] == 0;
        if done.as_array().unwrap().iter().any(cut) {
            answer.abort();
            return None;
        }
        tokio::select! {
            answer = &mut answer => return answer.unwrap(),
            () = tokio::task::yield_now() => {}
        }
    }
}

async fn script(stage: &Stage, rule: Value) {
    stage.control("/faults", rule).await;
}

#[tokio::test]
async fn before_the_effect_nothing_is_done_and_after_it_all_is() {
    let cancel = "POST /payments/{id}/cancel";
    let cases = [
        (json!("timeout_before"), None, 0),
        (json!("reset"), None, 0),
        (json!({ "error": { "status": 500 } }), Some(500), 0),
        (json!({ "error": { "status": 429 } }), Some(429), 0),
        (json!("pg_refuses"), Some(502), 0),
        (json!("timeout_after"), None, 1_000),
        (json!("reset_after"), None, 1_000),
        (json!({ "error_after": { "status": 500 } }), Some(500), 1_000),
        (json!("truncated"), Some(200), 1_000),
        (json!("invalid_json"), Some(200), 1_000),
        (json!("html"), Some(200), 1_000),
        (json!({ "delay": { "millis": 1 } }), Some(200), 1_000),
    ];
    let stage = Stage::start().await;
    for (number, (fault, status, gone)) in cases.into_iter().enumerate() {
        let id = format!("p-{number}");
        stage.act(&id, "approve", card()).await;
        script(&stage, json!({ "route": cancel, "paymentId": id, "fault": fault })).await;
        let request = stage.request("POST", &format!("/payments/{id}/cancel"));
        let request = request.body(r#"{"reason":"r","amount":1000}"#);
        let answer = call_until_logged(&stage, &id, request).await;
        assert_eq!(answer.as_ref().map(|answer| answer.0), status, "{fault}");
        let spoilt = [json!("truncated"), json!("invalid_json"), json!("html")].contains(&fault);
        let reads = answer.is_some_and(|(_, _, text)| serde_json::from_str::<Value>(&text).is_ok());
        assert_eq!(reads, status.is_some() && !spoilt, "{fault}");
        assert_eq!(stage.document(&id).await["amount"]["cancelled"], gone, "{fault}");
    }
}

#[tokio::test]
async fn an_error_page_is_html_and_each_protocol_fails_in_its_own_words() {
    let stage = Stage::start().await;
    script(&stage, json!({ "route": LOOKUP, "fault": "html" })).await;
    let page = call(stage.request("GET", "/payments/p")).await.unwrap();
    assert_eq!(page.1, "text/html; charset=utf-8");
    for (protocol, url) in [
        ("portone-v1", stage.sandbox.portone_v1_url() + "/payments/imp_1"),
        ("portone-v2", stage.sandbox.portone_v2_url() + "/payments/p"),
        ("nicepay", stage.sandbox.nicepay_url() + "/v1/payments/t"),
        ("toss", stage.sandbox.toss_url() + "/v1/payments/k"),
    ] {
        let fault = json!({ "error": { "status": 503 } });
        script(&stage, json!({ "route": "*", "protocol": protocol, "fault": fault })).await;
        let answer = call(stage.client.get(url)).await.unwrap();
        assert_eq!(answer.0, 503, "{protocol}");
        assert!(serde_json::from_str::<Value>(&answer.2).is_ok(), "{protocol}");
    }
    let left = stage.client.get(format!("{}/faults", stage.sandbox.control_url())).send().await.unwrap();
    assert_eq!(left.text().await.unwrap(), "[]", "each rule was played once");
}

#[tokio::test]
async fn a_capture_may_be_of_another_amount_or_without_escrow() {
    let stage = Stage::start().await;
    script(
        &stage,
        json!({ "route": "capture", "paymentId": "p", "fault": { "other_amount": { "by": -1_000 } } }),
    )
    .await;
    script(&stage, json!({ "route": "capture", "paymentId": "q", "fault": "lost_escrow" })).await;
    assert_eq!(stage.act("p", "approve", escrow()).await["amount"]["total"], 12_000);
    let lost = stage.act("q", "approve", escrow()).await;
    assert_eq!((&lost["status"], &lost["escrow"]), (&json!("PAID"), &Value::Null));
    let v1 = json!({ "route": "capture", "protocol": "portone-v1", "fault": "lost_escrow" });
    script(&stage, v1).await;
    assert_eq!(stage.control("/portone-v1/payments/o/approve", escrow()).await["escrow"], false);
    assert_eq!(stage.control("/portone-v1/payments/u/approve", escrow()).await["escrow"], true);
}

#[tokio::test]
async fn webhooks_are_dropped_doubled_and_swapped() {
    let mut shop = Shop::start(&[], (200, "text/plain", "")).await;
    let stage = Stage::start().await;
    let url = format!("{}/webhook-urls", stage.sandbox.control_url());
    stage.client.put(url).body(json!({ "portone-v2": shop.url }).to_string()).send().await.unwrap();
    for (id, fault) in [("a", "drop"), ("b", "duplicate"), ("c", "reorder")] {
        script(&stage, json!({ "route": "webhook", "paymentId": id, "fault": fault })).await;
    }
    let mut heard = Vec::new();
    for (id, sends) in [("a", 0), ("b", 2), ("c", 0), ("d", 2)] {
        stage.act(id, "approve", card()).await;
        for _ in 0..sends {
            heard.push(shop.hears().await["data"]["paymentId"].as_str().unwrap().to_owned());
        }
    }
    heard[2..].sort();
    assert_eq!(heard, ["b", "b", "c", "d"]);
    assert_eq!(shop.rest(), Vec::<Value>::new());
}

#[tokio::test]
async fn the_log_says_what_was_asked_in_which_protocol() {
    let stage = Stage::start().await;
    stage.get("/payments/nobody?a=1").await;
    stage.client.get(stage.sandbox.portone_v1_url() + "/payments/imp_1").send().await.unwrap();
    let url = format!("{}/requests", stage.sandbox.control_url());
    let log = stage.send(stage.client.get(&url)).await.1;
    let of = |asked: &Value| {
        ["protocol", "route", "paymentId", "query", "status"].map(|field| asked[field].clone())
    };
    assert_eq!(of(&log[0]), [json!("portone-v2"), json!(LOOKUP), json!("nobody"), json!("a=1"), json!(404)]);
    let v1 = json!("GET /payments/{imp_uid}");
    assert_eq!(of(&log[1]), [json!("portone-v1"), v1, json!("imp_1"), json!(""), json!(401)]);
    stage.client.delete(&url).send().await.unwrap();
    assert_eq!(stage.send(stage.client.get(&url)).await.1, json!([]));
}

#[tokio::test]
async fn a_settlement_file_has_a_line_for_all_that_moved_on_a_day_in_seoul() {
    // A minute before midnight in Seoul.
    let clock = Clock::virtual_at("2026-03-02T14:59:00Z".parse::<DateTime<chrono::Utc>>().unwrap());
    let stage = Stage::with(SandboxConfig { clock: clock.clone(), ..SandboxConfig::default() }).await;
    let checkout = json!({ "checkout": { "totalAmount": 13_000, "isEscrow": true, "taxFreeAmount": 2_000 } });
    stage.act("p,1", "approve", checkout).await;
    stage.act("open", "open", card()).await;
    stage.control("/clock/advance", json!({ "seconds": 60 })).await;
    stage.act("p,1", "cancel", json!({ "amount": 1_001 })).await;
    let file = async |day: &str| {
        let url = format!("{}/portone-v2/settlement{day}", stage.sandbox.control_url());
        stage.client.get(url).send().await.unwrap().text().await.unwrap()
    };
    let shown = stage.document("p,1").await;
    let (transaction, cancellation) = (&shown["transactionId"], &shown["cancellations"][0]["id"]);
    let head = "date,kind,payment_id,order_id,transaction_id,method,escrow,currency,amount,tax_free,vat,fee,fee_vat,settled\n";
    let captured = format!(
        "2026-03-02,CAPTURE,\"p,1\",\"p,1\",{},CARD,true,KRW,13000,2000,1000,364,36,12600\n",
        transaction.as_str().unwrap()
    );
    let back = format!(
        "2026-03-03,CANCEL,\"p,1\",\"p,1\",{},CARD,true,KRW,-1001,0,-91,-28,-3,-970\n",
        cancellation.as_str().unwrap()
    );
    assert_eq!(file("?date=2026-03-02").await, format!("{head}{captured}"));
    assert_eq!(file("?date=2026-03-03").await, format!("{head}{back}"));
    assert_eq!(file("").await, format!("{head}{captured}{back}"));
    assert_eq!(file("?date=2026-03-04").await, head);
    assert_eq!(
        clock.now() - TimeDelta::hours(15),
        "2026-03-02T00:00:00Z".parse::<DateTime<chrono::Utc>>().unwrap()
    );
}

#[tokio::test]
async fn what_cannot_be_done_is_refused_and_changes_nothing() {
    let stage = Stage::start().await;
    let at = async |path: &str, body: Value| {
        let url = format!("{}{path}", stage.sandbox.control_url());
        stage.send(stage.client.post(url).body(body.to_string())).await.0
    };
    assert_eq!(at("/paypal/payments/p/approve", card()).await, 404);
    assert_eq!(at("/payments/p/deposit", json!({})).await, 404);
    assert_eq!(at("/payments/p/approve", json!({ "checkuot": {} })).await, 400);
    assert_eq!(at("/payments/p/approve", json!({})).await, 400, "no amount");
    stage.act("p", "approve", card()).await;
    assert_eq!(at("/payments/p/frobnicate", json!({})).await, 404);
    assert_eq!(at("/payments/p/reverse", json!({})).await, 409, "a card is not reversed");
    assert_eq!(at("/payments/p/resolve", json!({})).await, 404);
    assert_eq!(at("/clock/advance", json!({ "seconds": 1 })).await, 400, "the machine's clock");
}
