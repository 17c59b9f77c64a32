//! What PortOne V2 does besides paying and giving back: approval by the shop, paying without a window, closing an
//! account, disputes, the feed, the webhooks' ladder, and the browser's way back.

use ambient::Clock;
use chrono::{DateTime, TimeDelta};
use reqwest::redirect::Policy;
use sandbox::{SandboxConfig, WebhookUrls};
use serde_json::{Value, json};

use crate::{
    shop::{Reply, Shop},
    stage::{Stage, card},
};

const TAKEN: Reply = (200, "application/json", "{}");

async fn stage(shop: Option<&Shop>) -> (Stage, Clock) {
    let clock = Clock::virtual_at(DateTime::from_timestamp(1_800_000_000, 0).unwrap());
    let webhook_urls =
        WebhookUrls { portone_v2: shop.map(|shop| shop.url.clone()), ..WebhookUrls::default() };
    let config = SandboxConfig { clock: clock.clone(), webhook_urls, ..SandboxConfig::default() };
    (Stage::with(config).await, clock)
}

fn kind(answer: &(u16, Value)) -> (u16, &str) {
    (answer.0, answer.1["type"].as_str().unwrap_or_default())
}

/// Opens a window that the shop has to approve, agrees in it, and answers the token.
async fn agreed(stage: &Stage, id: &str) -> String {
    let browser = reqwest::Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
    let url = format!("{}/pay/{id}", stage.sandbox.portone_v2_url());
    let query = "totalAmount=13000&isManualCapture=true&redirectUrl=http%3A%2F%2Fshop.test%2F";
    browser.get(format!("{url}?{query}")).send().await.unwrap();
    let left = browser.post(url).body("action=approve").send().await.unwrap();
    let to = left.headers()["location"].to_str().unwrap().to_owned();
    let to = reqwest::Url::parse(&to).unwrap();
    to.query_pairs().find(|(name, _)| name == "paymentToken").unwrap().1.into_owned()
}

#[tokio::test]
async fn what_the_buyer_agreed_to_is_captured_when_the_shop_confirms_in_time() {
    let (stage, clock) = stage(None).await;
    let token = agreed(&stage, "p").await;
    assert_eq!(stage.document("p").await["status"], "READY");
    let confirm = async |id: &str, body: Value| stage.post(&format!("/payments/{id}/confirm"), body).await;
    let wrong = confirm("p", json!({ "paymentToken": "another" })).await;
    assert_eq!(kind(&wrong), (400, "INVALID_PAYMENT_TOKEN"));
    let other = confirm("p", json!({ "paymentToken": token, "totalAmount": 12_000 })).await;
    assert_eq!(kind(&other), (409, "INFORMATION_MISMATCH"));
    let body =
        json!({ "paymentToken": token, "totalAmount": 13_000, "currency": "CURRENCY_KRW", "isTest": true });
    let (status, done) = confirm("p", body.clone()).await;
    assert_eq!((status, &done["paidAt"]), (200, &json!("2027-01-15T08:00:00.000Z")));
    assert_eq!(stage.document("p").await["status"], "PAID");
    assert_eq!(kind(&confirm("p", body).await), (409, "ALREADY_PAID"));

    let token = agreed(&stage, "q").await;
    clock.advance(TimeDelta::minutes(10));
    assert_eq!(kind(&confirm("q", json!({ "paymentToken": token })).await), (502, "PG_PROVIDER"));
    assert_eq!(stage.document("q").await["status"], "FAILED", "lost");
}

