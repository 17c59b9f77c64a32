//! Tokens, forms, look-ups, lists and the registered amount.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{V1, card, failure};

#[tokio::test]
async fn a_token_is_shared_until_its_end_and_extended_in_its_last_minute() {
    let v1 = V1::start().await;
    let first = v1.token().await;
    assert_eq!((&first["now"], &first["expired_at"]), (&json!(1_800_000_000), &json!(1_800_001_800)));
    v1.clock.advance(TimeDelta::seconds(1_740));
    assert_eq!(v1.token().await["expired_at"], 1_800_001_800, "a whole minute is left");
    v1.clock.advance(TimeDelta::seconds(1));
    let last = v1.token().await;
    assert_eq!((&last["access_token"], &last["expired_at"]), (&first["access_token"], &json!(1_800_002_100)));
    v1.clock.advance(TimeDelta::seconds(359));
    assert_eq!(failure(&v1.get("/payments/imp_1").await), (401, -1, "Unauthorized"), "it is over");
    assert_ne!(v1.token().await["access_token"], first["access_token"]);
}

#[tokio::test]
async fn callers_prove_themselves_in_json_or_a_form_and_bearer_is_optional() {
    let v1 = V1::start().await;
    let ask = |kind: &str, body: &str| {
        let request = v1.stage.client.post(v1.url("/users/getToken")).header("content-type", kind);
        v1.stage.send(request.body(body.to_owned()))
    };
    let form = "imp_key=sandbox-imp-key&imp_secret=sandbox-imp-secret";
    let given = ask("application/x-www-form-urlencoded", form).await;
    assert_eq!((given.0, &given.1["code"], &given.1["message"]), (200, &json!(0), &Value::Null));
    let missing = "imp_key, imp_secret 파라메터가 누락되었습니다.";
    assert_eq!(failure(&ask("application/json", "{}").await), (400, 1, missing));
    let wrong = r#"{"imp_key":"sandbox-imp-key","imp_secret":"wrong"}"#;
    assert_eq!(failure(&ask("application/json", wrong).await), (401, -1, "Unauthorized"));

    let id = v1.paid("order-1", card()).await;
    let token = given.1["response"]["access_token"].as_str().unwrap();
    for said in [token.to_owned(), format!("Bearer {token}")] {
        let request = v1.stage.client.get(v1.url(&format!("/payments/{id}/"))).header("authorization", said);
        assert_eq!(v1.stage.send(request).await.0, 200, "also with a slash at the end");
    }
    let nobody = v1.stage.send(v1.stage.client.get(v1.url(&format!("/payments/{id}")))).await;
    assert_eq!(failure(&nobody), (401, -1, "Unauthorized"));
}

#[tokio::test]
async fn a_document_has_all_its_fields_in_every_status() {
    let v1 = V1::start().await;
    let id =
        v1.paid("order-1", json!({ "totalAmount": 13_000, "orderName": "의자", "fullName": "홍길동" })).await;
    let wanted = json!({
        "imp_uid": id, "merchant_uid": "order-1", "pay_method": "card", "channel": "pc",
        "pg_provider": "html5_inicis", "emb_pg_provider": null, "pg_id": "SandboxTest", "sandbox": true,
        "escrow": false, "apply_num": "30000000", "bank_code": null, "bank_name": null, "card_code": "366",
        "card_name": "신한카드", "card_issuer_code": "366", "card_issuer_name": "신한카드",
        "card_publisher_code": "366", "card_publisher_name": "신한카드", "card_quota": 0,
        "card_number": "123456******1234", "card_type": 0, "vbank_code": null, "vbank_name": null,
        "vbank_num": null, "vbank_holder": null, "vbank_date": 0, "vbank_issued_at": 0, "name": "의자",
        "amount": 13_000, "cancel_amount": 0, "currency": "KRW", "buyer_name": "홍길동", "buyer_email": null,
        "buyer_tel": null, "buyer_addr": null, "buyer_postcode": null, "custom_data": null,
        "user_agent": "sandbox", "status": "paid", "started_at": 1_800_000_000, "paid_at": 1_800_000_000,
        "failed_at": 0, "cancelled_at": 0, "fail_reason": null, "cancel_reason": null,
        "receipt_url": format!("https://sandbox.invalid/receipts/{id}"), "cancel_history": [],
        "cancel_receipt_urls": [], "cash_receipt_issued": false, "customer_uid": null,
        "customer_uid_usage": null, "promotion": null,
    });
    let (status, answer) = v1.get(&format!("/payments/{id}")).await;
    let mut shown = answer["response"].clone();
    assert!(shown.as_object_mut().unwrap().remove("pg_tid").unwrap().is_string());
    assert_eq!((status, shown), (200, wanted));

    let ready = v1.act("order-2", "open", json!({ "checkout": card() })).await;
    assert_eq!(
        (&ready["status"], &ready["paid_at"], &ready["pg_tid"]),
        (&json!("ready"), &json!(0), &Value::Null)
    );
    let failed = v1.act("order-2", "decline", json!({ "message": "한도초과" })).await;
    assert_eq!(
        (&failed["status"], &failed["failed_at"], &failed["fail_reason"]),
        (&json!("failed"), &json!(1_800_000_000), &json!("한도초과"))
    );
    let names = |document: &Value| document.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&ready), names(&answer["response"]));
}

