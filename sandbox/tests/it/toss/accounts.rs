//! Virtual accounts: issued by a confirmation or at once, paid into, given back.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{CARD, Shop, code, told};

fn issue(order: &str) -> Value {
    json!({
        "amount": 13_000, "orderId": order, "orderName": "chair", "customerName": "hong", "bank": "우리",
        "validHours": 24, "useEscrow": true,
    })
}

fn account() -> Value {
    json!({ "bank": "20", "accountNumber": "1002123456789", "holderName": "hong" })
}

#[tokio::test]
async fn an_account_is_issued_without_a_window() {
    let shop = Shop::start().await;
    let (status, document) = shop.post("/v1/virtual-accounts", issue("order-1")).await;
    let wanted = json!(["WAITING_FOR_DEPOSIT", "가상계좌", null, true, 13_000]);
    assert_eq!(
        (status, told(&document, ["status", "method", "approvedAt", "useEscrow", "balanceAmount"])),
        (200, wanted)
    );
    let mut issued = document["virtualAccount"].clone();
    assert_eq!(issued["accountNumber"].take().as_str().unwrap().len(), 14);
    let wanted = json!({
        "accountType": "일반", "accountNumber": null, "bankCode": "20", "customerName": "hong",
        "dueDate": "2026-03-03T10:23:45+09:00", "expired": false, "settlementStatus": "INCOMPLETED",
        "refundStatus": "NONE", "refundReceiveAccount": null,
    });
    assert_eq!(issued, wanted);
    assert_eq!(
        code(&shop.post("/v1/virtual-accounts", issue("order-1")).await),
        (400, "DUPLICATED_ORDER_ID")
    );
    for (field, value, refusal) in [
        ("bank", json!("nowhere"), "INVALID_BANK"),
        ("orderId", json!("short"), "INVALID_REQUEST"),
        ("amount", json!(0), "INVALID_REQUEST"),
        ("validHours", json!(2_161), "INVALID_REQUEST"),
        ("dueDate", json!("2026-03-04"), "INVALID_REQUEST"),
    ] {
        let mut unfit = issue("order-2");
        unfit[field] = value;
        assert_eq!(code(&shop.post("/v1/virtual-accounts", unfit).await), (400, refusal), "{field}");
    }
}

#[tokio::test]
async fn a_confirmation_issues_the_account_that_the_buyer_asked_for() {
    let shop = Shop::start().await;
    let (_, mut given) = shop.buy("order-1", CARD, "issue").await;
    given.as_object_mut().unwrap().remove("paymentType");
    let (_, document) = shop.post("/v1/payments/confirm", given.clone()).await;
    assert_eq!(told(&document, ["status", "method"]), json!(["WAITING_FOR_DEPOSIT", "가상계좌"]));
    let again = shop.post("/v1/payments/confirm", given).await;
    assert_eq!(code(&again), (400, "ALREADY_PROCESSED_PAYMENT"));
    let page = shop.stage.client.post(shop.url("/pay/order-1")).body("action=abandon").send().await.unwrap();
    assert_eq!(page.status(), 200, "nobody returns to the shop from the bank");
    shop.clock.advance(TimeDelta::days(1));
    let paid = shop.act("order-1", "deposit", json!({})).await;
    assert_eq!(told(&paid, ["status", "approvedAt"]), json!(["DONE", "2026-03-03T10:23:45+09:00"]));
    let reversed = shop.act("order-1", "reverse", json!({})).await;
    assert_eq!(told(&reversed, ["status", "approvedAt"]), json!(["WAITING_FOR_DEPOSIT", null]));
    assert_eq!(shop.act("order-1", "deposit", json!({})).await["status"], "DONE");
}

#[tokio::test]
async fn a_deposit_goes_back_to_an_account_that_the_shop_names() {
    let shop = Shop::start().await;
    let (_, document) = shop
        .post("/v1/virtual-accounts", {
            let mut plain = issue("order-1");
            plain["useEscrow"] = false.into();
            plain
        })
        .await;
    let key = document["paymentKey"].as_str().unwrap();
    shop.act("order-1", "deposit", json!({})).await;
    let cancel = async |account: Value| {
        let body = json!({ "cancelReason": "r", "cancelAmount": 1_000, "refundReceiveAccount": account });
        shop.cancel(key, body).await
    };
    assert_eq!(code(&cancel(Value::Null).await), (400, "INVALID_REFUND_ACCOUNT_INFO"));
    for (field, value, refusal) in [
        ("bank", "nowhere", "INVALID_BANK"),
        ("accountNumber", "1002-123", "INVALID_REFUND_ACCOUNT_NUMBER"),
        ("holderName", " ", "INVALID_REFUND_ACCOUNT_INFO"),
    ] {
        let mut unfit = account();
        unfit[field] = value.into();
        assert_eq!(code(&cancel(unfit).await), (400, refusal));
    }
    let (_, refunded) = cancel(account()).await;
    let told_again = json!({ "bankCode": "20", "accountNumber": "1002123456789", "holderName": "hong" });
    assert_eq!(
        told(&refunded["virtualAccount"], ["refundStatus", "refundReceiveAccount"]),
        json!(["COMPLETED", told_again])
    );
    assert_eq!(told(&refunded, ["status", "balanceAmount"]), json!(["PARTIAL_CANCELED", 12_000]));
}

#[tokio::test]
async fn an_account_without_a_deposit_is_called_off_as_a_whole() {
    let shop = Shop::start().await;
    let (_, document) = shop.post("/v1/virtual-accounts", issue("order-1")).await;
    let key = document["paymentKey"].as_str().unwrap();
    let part = json!({ "cancelReason": "r", "cancelAmount": 1_000 });
    assert_eq!(code(&shop.cancel(key, part).await), (403, "NOT_ALLOWED_PARTIAL_REFUND_WAITING_DEPOSIT"));
    let (_, canceled) = shop.cancel(key, json!({ "cancelReason": "r" })).await;
    assert_eq!(told(&canceled, ["status", "balanceAmount"]), json!(["CANCELED", 0]));
    assert_eq!(canceled["cancels"][0]["cancelAmount"], 13_000);
    assert_eq!(
        code(&shop.cancel(key, json!({ "cancelReason": "r" })).await),
        (400, "ALREADY_CANCELED_PAYMENT")
    );
    let (_, other) = shop.post("/v1/virtual-accounts", issue("order-2")).await;
    shop.clock.advance(TimeDelta::hours(25));
    let late = shop.document(other["paymentKey"].as_str().unwrap()).await;
    assert_eq!(late["virtualAccount"]["expired"], true);
}
