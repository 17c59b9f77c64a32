//! Giving back, virtual accounts and cash receipts.

use sandbox::{Channel, SandboxConfig};
use serde_json::{Value, json};

use super::{V1, card, failure, held};

#[tokio::test]
async fn failures_come_with_http_200() {
    let v1 = V1::start().await;
    let id = v1.paid("order-1", card()).await;
    let cancel = async |body: Value| v1.post("/payments/cancel", body).await;
    let unknown = (200, 1, "취소할 결제건이 존재하지 않습니다.");
    assert_eq!(failure(&cancel(json!({ "imp_uid": "imp_1" })).await), unknown);
    assert_eq!(failure(&cancel(json!({ "imp_uid": "imp_1", "merchant_uid": "order-1" })).await), unknown);
    assert_eq!(failure(&cancel(json!({ "imp_uid": id, "amount": 14_000 })).await).0, 200);
    assert_eq!(failure(&cancel(json!({ "imp_uid": id, "amount": 0.5 })).await).1, 1);
    assert_eq!(failure(&cancel(json!({ "imp_uid": id, "checksum": 12_999 })).await).1, 1);
    assert_eq!(
        v1.get(&format!("/payments/{id}")).await.1["response"]["cancel_amount"],
        0,
        "nothing was done"
    );
    assert_eq!(cancel(json!({ "imp_uid": id })).await.1["code"], 0);
    assert_eq!(failure(&cancel(json!({ "imp_uid": id })).await), (200, 1, "이미 전액취소된 주문입니다."));
}

#[tokio::test]
async fn a_part_makes_it_cancelled_and_nought_is_all_the_rest() {
    let v1 = V1::start().await;
    let id = v1.paid("order-1", card()).await;
    let part = json!({ "merchant_uid": "order-1", "amount": "3000", "checksum": 13_000, "reason": "변심" });
    let (_, answer) = v1.post("/payments/cancel", part).await;
    let shown = &answer["response"];
    assert_eq!((&shown["status"], &shown["cancel_amount"]), (&json!("cancelled"), &json!(3_000)));
    assert_eq!((&shown["amount"], &shown["cancelled_at"]), (&json!(13_000), &json!(1_800_000_000)));
    let made = shown["cancel_history"][0]["cancellation_id"].as_str().unwrap().to_owned();
    let history = json!([{
        "pg_tid": format!("sandbox-{made}"), "amount": 3_000, "cancelled_at": 1_800_000_000, "reason": "변심",
        "cancellation_id": made, "receipt_url": format!("https://sandbox.invalid/receipts/{made}"),
    }]);
    assert_eq!(shown["cancel_history"], history);
    let rest = v1.post("/payments/cancel", json!({ "imp_uid": id, "amount": 0, "checksum": 10_000 })).await;
    assert_eq!(rest.1["response"]["cancel_amount"], 13_000);
}

#[tokio::test]
async fn an_escrow_is_not_cancelled_in_part_nor_after_the_purchase_is_confirmed() {
    let v1 = V1::start().await;
    let id = v1.paid("order-1", held()).await;
    let part = v1.post("/payments/cancel", json!({ "imp_uid": id, "amount": 1_000 })).await;
    assert_eq!(failure(&part), (200, -1, "에스크로 결제는 부분취소할 수 없습니다."));
    v1.act("order-1", "escrow", json!({ "status": "REGISTERED" })).await;
    v1.act("order-1", "escrow", json!({ "status": "CONFIRMED" })).await;
    let late = v1.post("/payments/cancel", json!({ "imp_uid": id })).await;
    assert_eq!(failure(&late), (200, -1, "구매결정된 에스크로 결제는 취소할 수 없습니다."));

    let channels = vec![Channel { partial_cancel_of_escrow: true, ..Channel::default() }];
    let v1 = V1::with(SandboxConfig { channels, ..SandboxConfig::default() }).await;
    let id = v1.paid("order-1", held()).await;
    let part = v1.post("/payments/cancel", json!({ "imp_uid": id, "amount": 1_000 })).await;
    assert_eq!(part.1["response"]["cancel_amount"], 1_000);
}

