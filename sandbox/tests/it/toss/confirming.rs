//! The window, the confirmation, the look-ups, who may call and under which key.

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{CARD, Shop, code, told};

#[tokio::test]
async fn the_browser_returns_to_one_address_or_the_other() {
    let shop = Shop::start().await;
    let key = "tgen_fb994780882e89048d93165f61e15e51";
    let wanted =
        json!({ "paymentType": "NORMAL", "orderId": "order-1", "paymentKey": key, "amount": "13000" });
    assert_eq!(shop.buy("order-1", CARD, "approve").await, ("/ok".into(), wanted));
    let declined = json!({
        "code": "REJECT_CARD_COMPANY", "message": "결제 승인이 거절되었습니다.", "orderId": "order-2",
    });
    assert_eq!(shop.buy("order-2", CARD, "decline").await, ("/no".into(), declined));
    let left = json!({
        "code": "PAY_PROCESS_CANCELED", "message": "사용자에 의해 결제가 취소되었습니다.", "orderId": "order-3",
    });
    assert_eq!(shop.buy("order-3", CARD, "abandon").await, ("/no".into(), left));
    let documents = ["order-1", "order-2", "order-3"].map(|order| format!("/v1/payments/orders/{order}"));
    for (path, status) in documents.iter().zip(["IN_PROGRESS", "ABORTED", "READY"]) {
        assert_eq!(shop.get(path).await.1["status"], status);
    }
}

#[tokio::test]
async fn what_is_confirmed_is_a_document_of_the_version_of_2022() {
    let shop = Shop::start().await;
    let given = shop.authenticated("order-1", &format!("{CARD}&taxFreeAmount=2000")).await;
    let (status, document) = shop.post("/v1/payments/confirm", given.clone()).await;
    let key = given["paymentKey"].as_str().unwrap();
    let wanted = json!({
        "mId": "escrowsandbox", "version": "2022-11-16", "paymentKey": key,
        "lastTransactionKey": "55A9730AAB2B82A3A2C400656A821227", "orderId": "order-1", "orderName": "chair",
        "currency": "KRW", "method": "카드", "status": "DONE", "requestedAt": "2026-03-02T10:23:45+09:00",
        "approvedAt": "2026-03-02T10:23:45+09:00", "useEscrow": false, "cultureExpense": false,
        "totalAmount": 13_000, "balanceAmount": 13_000, "suppliedAmount": 10_000, "vat": 1_000,
        "taxFreeAmount": 2_000, "taxExemptionAmount": 0,
        "card": {
            "issuerCode": "71", "acquirerCode": "71", "number": "12345678****000*", "installmentPlanMonths": 0,
            "isInterestFree": false, "interestPayer": null, "approveNo": "00000000", "useCardPoint": false,
            "cardType": "신용", "ownerType": "개인", "acquireStatus": "READY", "amount": 13_000,
        },
        "virtualAccount": null, "transfer": null, "mobilePhone": null, "giftCertificate": null,
        "cashReceipt": null, "cashReceipts": null, "discount": null, "cancels": null,
        "secret": "ps_435277d0a2a281099375863afbcb6a38", "type": "NORMAL", "easyPay": null, "country": "KR",
        "failure": null, "isPartialCancelable": true,
        "receipt": { "url": format!("https://dashboard.tosspayments.com/receipt/redirection?transactionId={key}&ref=PX") },
        "checkout": { "url": format!("https://api.tosspayments.com/v1/payments/{key}/checkout") },
        "metadata": null,
    });
    assert_eq!((status, &document), (200, &wanted));
    assert_eq!(shop.document(key).await, wanted);
    assert_eq!(shop.get("/v1/payments/orders/order-1").await.1, wanted);
}

