//! The window, the approval, the look-ups, and who may call.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{CARD, CLIENT, Nice, SECRET, START, refused, sha256};

#[tokio::test]
async fn the_browser_posts_a_signed_form_to_the_shop() {
    let nice = Nice::start().await;
    let form = nice.buy("order-1", &format!("{CARD}&mallReserved=%3Cb%3E"), "approve").await;
    let form = Value::Object(form);
    let token = "NICEUNTTEA080A6676695AF2BBD5E7A7757F723A";
    assert_eq!(
        form,
        json!({
            "authResultCode": "0000", "authResultMsg": "인증 성공", "tid": "UT0000113m01010691524745179900",
            "clientId": CLIENT, "orderId": "order-1", "amount": "13000", "mallReserved": "&lt;b&gt;",
            "authToken": token, "signature": sha256(&[token, CLIENT, "13000", SECRET]),
        })
    );
    for (action, code) in [("decline", "C002"), ("abandon", "I002")] {
        let form = nice.buy(action, CARD, action).await;
        assert_eq!((form["authResultCode"].as_str(), form.get("tid")), (Some(code), None));
    }
}

#[tokio::test]
async fn what_is_approved_is_a_document_of_the_manual() {
    let nice = Nice::start().await;
    let arguments = format!("{CARD}&buyerName=hong&buyerTel=01012345678&buyerEmail=b@example.kr&mobile=true");
    let tid = nice.authenticated("order-1", &arguments).await;
    let edi_date = "2026-03-02T10:23:45.000+0900";
    let sign_data = sha256(&[&tid, "13000", edi_date, SECRET]);
    let body = json!({ "amount": 13_000, "ediDate": edi_date, "signData": sign_data });
    let (status, document) = nice.post(&format!("/v1/payments/{tid}"), body).await;
    let receipt = format!("https://npg.nicepay.co.kr/issue/IssueLoader.do?type=0&innerWin=Y&TID={tid}");
    let wanted = json!({
        "resultCode": "0000", "resultMsg": "정상 처리되었습니다.", "tid": tid, "cancelledTid": null,
        "orderId": "order-1", "ediDate": edi_date, "signature": sign_data, "status": "paid",
        "paidAt": "2026-03-02T10:23:45.000+0900", "failedAt": "0", "cancelledAt": "0", "payMethod": "card",
        "amount": 13_000, "balanceAmt": 13_000, "goodsName": "chair", "mallReserved": null, "useEscrow": false,
        "currency": "KRW", "channel": "mobile", "approveNo": "000000", "buyerName": "hong",
        "buyerTel": "01012345678", "buyerEmail": "b@example.kr", "receiptUrl": receipt, "mallUserId": null,
        "issuedCashReceipt": false, "coupon": null,
        "card": {
            "cardCode": "04", "cardName": "삼성", "cardNum": "123412******1234", "cardQuota": 0,
            "isInterestFree": false, "cardType": "credit", "canPartCancel": "true", "acquCardCode": "04",
            "acquCardName": "삼성",
        },
        "bank": null, "vbank": null, "cancels": null, "cashReceipts": null,
    });
    assert_eq!((status, &document), (200, &wanted));
    assert_eq!(nice.get(&format!("/v1/payments/{tid}")).await.1, wanted);
    assert_eq!(nice.get("/v1/payments/find/order-1").await.1, wanted);
    assert_eq!(nice.get("/v1/payments/find/order-1?orderDate=20260302").await.1, wanted);
    assert_eq!(nice.get("/v1/payments/find/order-1?orderDate=20260301").await.1["resultCode"], "A118");
}

#[tokio::test]
async fn approvals_that_do_not_fit_are_refused_and_take_nothing() {
    let nice = Nice::start().await;
    let tid = nice.authenticated("order-1", CARD).await;
    let path = format!("/v1/payments/{tid}");
    assert_eq!(nice.get(&path).await.1["status"], "ready");
    assert_eq!(nice.code(&path, json!({})).await, refused("U100"));
    assert_eq!(nice.code(&path, json!({ "amount": 12_999 })).await, refused("A123"));
    assert_eq!(nice.code(&path, json!({ "amount": 13_000.5 })).await, refused("A212"));
    let forged = json!({ "amount": 13_000, "ediDate": START, "signData": "00" });
    assert_eq!(nice.code(&path, forged).await, refused("U312"));
    assert_eq!(nice.code("/v1/payments/nobody", json!({ "amount": 1 })).await, refused("U120"));
    assert_eq!(
        nice.get("/v1/payments/nobody").await.1,
        json!({ "resultCode": "A118", "resultMsg": "조회 결과데이터 없음" })
    );
    assert_eq!(nice.get(&path).await.1["status"], "ready", "nothing was taken");
    assert_eq!(nice.code(&path, json!({ "amount": "13000" })).await, refused("0000"), "text is a number too");
    assert_eq!(nice.code(&path, json!({ "amount": 13_000 })).await, refused("2201"));
    let late = nice.authenticated("order-2", CARD).await;
    nice.clock.advance(TimeDelta::minutes(10));
    assert_eq!(
        nice.code(&format!("/v1/payments/{late}"), json!({ "amount": 13_000 })).await,
        refused("A245")
    );
    assert_eq!(nice.get(&format!("/v1/payments/{late}")).await.1["status"], "expired");
}

