//! Cancellations.

use sandbox::SandboxConfig;
use serde_json::json;

use super::{CARD, ESCROW, Shop, code, told};

#[tokio::test]
async fn parts_are_cancelled_until_nothing_is_left() {
    let shop = Shop::start().await;
    let key = shop.paid("order-1", &format!("{CARD}&taxFreeAmount=2000")).await;
    let part = json!({ "cancelReason": "broken", "cancelAmount": 3_000, "taxFreeAmount": 800 });
    let (_, first) = shop.cancel(&key, part).await;
    let entry = json!({
        "cancelReason": "broken", "canceledAt": "2026-03-02T10:23:45+09:00", "cancelAmount": 3_000,
        "taxFreeAmount": 800, "taxExemptionAmount": 0, "refundableAmount": 10_000, "transferDiscountAmount": 0,
        "easyPayDiscountAmount": 0, "transactionKey": first["lastTransactionKey"], "receiptKey": null,
        "cancelStatus": "DONE", "cancelRequestId": null,
    });
    assert_eq!(first["cancels"], json!([entry]));
    let sums = ["status", "totalAmount", "balanceAmount", "suppliedAmount", "vat", "taxFreeAmount"];
    assert_eq!(told(&first, sums), json!(["PARTIAL_CANCELED", 13_000, 10_000, 8_000, 800, 1_200]));
    let over = json!({ "cancelReason": "r", "cancelAmount": 10_001 });
    let words = json!({ "code": "NOT_CANCELABLE_AMOUNT", "message": "취소 할 수 없는 금액 입니다." });
    assert_eq!(shop.cancel(&key, over).await, (403, words));
    let other = json!({ "cancelReason": "r", "cancelAmount": 1, "refundableAmount": 13_000 });
    assert_eq!(code(&shop.cancel(&key, other).await), (400, "NOT_MATCHES_REFUNDABLE_AMOUNT"));
    for unfit in [
        json!({}),
        json!({ "cancelReason": "" }),
        json!({ "cancelReason": "r", "cancelAmount": 0 }),
        json!({ "cancelReason": "r".repeat(201) }),
    ] {
        assert_eq!(code(&shop.cancel(&key, unfit).await), (400, "INVALID_REQUEST"));
    }
    let (_, rest) = shop.cancel(&key, json!({ "cancelReason": "all of it", "taxFreeAmount": 1_200 })).await;
    assert_eq!(told(&rest, sums), json!(["CANCELED", 13_000, 0, 0, 0, 0]));
    let again = shop.cancel(&key, json!({ "cancelReason": "r" })).await;
    let words = json!({ "code": "ALREADY_CANCELED_PAYMENT", "message": "이미 취소된 결제 입니다." });
    assert_eq!(again, (400, words));
}

#[tokio::test]
async fn what_is_not_paid_or_held_in_part_is_not_cancelled() {
    let shop = Shop::start().await;
    let whole = json!({ "cancelReason": "r" });
    assert_eq!(code(&shop.cancel("tgen_nobody", whole.clone()).await), (404, "NOT_FOUND_PAYMENT"));
    let waiting = shop.authenticated("waiting", CARD).await;
    let waiting = shop.cancel(waiting["paymentKey"].as_str().unwrap(), whole.clone()).await;
    assert_eq!(code(&waiting), (403, "NOT_CANCELABLE_PAYMENT"));
    let held = shop.paid("order-1", ESCROW).await;
    let document = shop.document(&held).await;
    let wanted = json!([true, false, "계좌이체", { "bankCode": "88", "settlementStatus": "INCOMPLETED" }]);
    assert_eq!(told(&document, ["useEscrow", "isPartialCancelable", "method", "transfer"]), wanted);
    let part = json!({ "cancelReason": "r", "cancelAmount": 1_000 });
    assert_eq!(code(&shop.cancel(&held, part).await), (403, "NOT_ALLOWED_PARTIAL_REFUND"));
    shop.act("order-1", "escrow", json!({ "status": "REGISTERED" })).await;
    shop.act("order-1", "escrow", json!({ "status": "CONFIRMED" })).await;
    assert_eq!(code(&shop.cancel(&held, whole.clone()).await), (403, "NOT_CANCELABLE_PAYMENT"));
    let held = shop.paid("order-2", ESCROW).await;
    assert_eq!(shop.cancel(&held, whole).await.1["status"], "CANCELED");
}