#[tokio::test]
async fn confirmations_that_do_not_fit_are_refused_and_take_nothing() {
    let shop = Shop::start().await;
    let given = shop.authenticated("order-1", CARD).await;
    let but = |name: &str, value: Value| {
        let mut other = given.clone();
        other[name] = value;
        other
    };
    let confirm = async |body: Value| shop.post("/v1/payments/confirm", body).await;
    let nobody = json!({ "code": "NOT_FOUND_PAYMENT", "message": "존재하지 않는 결제 정보 입니다." });
    assert_eq!(confirm(but("paymentKey", "tgen_nobody".into())).await, (404, nobody));
    assert_eq!(code(&confirm(but("orderId", "order-2".into())).await), (403, "FORBIDDEN_REQUEST"));
    assert_eq!(code(&confirm(but("amount", json!(12_999))).await), (403, "FORBIDDEN_REQUEST"));
    assert_eq!(code(&confirm(but("amount", json!(13_000.5))).await), (400, "INVALID_REQUEST"));
    assert_eq!(code(&confirm(json!({ "paymentKey": "x" })).await), (400, "INVALID_REQUEST"));
    assert_eq!(shop.document(given["paymentKey"].as_str().unwrap()).await["status"], "IN_PROGRESS");
    assert_eq!(confirm(given.clone()).await.0, 200, "the amount of a redirect is text");
    let processed = json!({ "code": "ALREADY_PROCESSED_PAYMENT", "message": "이미 처리된 결제 입니다." });
    assert_eq!(confirm(given).await, (400, processed));
    assert_eq!(code(&shop.get("/v1/payments/tgen_nobody").await), (404, "NOT_FOUND_PAYMENT"));
    assert_eq!(code(&shop.get("/v1/payments/orders/nobody").await), (404, "NOT_FOUND_PAYMENT"));
    assert_eq!(code(&shop.get("/v1/nowhere").await), (404, "NOT_FOUND"));
}

#[tokio::test]
async fn the_buyer_has_half_an_hour_and_then_the_shop_ten_minutes() {
    let shop = Shop::start().await;
    let window = shop.url(&format!("/pay/order-1?{CARD}"));
    shop.stage.client.get(window).send().await.unwrap();
    shop.clock.advance(TimeDelta::minutes(30) - TimeDelta::seconds(1));
    assert_eq!(shop.get("/v1/payments/orders/order-1").await.1["status"], "READY");
    shop.clock.advance(TimeDelta::seconds(1));
    assert_eq!(shop.get("/v1/payments/orders/order-1").await.1["status"], "EXPIRED");
    let in_time = shop.authenticated("order-2", CARD).await;
    let late = shop.authenticated("order-3", CARD).await;
    shop.clock.advance(TimeDelta::minutes(10) - TimeDelta::seconds(1));
    assert_eq!(shop.post("/v1/payments/confirm", in_time).await.0, 200);
    shop.clock.advance(TimeDelta::seconds(1));
    let lost = shop.post("/v1/payments/confirm", late).await;
    assert_eq!(code(&lost), (404, "NOT_FOUND_PAYMENT_SESSION"));
    assert_eq!(shop.get("/v1/payments/orders/order-3").await.1["status"], "EXPIRED");
}

#[tokio::test]
async fn the_secret_key_is_the_user_and_the_password_is_empty() {
    let shop = Shop::start().await;
    let key = shop.paid("order-1", CARD).await;
    let url = shop.url(&format!("/v1/payments/{key}"));
    let with = async |user: &str| {
        let basic = format!("Basic {}", STANDARD.encode(user));
        shop.stage.send(shop.stage.client.get(&url).header("authorization", basic)).await
    };
    let nobody = json!({
        "code": "UNAUTHORIZED_KEY", "message": "인증되지 않은 시크릿 키 혹은 클라이언트 키 입니다.",
    });
    assert_eq!(with("test_sk_wrong:").await, (401, nobody));
    assert_eq!(code(&with("test_sk_sandbox").await), (403, "INCORRECT_BASIC_AUTH_FORMAT"));
    assert_eq!(code(&with("test_ck_sandbox:").await), (400, "INVALID_API_KEY"));
    assert_eq!(code(&shop.stage.send(shop.stage.client.get(&url)).await), (401, "UNAUTHORIZED_KEY"));
    assert_eq!(with("test_sk_sandbox:").await.0, 200);
}

