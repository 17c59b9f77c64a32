//! A NicePay that wants the day of the order beside its id, as the manual says, and one that finds nothing.

use std::sync::{Arc, Mutex};

use axum::{Router, extract::RawQuery, routing::get};
use gateways::{LookupError, Nicepay, PaymentGateway, Secret, Status, nicepay::NicepayConfig};
use serde_json::json;

/// Made at half past eleven at night on the first of March, in Seoul.
const LATE: &str = "019ca9ce5e4070008000000000000000";

type Asked = Arc<Mutex<Vec<String>>>;

/// A gateway that finds the order on `day` alone, and says `without` to a question without a day.
async fn gateway(day: &'static str, without: &'static str) -> (Nicepay, Asked) {
    let asked = Asked::default();
    let seen = Arc::clone(&asked);
    let find = move |RawQuery(query): RawQuery| async move {
        let query = query.unwrap_or_default();
        seen.lock().unwrap().push(query.clone());
        let found = json!({
            "resultCode": "0000", "tid": "t1", "orderId": LATE, "status": "paid", "amount": 13_000,
            "balanceAmt": 13_000, "paidAt": "2026-03-02T00:10:00.000+0900", "useEscrow": false,
        });
        let code = if query.is_empty() { without } else { "A118" };
        let nothing = json!({ "resultCode": code, "resultMsg": "x" });
        if query == format!("orderDate={day}") { found.to_string() } else { nothing.to_string() }
    };
    let app = Router::new().route("/v1/payments/find/{id}", get(find));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    let config = NicepayConfig {
        base_url,
        client_key: "S2_client".into(),
        secret_key: Secret::new("secret"),
        live: false,
        sdk_url: String::new(),
        pay_page: None,
        limits: NicepayConfig::LIMITS,
    };
    (Nicepay::new(&config).unwrap(), asked)
}

#[tokio::test]
async fn an_order_is_found_by_its_day_also_when_it_was_made_near_midnight() {
    for without in ["A118", "A117"] {
        let (gateway, asked) = gateway("20260302", without).await;
        assert_eq!(gateway.lookup(LATE).await.unwrap().unwrap().status, Status::Paid, "{without}");
        assert_eq!(*asked.lock().unwrap(), ["", "orderDate=20260301", "orderDate=20260302"]);
    }
}

#[tokio::test]
async fn an_order_is_unknown_only_when_no_question_finds_it() {
    let (gateway, asked) = gateway("20260401", "A118").await;
    assert_eq!(gateway.lookup(LATE).await, Ok(None));
    assert_eq!(asked.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn another_no_is_no_answer_about_the_payment() {
    let (gateway, asked) = gateway("20260301", "A224").await;
    assert_eq!(gateway.lookup(LATE).await, Err(LookupError::Unavailable("A224: x".into())));
    assert_eq!(*asked.lock().unwrap(), [""]);
}