#[tokio::test]
async fn dollars_have_decimals() {
    let shop = Shop::start().await;
    let arguments = CARD.replace("amount=13000", "amount=10.50&currency=USD");
    let given = shop.authenticated("order-1", &arguments).await;
    assert_eq!(given["amount"], "10.5");
    let key = given["paymentKey"].as_str().unwrap().to_owned();
    let mut confirm = given.clone();
    for other in [json!(10), json!(10.51), json!("1050")] {
        confirm["amount"] = other;
        assert_eq!(
            code(&shop.post("/v1/payments/confirm", confirm.clone()).await),
            (403, "FORBIDDEN_REQUEST")
        );
    }
    confirm["amount"] = json!(10.5);
    assert_eq!(
        told(&shop.post("/v1/payments/confirm", confirm).await.1, ["currency", "totalAmount"]),
        json!(["USD", 10.5])
    );
    let part = json!({ "cancelReason": "r", "cancelAmount": 0.25 });
    let (_, document) = shop.cancel(&key, part).await;
    assert_eq!(
        (&document["cancels"][0]["cancelAmount"], &document["balanceAmount"]),
        (&json!(0.25), &json!(10.25))
    );
}

#[tokio::test]
async fn a_cancellation_may_take_its_time_or_fail() {
    let shop = Shop::start().await;
    let key = shop.paid("order-1", CARD).await;
    let route = "POST /v1/payments/{paymentKey}/cancel";
    let part = || json!({ "cancelReason": "r", "cancelAmount": 1_000 });
    shop.stage.control("/faults", json!({ "route": route, "fault": "cancel_requested" })).await;
    let (_, taken_on) = shop.cancel(&key, part()).await;
    assert_eq!(told(&taken_on, ["status", "balanceAmount"]), json!(["DONE", 13_000]));
    assert_eq!(taken_on["cancels"][0]["cancelStatus"], "IN_PROGRESS");
    let settled = shop.act("order-1", "settle", json!({ "succeeded": true })).await;
    assert_eq!(told(&settled, ["status", "balanceAmount"]), json!(["PARTIAL_CANCELED", 12_000]));
    shop.stage.control("/faults", json!({ "route": route, "fault": "cancel_failed" })).await;
    assert_eq!(code(&shop.cancel(&key, part()).await), (500, "FAILED_REFUND_PROCESS"));
    let failed = shop.document(&key).await;
    assert_eq!(
        (&failed["cancels"][1]["cancelStatus"], &failed["balanceAmount"]),
        (&json!("ABORTED"), &json!(12_000))
    );
}

#[tokio::test]
async fn what_the_script_breaks_is_broken_before_or_after_the_effect() {
    let shop = Shop::start().await;
    let fault = async |route: &str, fault: serde_json::Value| {
        shop.stage.control("/faults", json!({ "route": route, "fault": fault })).await;
    };
    let route = "POST /v1/payments/confirm";
    let given = shop.authenticated("order-1", CARD).await;
    let key = given["paymentKey"].as_str().unwrap().to_owned();
    let confirm = async || shop.post("/v1/payments/confirm", given.clone()).await;
    fault(route, json!({ "error": { "status": 500 } })).await;
    assert_eq!(code(&confirm().await), (500, "FAILED_INTERNAL_SYSTEM_PROCESSING"));
    fault(route, json!("pg_refuses")).await;
    assert_eq!(code(&confirm().await), (403, "REJECT_CARD_PAYMENT"));
    assert_eq!(shop.document(&key).await["status"], "IN_PROGRESS");
    fault(route, json!("truncated")).await;
    assert_eq!(confirm().await, (200, serde_json::Value::Null));
    assert_eq!(shop.document(&key).await["status"], "DONE");
    fault("capture", json!({ "other_amount": { "by": 1 } })).await;
    let other = shop.paid("order-2", CARD).await;
    assert_eq!(shop.document(&other).await["totalAmount"], 13_001);
    fault("capture", json!("lost_escrow")).await;
    let other = shop.paid("order-3", ESCROW).await;
    assert_eq!(shop.document(&other).await["useEscrow"], false);
}

#[tokio::test]
async fn what_was_paid_before_a_restart_can_be_given_back_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("sandbox.jsonl");
    let config = || SandboxConfig { journal: Some(journal.clone()), ..SandboxConfig::default() };
    let shop = Shop::with(config()).await;
    let key = shop.paid("order-1", CARD).await;
    let waiting = shop.authenticated("order-2", CARD).await;
    let before = shop.document(&key).await;
    shop.stage.sandbox.stop().await;
    let shop = Shop::with(config()).await;
    assert_eq!(shop.document(&key).await, before);
    assert_eq!(shop.get("/v1/payments/orders/order-1").await.1, before);
    assert_eq!(shop.post("/v1/payments/confirm", waiting).await.0, 200);
    assert_eq!(shop.cancel(&key, json!({ "cancelReason": "r" })).await.1["status"], "CANCELED");
}