#[tokio::test]
async fn payments_are_found_by_either_id_and_several_at_once() {
    let v1 = V1::start().await;
    let missing = (404, 1, "존재하지 않는 결제정보입니다.");
    for path in ["/payments/imp_1", "/payments/find/o", "/payments/findAll/o", "/payments?imp_uid[]=imp_1"] {
        assert_eq!(failure(&v1.get(path).await), missing, "{path}");
    }
    v1.act("order-1", "decline", json!({ "checkout": card() })).await;
    v1.clock.advance(TimeDelta::seconds(1));
    let id = v1.paid("order-1", card()).await;
    let first = async |path: &str| v1.get(path).await.1["response"]["status"].clone();
    assert_eq!(first("/payments/find/order-1").await, "paid", "the newest is the first");
    assert_eq!(first("/payments/find/order-1/undefined").await, "paid");
    assert_eq!(first("/payments/find/order-1/failed").await, "failed");
    assert_eq!(first("/payments/find/order-1?sorting=started").await, "failed");
    assert_eq!(failure(&v1.get("/payments/find/order-1/ready").await), missing);

    let (status, some) = v1.get(&format!("/payments?imp_uid[]={id}&imp_uid[]=imp_1")).await;
    assert_eq!((status, &some["code"], some["response"].as_array().unwrap().len()), (207, &json!(0), 1));
    assert_eq!(v1.get(&format!("/payments?imp_uid[]={id}&merchant_uid[]=order-1")).await.0, 200);
}

#[tokio::test]
async fn lists_come_in_pages_and_a_status_is_one_of_five() {
    let v1 = V1::start().await;
    for number in 0..3 {
        v1.paid(&format!("order-{number}"), card()).await;
        v1.clock.advance(TimeDelta::seconds(1));
    }
    let page = async |path: &str| {
        let answer = v1.get(path).await.1["response"].clone();
        let of = |item: &Value| item["merchant_uid"].as_str().unwrap().to_owned();
        let list: Vec<_> = answer["list"].as_array().unwrap().iter().map(of).collect();
        (answer["total"].clone(), answer["previous"].clone(), answer["next"].clone(), list)
    };
    let of = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let first = page("/payments/status/paid?limit=2").await;
    assert_eq!(first, (json!(3), json!(0), json!(2), of(&["order-2", "order-1"])));
    let last = page("/payments/status/all?limit=2&page=2").await;
    assert_eq!(last, (json!(3), json!(1), json!(0), of(&["order-0"])));
    let window = page("/payments/status/paid?from=1800000001&to=1800000001").await;
    assert_eq!(window, (json!(1), json!(0), json!(0), of(&["order-1"])));
    assert_eq!(page("/payments/status/cancelled").await.0, 0);
    assert_eq!(page("/payments/findAll/order-1").await.3, of(&["order-1"]));
    let unknown = v1.get("/payments/status/done").await;
    assert_eq!(failure(&unknown), (400, 1, "지원되지 않는 상태값입니다."));
    assert_eq!(v1.get("/payments/status/all?from=1700000000&to=1800000000").await.0, 400, "over 90 days");
}

#[tokio::test]
async fn an_amount_is_registered_once_shown_and_changed() {
    let v1 = V1::start().await;
    let wanted = json!({ "merchant_uid": "order-1", "amount": 13_000, "currency": "KRW" });
    let missing = v1.post("/payments/prepare", json!({ "merchant_uid": "order-1" })).await;
    assert_eq!(failure(&missing), (400, 1, "파라미터 누락: amount"));
    let unknown = v1.get("/payments/prepare/order-1").await;
    assert_eq!(failure(&unknown), (404, 1, "사전등록된 결제정보가 존재하지 않습니다."));
    let form =
        v1.request("POST", "/payments/prepare").header("content-type", "application/x-www-form-urlencoded");
    let (status, answer) = v1.stage.send(form.body("merchant_uid=order-1&amount=13000.0")).await;
    assert_eq!((status, answer), (200, json!({ "code": 0, "message": null, "response": wanted })));
    assert_eq!(v1.post("/payments/prepare", wanted.clone()).await.0, 400, "once");
    let other = json!({ "merchant_uid": "order-1", "amount": 12_000 });
    assert_eq!(v1.call("PUT", "/payments/prepare", other).await.0, 200);
    assert_eq!(v1.get("/payments/prepare/order-1").await.1["response"]["amount"], 12_000);
}