#[tokio::test]
async fn a_key_answers_the_same_bytes_for_fifteen_days() {
    let shop = Shop::start().await;
    let key = shop.paid("order-1", CARD).await;
    let cancel = async |idempotency_key: &str| {
        let request = shop.request("POST", &format!("/v1/payments/{key}/cancel"));
        let request = request.header("Idempotency-Key", idempotency_key);
        shop.stage.send(request.body(r#"{"cancelReason":"r","cancelAmount":1000}"#)).await
    };
    let too_long = json!({ "code": "INVALID_IDEMPOTENCY_KEY", "message": "멱등키는 300자 이하여야 합니다." });
    assert_eq!(cancel(&"k".repeat(301)).await, (400, too_long));
    let first = cancel(&"k".repeat(300)).await;
    assert_eq!((first.0, &first.1["balanceAmount"]), (200, &json!(12_000)));
    shop.clock.advance(TimeDelta::days(15) - TimeDelta::seconds(1));
    assert_eq!(cancel(&"k".repeat(300)).await, first);
    shop.clock.advance(TimeDelta::seconds(1));
    assert_eq!(cancel(&"k".repeat(300)).await.1["balanceAmount"], 11_000, "forgotten");
    let confirm = json!({ "paymentKey": key, "orderId": "order-1", "amount": 13_000 });
    let again = async || {
        let request = shop.request("POST", "/v1/payments/confirm").header("Idempotency-Key", "one");
        shop.stage.send(request.body(confirm.to_string())).await
    };
    let refused = again().await;
    assert_eq!(code(&refused), (400, "ALREADY_PROCESSED_PAYMENT"));
    assert_eq!(again().await, refused, "a refusal is kept as well");
}

#[tokio::test]
async fn a_key_whose_call_is_under_way_is_told_to_wait() {
    let shop = Shop::start().await;
    let given = shop.authenticated("order-1", CARD).await;
    let route = "POST /v1/payments/confirm";
    shop.stage.control("/faults", json!({ "route": route, "fault": { "delay": { "millis": 300 } } })).await;
    let confirm = || {
        let request = shop.request("POST", "/v1/payments/confirm").header("Idempotency-Key", "one");
        shop.stage.send(request.body(given.to_string()))
    };
    let asked = async || {
        let url = format!("{}/faults", shop.stage.sandbox.control_url());
        while shop.stage.client.get(&url).send().await.unwrap().text().await.unwrap() != "[]" {
            tokio::task::yield_now().await;
        }
        confirm().await
    };
    let (first, second) = tokio::join!(confirm(), asked());
    let waiting =
        json!({ "code": "IDEMPOTENT_REQUEST_PROCESSING", "message": "이전 멱등 요청이 처리중입니다." });
    assert_eq!((first.0, second), (200, (409, waiting)));
    assert_eq!(confirm().await, first);
}

#[tokio::test]
async fn movements_of_money_are_listed_by_time_and_from_one_on() {
    let shop = Shop::start().await;
    shop.paid("order-1", CARD).await;
    shop.clock.advance(TimeDelta::hours(1));
    let second = shop.paid("order-2", CARD).await;
    shop.authenticated("order-3", CARD).await;
    shop.clock.advance(TimeDelta::hours(1));
    let (_, document) = shop.cancel(&second, json!({ "cancelReason": "r", "cancelAmount": 1_000 })).await;
    let span = "startDate=2026-03-02T10:00:00&endDate=2026-03-02T23:59:59";
    let (_, all) = shop.get(&format!("/v1/transactions/?{span}")).await;
    let amounts: Vec<_> =
        all.as_array().unwrap().iter().map(|it| told(it, ["orderId", "amount", "status"])).collect();
    let wanted = [
        json!(["order-1", 13_000, "DONE"]),
        json!(["order-2", 13_000, "DONE"]),
        json!(["order-2", -1_000, "PARTIAL_CANCELED"]),
    ];
    assert_eq!(amounts, wanted);
    assert_eq!(all[2]["transactionKey"], document["lastTransactionKey"]);
    assert_eq!(all[0]["transactionAt"], "2026-03-02T10:23:45+09:00");
    let after = all[0]["transactionKey"].as_str().unwrap();
    let (_, next) = shop.get(&format!("/v1/transactions?{span}&limit=1&startingAfter={after}")).await;
    assert_eq!(next, json!([all[1]]));
    assert_eq!(code(&shop.get("/v1/transactions").await), (400, "INVALID_REQUEST"));
}

#[tokio::test]
async fn a_cards_number_needs_no_window_and_both_scripts_are_there() {
    let shop = Shop::start().await;
    let card = json!({
        "amount": 13_000, "orderId": "order-1", "orderName": "chair", "cardNumber": "4330123412341234",
        "cardExpirationYear": "30", "cardExpirationMonth": "12", "customerIdentityNumber": "881212",
    });
    let (status, document) = shop.post("/v1/payments/key-in", card.clone()).await;
    assert_eq!((status, &document["status"]), (200, &json!("DONE")));
    assert_eq!(code(&shop.post("/v1/payments/key-in", card).await), (400, "DUPLICATED_ORDER_ID"));
    for path in ["/v1", "/v1/payment", "/v2/standard"] {
        let script = shop.stage.client.get(shop.url(path)).send().await.unwrap();
        assert_eq!(script.headers()["content-type"], "text/javascript; charset=utf-8");
        assert!(script.text().await.unwrap().contains("window.TossPayments"));
    }
}