#[tokio::test]
async fn one_pays_without_a_window_by_card_or_into_an_account_that_can_be_closed() {
    let (stage, _) = stage(None).await;
    let with = |method: Value| {
        json!({
            "method": method, "orderName": "의자", "amount": { "total": 13_000 }, "currency": "KRW",
            "customer": { "name": { "full": "홍길동" } },
        })
    };
    let nothing = stage.post("/payments/p/instant", with(json!({}))).await;
    assert_eq!(kind(&nothing), (400, "INVALID_REQUEST"));
    let by_card = with(json!({ "card": { "credential": { "number": "1", "expiryYear": "30" } } }));
    let (status, paid) = stage.post("/payments/p/instant", by_card.clone()).await;
    assert_eq!((status, &paid["payment"]["paidAt"]), (200, &json!("2027-01-15T08:00:00.000Z")));
    assert_eq!(stage.document("p").await["customer"], json!({ "name": "홍길동" }));
    assert_eq!(kind(&stage.post("/payments/p/instant", by_card).await), (409, "ALREADY_PAID"));

    let account = json!({ "virtualAccount": {
        "bank": "SHINHAN", "expiry": { "validHours": 24 }, "option": { "type": "NORMAL" },
    }});
    assert_eq!(stage.post("/payments/q/instant", with(account)).await.0, 200);
    let issued = stage.document("q").await;
    assert_eq!(issued["status"], "VIRTUAL_ACCOUNT_ISSUED");
    assert_eq!(issued["method"]["expiredAt"], "2027-01-16T08:00:00.000Z");
    let close = "/payments/q/virtual-account/close";
    assert_eq!(stage.post(close, json!({})).await, (200, json!({ "closedAt": "2027-01-15T08:00:00.000Z" })));
    assert_eq!(kind(&stage.post(close, json!({})).await), (409, "PAYMENT_NOT_WAITING_FOR_DEPOSIT"));
}

#[tokio::test]
async fn disputes_chargebacks_and_late_cancellations_are_said() {
    let mut shop = Shop::start(&[], TAKEN).await;
    let (stage, _) = stage(Some(&shop)).await;
    stage.act("p", "approve", card()).await;
    let transaction = stage.document("p").await["transactionId"].clone();
    let wanted = json!({
        "type": "Transaction.Paid", "timestamp": "2027-01-15T08:00:00.000Z",
        "data": {
            "storeId": "store-00000000-0000-0000-0000-000000000001", "paymentId": "p", "transactionId": transaction,
        },
    });
    assert_eq!(shop.hears().await, wanted);
    let disputed = stage.act("p", "dispute", json!({ "reason": "FRAUDULENT" })).await;
    let unresolved =
        json!([{ "status": "UNRESOLVED", "reason": "FRAUDULENT", "createdAt": "2027-01-15T08:00:00.000Z" }]);
    assert_eq!(disputed["disputes"], unresolved);
    assert_eq!(stage.act("p", "resolve", json!({})).await["disputes"][0]["status"], "RESOLVED");
    stage
        .control("/faults", json!({ "route": "POST /payments/{id}/cancel", "fault": "cancel_requested" }))
        .await;
    let (_, taken) = stage.post("/payments/p/cancel", json!({ "reason": "r", "amount": 1_000 })).await;
    assert_eq!(taken["cancellation"]["status"], "REQUESTED");
    assert_eq!(stage.document("p").await["status"], "PAID", "not a refund yet");
    stage.act("p", "settle", json!({ "succeeded": true })).await;
    let back = stage.act("p", "chargeback", json!({})).await;
    assert_eq!(
        (&back["status"], &back["cancellations"][1]["trigger"]),
        (&json!("CANCELLED"), &json!("CHARGEBACK"))
    );
    for wanted in [
        "Transaction.DisputeCreated",
        "Transaction.DisputeResolved",
        "Transaction.CancelPending",
        "Transaction.PartialCancelled",
        "Transaction.Cancelled",
    ] {
        assert_eq!(shop.hears().await["type"], wanted);
    }
}

