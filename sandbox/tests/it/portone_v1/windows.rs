//! The pay window: what opens, what stays shut, and how the browser comes back.

use axum::{Router, http::StatusCode, routing::post};
use reqwest::redirect::Policy;
use serde_json::{Value, json};
use tokio::sync::mpsc::unbounded_channel;

use super::{V1, card};

/// A browser that does not follow where it is sent.
fn browser() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().redirect(Policy::none()).build().unwrap()
}

async fn click(v1: &V1, order: &str, action: &str) -> (u16, String, String) {
    let form = format!("action={action}");
    let answer = browser().post(v1.url(&format!("/pay/{order}"))).body(form).send().await.unwrap();
    let to = answer.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
    (answer.status().as_u16(), to.unwrap_or_default(), answer.text().await.unwrap())
}

async fn opens(v1: &V1, address: &str) -> (u16, String) {
    let answer = browser().get(v1.url(address)).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test]
async fn a_window_with_another_amount_than_registered_stays_shut() {
    let v1 = V1::start().await;
    v1.post("/payments/prepare", json!({ "merchant_uid": "order-1", "amount": 13_000 })).await;
    assert_eq!(opens(&v1, "/pay/order-1?amount=12000&pay_method=card").await.0, 409);
    assert_eq!(v1.get("/payments/find/order-1").await.0, 404, "no payment came of it");
    let (status, text) = opens(&v1, "/pay/order-1?amount=12000&embedded=true").await;
    assert_eq!(status, 200);
    assert!(text.contains(r#""error_msg":"the amount is not the amount that was registered""#), "{text}");
    let (status, text) = opens(&v1, "/pay/order-1?amount=13000&pay_method=card&name=%3Cb%3E").await;
    assert_eq!(status, 200);
    assert!(text.contains("&lt;b&gt;") && text.contains("13,000"), "{text}");
}

#[tokio::test]
async fn arguments_are_checked_and_an_order_is_paid_once() {
    let v1 = V1::start().await;
    let long = "o".repeat(41);
    assert_eq!(opens(&v1, &format!("/pay/{long}?amount=1000")).await.0, 409);
    for wrong in ["amount=10.5", "amount=1000&pay_method=gold"] {
        assert_eq!(opens(&v1, &format!("/pay/order-1?{wrong}")).await.0, 400, "{wrong}");
    }
    for wrong in ["amount=1000&pg=nobody", "amount=1000&user_code=imp99999999", "pay_method=card"] {
        assert_eq!(opens(&v1, &format!("/pay/order-1?{wrong}")).await.0, 409, "{wrong}");
    }
    let first = v1.paid("order-1", card()).await;
    let (status, text) = opens(&v1, "/pay/order-1?amount=13000").await;
    assert!(status == 200 && text.contains("결제 완료") && !text.contains("<button"), "{text}");
    assert_eq!(v1.get("/payments/findAll/order-1").await.1["response"]["list"][0]["imp_uid"], first);

    let kcp = V1::of_pg("KCP_V2").await;
    let held = "/pay/order-1?amount=1000&escrow=true&pg=kcp.T0000";
    assert_eq!(opens(&kcp, held).await.0, 409, "KCP wants the products");
    assert_eq!(opens(&kcp, &format!("{held}&kcpProducts=%5B%5D")).await.0, 200);
}

#[tokio::test]
async fn a_phones_browser_is_sent_back_with_the_ids() {
    let v1 = V1::start().await;
    let window = "amount=13000&mobile=true&m_redirect_url=http%3A%2F%2Fshop.test%2Fdone%3Fa%3D1";
    for (order, action, end) in [
        ("order-1", "approve", ""),
        ("order-2", "decline", "&error_code=F400&error_msg="),
        ("order-3", "abandon", "&error_code=F1001&error_msg="),
    ] {
        opens(&v1, &format!("/pay/{order}?{window}")).await;
        let (status, to, _) = click(&v1, order, action).await;
        let id = v1.get(&format!("/payments/find/{order}")).await.1["response"]["imp_uid"].clone();
        let wanted =
            format!("http://shop.test/done?a=1&imp_uid={}&merchant_uid={order}{end}", id.as_str().unwrap());
        assert_eq!(status, 303);
        assert!(to.starts_with(&wanted), "{to}");
    }
}

#[tokio::test]
async fn a_window_over_the_shops_page_tells_that_page() {
    let v1 = V1::start().await;
    opens(&v1, "/pay/order-1?amount=13000&embedded=true&buyer_name=%3C%2Fscript%3E").await;
    let (status, _, text) = click(&v1, "order-1", "approve").await;
    let told = text.split_once("parent.postMessage(").unwrap().1.split_once(", \"*\")").unwrap().0;
    let told: Value = serde_json::from_str(told).unwrap();
    let id = v1.get("/payments/find/order-1").await.1["response"]["imp_uid"].clone();
    assert_eq!(status, 200);
    let wanted = json!({
        "success": true, "imp_success": true, "imp_uid": id, "merchant_uid": "order-1", "paid_amount": 13_000,
        "status": "paid", "error_code": null, "error_msg": null,
    });
    assert_eq!(told, wanted);
    let again = click(&v1, "order-1", "approve").await;
    assert!(again.2.contains(r#""success":false"#), "{}", again.2);
    opens(&v1, "/pay/order-2?amount=13000&embedded=true&pay_method=vbank").await;
    assert!(click(&v1, "order-2", "issue").await.2.contains(r#""status":"ready""#));
    assert!(click(&v1, "order-2", "deposit").await.2.contains("결제 완료"), "nobody is there to be told");
    let script = opens(&v1, "/v1/iamport.js").await;
    assert!(script.0 == 200 && script.1.contains("request_pay"));
}

#[tokio::test]
async fn the_shop_is_asked_before_the_capture_and_its_no_is_recorded() {
    let (sender, mut heard) = unbounded_channel();
    let answer = move |body: String| async move {
        let asked: Value = serde_json::from_str(&body).unwrap();
        let stock = asked["amount"] == 13_000;
        sender.send(asked).unwrap();
        if stock { (StatusCode::OK, "{}") } else { (StatusCode::CONFLICT, r#"{"reason":"재고 부족"}"#) }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let confirm = format!("http://{}/confirm", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, Router::new().route("/confirm", post(answer))).into_future());
    let v1 = V1::start().await;
    let id = v1.paid("order-1", json!({ "totalAmount": 13_000, "confirmUrl": confirm })).await;
    let asked = json!({ "imp_uid": id, "merchant_uid": "order-1", "amount": 13_000 });
    assert_eq!(heard.recv().await.unwrap(), asked);
    let checkout = json!({ "checkout": { "totalAmount": 14_000, "confirmUrl": confirm } });
    let blocked = v1.act("order-2", "approve", checkout).await;
    assert_eq!((&blocked["status"], &blocked["fail_reason"]), (&json!("failed"), &json!("재고 부족")));
    let nobody = json!({ "checkout": { "totalAmount": 13_000, "confirmUrl": "http://127.0.0.1:9/" } });
    assert_eq!(v1.act("order-3", "approve", nobody).await["status"], "failed");
}
