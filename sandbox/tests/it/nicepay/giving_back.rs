//! Cancellations, of cards, of deposits, and of what may or may not have been approved.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{CARD, Nice, SECRET, VBANK, refused, sha256};

#[tokio::test]
async fn parts_are_cancelled_each_under_an_order_of_its_own() {
    let nice = Nice::start().await;
    let tid = nice.paid("order-1", CARD).await;
    let path = format!("/v1/payments/{tid}/cancel");
    let part =
        |order: &str, amount: i64| json!({ "reason": "broken", "orderId": order, "cancelAmt": amount });
    nice.clock.advance(TimeDelta::hours(1));
    let (_, first) = nice.post(&path, part("back-1", 3_000)).await;
    let cancelled = first["cancelledTid"].as_str().unwrap();
    assert_eq!((cancelled.len(), cancelled == tid), (30, false));
    let at = "2026-03-02T11:23:45.000+0900";
    let receipt = format!("https://npg.nicepay.co.kr/issue/IssueLoader.do?type=0&innerWin=Y&TID={cancelled}");
    let entry = json!({
        "tid": cancelled, "amount": 3_000, "cancelledAt": at, "reason": "broken", "receiptUrl": receipt,
        "couponAmt": 0,
    });
    assert_eq!(first["cancels"], json!([entry]));
    let told = ["status", "amount", "balanceAmt", "cancelledAt", "orderId"].map(|name| first[name].clone());
    assert_eq!(json!(told), json!(["partialCancelled", 13_000, 10_000, at, "order-1"]));
    assert_eq!(nice.code(&path, part("back-1", 3_000)).await, refused("U112"));
    assert_eq!(nice.code(&path, part("back-2", 10_001)).await, refused("2032"));
    assert_eq!(nice.code(&path, part("back-2", 0)).await, refused("2010"));
    assert_eq!(nice.code(&path, json!({ "orderId": "back-2" })).await, refused("U100"));
    assert_eq!(nice.code(&path, json!({ "reason": "r" })).await, refused("U100"));
    assert_eq!(nice.code("/v1/payments/nobody/cancel", part("x", 1)).await, refused("2012"));
    let (_, rest) = nice.post(&path, json!({ "reason": "all of it", "orderId": "back-2" })).await;
    let told = ["status", "balanceAmt"].map(|name| rest[name].clone());
    assert_eq!(json!(told), json!(["cancelled", 0]));
    assert_eq!(rest["cancels"][1]["amount"], 10_000);
    assert_eq!(nice.code(&path, part("back-3", 1)).await, refused("2013"));
}

#[tokio::test]
async fn a_whole_cancellation_keeps_the_payments_key_and_may_be_signed() {
    let nice = Nice::start().await;
    let tid = nice.paid("order-1", CARD).await;
    let path = format!("/v1/payments/{tid}/cancel");
    let mut body = json!({ "reason": "r", "orderId": "order-1", "ediDate": "now", "signData": "forged" });
    assert_eq!(nice.code(&path, body.clone()).await, refused("U312"));
    body["signData"] = sha256(&[&tid, "now", SECRET]).into();
    let (_, document) = nice.post(&path, body).await;
    assert_eq!((&document["cancelledTid"], &document["status"]), (&json!(tid), &json!("cancelled")));
}

#[tokio::test]
async fn a_card_can_be_cancelled_for_a_year() {
    let nice = Nice::start().await;
    let tid = nice.paid("order-1", CARD).await;
    let path = format!("/v1/payments/{tid}/cancel");
    nice.clock.advance(TimeDelta::days(365));
    let part = json!({ "reason": "r", "orderId": "back-1", "cancelAmt": 1 });
    assert_eq!(nice.code(&path, part).await, refused("0000"));
    nice.clock.advance(TimeDelta::seconds(1));
    assert_eq!(nice.code(&path, json!({ "reason": "r", "orderId": "back-2" })).await, refused("2016"));
}