#[tokio::test]
async fn the_feed_tells_what_was_paid_and_given_back_in_that_order() {
    let (stage, clock) = stage(None).await;
    for id in ["p", "q"] {
        stage.act(id, "approve", card()).await;
        clock.advance(TimeDelta::seconds(1));
    }
    stage.post("/payments/p/cancel", json!({ "reason": "r", "amount": 1_000 })).await;
    clock.advance(TimeDelta::seconds(1));
    stage.post("/payments/p/cancel", json!({ "reason": "r" })).await;
    let (mut seen, mut cursor) = (Vec::new(), Value::Null);
    loop {
        let body = json!({ "size": 3, "cursor": cursor }).to_string();
        let request = stage.request("GET", "/payment-events-by-cursor").query(&[("requestBody", body)]);
        let (status, page) = stage.send(request).await;
        assert_eq!(status, 200, "{page}");
        let items = page["items"].as_array().unwrap();
        let Some(last) = items.last() else { break };
        cursor = last["cursor"].clone();
        for item in items {
            let event = &item["paymentEvent"];
            seen.push((event["type"].clone(), event["paymentId"].clone(), event["eventAmount"].clone()));
        }
    }
    let of = |kind: &str, id: &str, amount: i64| (json!(kind), json!(id), json!(amount));
    let wanted = [
        of("PAID", "p", 13_000),
        of("PAID", "q", 13_000),
        of("PARTIAL_CANCELLED", "p", -1_000),
        of("CANCELLED", "p", -12_000),
    ];
    assert_eq!(seen, wanted);
}

#[tokio::test]
async fn a_webhook_that_is_not_taken_comes_again_after_1_4_16_64_and_256_minutes() {
    let mut shop = Shop::start(&[], (503, "text/plain", "")).await;
    let (stage, clock) = stage(Some(&shop)).await;
    stage.act("p", "approve", card()).await;
    let first = shop.hears().await;
    let sent = async || {
        let url = format!("{}/payments/p/webhooks", stage.sandbox.control_url());
        stage.send(stage.client.get(url)).await.1[0]["sent"].clone()
    };
    for (sends, minutes) in [(1, 1), (2, 4), (3, 16), (4, 64), (5, 256)] {
        while sent().await != sends {
            tokio::task::yield_now().await;
        }
        clock.advance(TimeDelta::minutes(minutes) - TimeDelta::seconds(1));
        assert_eq!(sent().await, sends, "not before its time");
        clock.advance(TimeDelta::seconds(1));
        assert_eq!(shop.hears().await, first, "the same, its timestamp too");
    }
    while sent().await != 6 {
        tokio::task::yield_now().await;
    }
    clock.advance(TimeDelta::days(2));
    assert_eq!(sent().await, 6, "given up");
    assert_eq!(shop.rest(), Vec::<Value>::new());
}

#[tokio::test]
async fn a_desktops_promise_is_kept_and_a_phone_is_sent_back() {
    let (stage, _) = stage(None).await;
    let browser = reqwest::Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
    let url = |id: &str| format!("{}/pay/{id}", stage.sandbox.portone_v2_url());
    browser.get(url("p") + "?totalAmount=13000&embedded=true").send().await.unwrap();
    let left = browser.post(url("p")).body("action=decline").send().await.unwrap().text().await.unwrap();
    let told = left.split_once("parent.postMessage(").unwrap().1.split_once(", \"*\")").unwrap().0;
    let transaction = stage.document("p").await["transactionId"].clone();
    let wanted = json!({
        "transactionType": "PAYMENT", "txId": transaction, "paymentId": "p", "code": "FAILURE_TYPE_PG",
        "message": "[3011] 카드사에서 승인을 거절했습니다.", "pgCode": "3011", "pgMessage": "카드사 승인 거절",
    });
    assert_eq!(serde_json::from_str::<Value>(told).unwrap(), wanted);
    browser.get(url("q") + "?totalAmount=13000&redirectUrl=http%3A%2F%2Fshop.test%2F").send().await.unwrap();
    let left = browser.post(url("q")).body("action=approve").send().await.unwrap();
    let transaction = stage.document("q").await["transactionId"].as_str().unwrap().to_owned();
    let wanted = format!("http://shop.test/?paymentId=q&transactionType=PAYMENT&txId={transaction}");
    assert_eq!(
        (left.status().as_u16(), left.headers()["location"].to_str().unwrap()),
        (303, wanted.as_str())
    );
    let script =
        browser.get(format!("{}/v2/browser-sdk.js", stage.sandbox.portone_v2_url())).send().await.unwrap();
    assert_eq!(script.headers()["content-type"], "text/javascript; charset=utf-8");
}