#[tokio::test]
async fn a_virtual_account_is_issued_altered_paid_and_given_back_to_an_account() {
    let v1 = V1::start().await;
    let missing = v1.post("/vbanks", json!({ "merchant_uid": "o", "amount": 1 })).await;
    assert_eq!(failure(&missing), (400, 1, "파라미터 누락: vbank_code, vbank_due, vbank_holder"));
    let wanted = json!({
        "merchant_uid": "order-1", "amount": 13_000, "vbank_code": "088", "vbank_due": 1_800_086_400,
        "vbank_holder": "가게",
    });
    let (_, issued) = v1.post("/vbanks", wanted).await;
    let shown = &issued["response"];
    assert_eq!((&shown["status"], &shown["pay_method"]), (&json!("ready"), &json!("vbank")));
    assert_eq!(
        (&shown["vbank_date"], &shown["vbank_issued_at"]),
        (&json!(1_800_086_400), &json!(1_800_000_000))
    );
    assert_eq!(shown["vbank_holder"], "가게");
    let id = shown["imp_uid"].as_str().unwrap().to_owned();
    let path = format!("/vbanks/{id}");
    let altered = v1.call("PUT", &path, json!({ "amount": 12_000 })).await;
    assert_eq!(altered.1["response"]["amount"], 12_000);
    v1.act("order-1", "deposit", json!({})).await;
    assert_eq!(v1.call("PUT", &path, json!({ "amount": 1 })).await.0, 400);
    assert_eq!(v1.call("DELETE", &path, json!({})).await.0, 400);
    assert_eq!(v1.call("DELETE", "/vbanks/imp_1", json!({})).await.0, 404);

    let nowhere = v1.post("/payments/cancel", json!({ "imp_uid": id, "refund_holder": "홍길동" })).await;
    assert_eq!(failure(&nowhere).0, 200);
    let somewhere =
        json!({ "imp_uid": id, "refund_holder": "홍길동", "refund_bank": "088", "refund_account": "110" });
    assert_eq!(v1.post("/payments/cancel", somewhere).await.1["response"]["status"], "cancelled");
}

#[tokio::test]
async fn a_revoked_account_takes_nothing() {
    let v1 = V1::start().await;
    let vbank = json!({ "totalAmount": 13_000, "payMethod": "VIRTUAL_ACCOUNT" });
    let issued = v1.act("order-1", "issue", json!({ "checkout": vbank })).await;
    let path = format!("/vbanks/{}", issued["imp_uid"].as_str().unwrap());
    assert_eq!(v1.call("DELETE", &path, json!({})).await.1["response"]["status"], "failed");
    let url = format!("{}/portone-v1/payments/order-1/deposit", v1.stage.sandbox.control_url());
    assert_eq!(v1.stage.client.post(url).send().await.unwrap().status(), 409);
}

#[tokio::test]
async fn a_deposit_may_be_short_over_late_or_taken_back() {
    let v1 = V1::start().await;
    let vbank = || json!({ "checkout": { "totalAmount": 13_000, "payMethod": "VIRTUAL_ACCOUNT" } });
    for (order, amount) in [("short", 12_000), ("over", 14_000)] {
        v1.act(order, "issue", vbank()).await;
        let paid = v1.act(order, "deposit", json!({ "amount": amount })).await;
        assert_eq!((&paid["status"], &paid["amount"]), (&json!("paid"), &json!(amount)));
    }
    v1.act("back", "issue", vbank()).await;
    v1.act("back", "deposit", json!({})).await;
    assert_eq!(v1.act("back", "reverse", json!({})).await["status"], "ready");
    v1.act("late", "issue", vbank()).await;
    v1.clock.advance(chrono::TimeDelta::days(8));
    let url = format!("{}/portone-v1/payments/late/deposit", v1.stage.sandbox.control_url());
    assert_eq!(v1.stage.client.post(url).send().await.unwrap().status(), 409);
    assert_eq!(v1.act("late", "deposit", json!({ "late": true })).await["status"], "paid");
}

#[tokio::test]
async fn cash_receipts_are_for_money_from_a_bank_account() {
    let v1 = V1::start().await;
    let (card, held) = (v1.paid("order-1", card()).await, v1.paid("order-2", held()).await);
    let wanted = json!({ "identifier": "01012345678" });
    assert_eq!(v1.post(&format!("/receipts/{card}"), wanted.clone()).await.0, 501);
    let path = format!("/receipts/{held}");
    assert_eq!(v1.get(&path).await.0, 404);
    assert_eq!(v1.post(&path, json!({})).await.0, 400);
    let (_, issued) = v1.post(&path, wanted.clone()).await;
    assert_eq!(
        (&issued["response"]["type"], &issued["response"]["amount"]),
        (&json!("person"), &json!(13_000))
    );
    assert_eq!(v1.post(&path, wanted).await.0, 400, "once");
    assert_eq!(v1.call("DELETE", &path, json!({})).await.1["response"]["cancelled_at"], 1_800_000_000);
}