#[tokio::test]
async fn an_amount_can_be_compared() {
    let nice = Nice::start().await;
    let tid = nice.paid("order-1", CARD).await;
    let (_, answer) = nice.post(&format!("/v1/check-amount/{tid}"), json!({ "amount": 13_000 })).await;
    let edi_date = "2026-03-02T10:23:45.000+0900";
    let wanted = json!({
        "resultCode": "0000", "resultMsg": "정상 처리되었습니다.", "isValid": true, "tid": tid, "ediDate": edi_date,
        "signature": sha256(&[&tid, edi_date, SECRET]),
    });
    assert_eq!(answer, wanted);
    let (_, other) = nice.post(&format!("/v1/check-amount/{tid}"), json!({ "amount": 1 })).await;
    assert_eq!((&other["resultCode"], &other["isValid"]), (&json!("0000"), &json!(false)));
}

#[tokio::test]
async fn callers_prove_themselves_with_both_keys_or_a_token_that_is_never_prolonged() {
    let nice = Nice::start().await;
    let tid = nice.paid("order-1", CARD).await;
    let url = nice.url(&format!("/v1/payments/{tid}"));
    let with = async |authorization: &str| {
        nice.stage.send(nice.stage.client.get(&url).header("authorization", authorization)).await
    };
    let nobody = json!({ "resultCode": "U104", "resultMsg": "사용자 인증에 실패하였습니다." });
    assert_eq!(with("Basic d3Jvbmc6d3Jvbmc=").await, (401, nobody));
    assert_eq!(nice.stage.send(nice.stage.client.get(&url)).await.0, 401);
    assert_eq!(with("Bearer nothing").await.1["resultCode"], "U305");
    let (_, given) = nice.post("/v1/access-token", json!({})).await;
    assert_eq!(given["tokenType"], "Bearer");
    assert_eq!(given["now"], "2026-03-02T10:23:45.000+0900");
    assert_eq!(given["expireAt"], "2026-03-02T10:53:45.000+0900");
    let bearer = format!("Bearer {}", given["accessToken"].as_str().unwrap());
    nice.clock.advance(TimeDelta::minutes(29));
    let (_, again) = nice.post("/v1/access-token", json!({})).await;
    assert_eq!((&again["accessToken"], &again["expireAt"]), (&given["accessToken"], &given["expireAt"]));
    assert_eq!(with(&bearer).await.0, 200);
    nice.clock.advance(TimeDelta::minutes(1));
    assert_eq!(with(&bearer).await.0, 401, "half an hour is over");
    let (_, fresh) = nice.post("/v1/access-token", json!({})).await;
    assert_ne!(fresh["accessToken"], given["accessToken"]);
    assert_eq!(with(&format!("Bearer {}", fresh["accessToken"].as_str().unwrap())).await.0, 200);
    assert_eq!(nice.get("/v1/nowhere").await.0, 404);
}

#[tokio::test]
async fn the_script_opens_the_window_and_an_order_is_paid_once() {
    let nice = Nice::start().await;
    let script = nice.stage.client.get(nice.url("/v1/js/")).send().await.unwrap();
    assert_eq!(script.headers()["content-type"], "text/javascript; charset=utf-8");
    assert!(script.text().await.unwrap().contains("window.AUTHNICE"));
    let open = async |order: &str, arguments: &str| {
        nice.stage
            .client
            .get(nice.url(&format!("/pay/{order}?{arguments}")))
            .send()
            .await
            .unwrap()
            .status()
            .as_u16()
    };
    assert_eq!(open("o", &CARD.replace("S2_sandboxclientkey", "somebody")).await, 409);
    assert_eq!(open("o", &CARD.replace("method=card", "method=cash")).await, 400);
    assert_eq!(
        open("o", &format!("{CARD}&useEscrow=true").replace("method=card", "method=kakaopay")).await,
        400
    );
    assert_eq!(open("o", &CARD.replace("method=card", "method=vbank")).await, 400, "whose account it is");
    let first = nice.authenticated("order-1", CARD).await;
    let second = nice.authenticated("order-1", CARD).await;
    assert_ne!(first, second, "each window is a payment");
    assert_eq!(
        nice.code(&format!("/v1/payments/{second}"), json!({ "amount": 13_000 })).await,
        refused("0000")
    );
    let paid = nice.stage.client.get(nice.url(&format!("/pay/order-1?{CARD}"))).send().await.unwrap();
    assert!(paid.text().await.unwrap().contains("결제 완료"));
}