#[tokio::test]
async fn an_account_is_issued_by_the_approval_and_paid_into_later() {
    let nice = Nice::start().await;
    let tid = nice.authenticated("order-1", VBANK).await;
    let (_, issued) = nice.post(&format!("/v1/payments/{tid}"), json!({ "amount": 13_000 })).await;
    let told = ["resultCode", "status", "paidAt", "payMethod", "approveNo", "card"];
    assert_eq!(
        json!(told.map(|name| issued[name].clone())),
        json!(["0000", "ready", "0", "vbank", null, null])
    );
    let mut vbank = issued["vbank"].clone();
    assert_eq!(vbank["vbankNumber"].take().as_str().unwrap().len(), 14);
    let wanted = json!({
        "vbankCode": "088", "vbankName": "신한은행", "vbankNumber": null,
        "vbankExpDate": "2026-03-04T10:23:45.000+0900", "vbankHolder": "shop",
    });
    assert_eq!(vbank, wanted);
    nice.clock.advance(TimeDelta::hours(1));
    let deposited = nice.act("order-1", "deposit", json!({})).await;
    assert_eq!(
        (&deposited["status"], &deposited["paidAt"]),
        (&json!("paid"), &json!("2026-03-02T11:23:45.000+0900"))
    );
    let reversed = nice.act("order-1", "reverse", json!({})).await;
    assert_eq!((&reversed["status"], &reversed["paidAt"]), (&json!("ready"), &json!("0")));
    nice.clock.advance(TimeDelta::days(3));
    assert_eq!(nice.get(&format!("/v1/payments/{tid}")).await.1["status"], "expired");
    let late = nice.act("order-1", "deposit", json!({ "late": true, "amount": 12_000 })).await;
    assert_eq!((&late["status"], &late["amount"]), (&json!("paid"), &json!(12_000)));
}

#[tokio::test]
async fn a_deposit_goes_back_to_an_account_that_the_shop_names_whole() {
    let nice = Nice::start().await;
    let tid = nice.paid("order-1", VBANK).await;
    nice.act("order-1", "deposit", json!({})).await;
    let path = format!("/v1/payments/{tid}/cancel");
    let with = |account: Value| {
        let mut body = json!({ "reason": "r", "orderId": "back-1" });
        for (name, value) in account.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    };
    let account = json!({ "refundAccount": "110123456789", "refundBankCode": "088", "refundHolder": "hong" });
    assert_eq!(nice.code(&path, with(json!({}))).await, refused("U100"));
    assert_eq!(nice.code(&path, with(json!({ "refundAccount": "110123456789" }))).await, refused("U100"));
    for (field, value) in
        [("refundAccount", "12345678901234567"), ("refundAccount", "110-12"), ("refundBankCode", "88")]
    {
        let mut unfit = account.clone();
        unfit[field] = value.into();
        assert_eq!(nice.code(&path, with(unfit)).await, refused("A212"), "{field} {value}");
    }
    nice.clock.advance(TimeDelta::days(180));
    assert_eq!(nice.post(&path, with(account)).await.1["status"], "cancelled");
}

#[tokio::test]
async fn an_account_without_a_deposit_is_called_off_as_a_whole() {
    let nice = Nice::start().await;
    let tid = nice.paid("order-1", VBANK).await;
    let path = format!("/v1/payments/{tid}/cancel");
    let part = json!({ "reason": "r", "orderId": "back-1", "cancelAmt": 1_000 });
    assert_eq!(nice.code(&path, part).await, refused("2030"));
    let whole = json!({ "reason": "r", "orderId": "back-1" });
    let (_, document) = nice.post(&path, whole.clone()).await;
    assert_eq!((&document["status"], &document["balanceAmt"]), (&json!("cancelled"), &json!(0)));
    assert_eq!(nice.code(&path, whole).await, refused("2013"));
}

#[tokio::test]
async fn an_approval_can_be_undone_by_its_order_for_an_hour() {
    let nice = Nice::start().await;
    let path = "/v1/payments/netcancel";
    let of = |order: &str| json!({ "orderId": order });
    assert_eq!(nice.code(path, of("order-1")).await, refused("2012"));
    nice.authenticated("order-1", CARD).await;
    assert_eq!(nice.code(path, of("order-1")).await, refused("2012"), "nothing was approved");
    let tid = nice.paid("order-1", CARD).await;
    nice.clock.advance(TimeDelta::hours(1));
    let forged = json!({ "orderId": "order-1", "ediDate": "now", "signData": "forged" });
    assert_eq!(nice.code(path, forged).await, refused("U312"));
    let signed =
        json!({ "orderId": "order-1", "ediDate": "now", "signData": sha256(&["order-1", "now", SECRET]) });
    let (_, document) = nice.post(path, signed).await;
    assert_eq!((&document["tid"], &document["status"]), (&json!(tid), &json!("cancelled")));
    assert_eq!(nice.code(path, of("order-1")).await, refused("2013"));
    nice.paid("order-2", CARD).await;
    nice.clock.advance(TimeDelta::seconds(3_601));
    assert_eq!(nice.code(path, of("order-2")).await, refused("2020"));
}
