//! A gateway in trouble can be seen: in the metrics, and by whoever follows the order.

use chrono::Duration;
use serde_json::json;
use tests::http::Reply;

use super::{ALL, Shop, shop};

/// The sum of all samples of a metric whose labels hold all of `labels`.
fn sum(told: &Reply, name: &str, labels: &[(&str, &str)]) -> i64 {
    let text = told.text();
    let fits = |line: &&str| {
        let of_name = line.strip_prefix(name).is_some_and(|rest| rest.starts_with(['{', ' ']));
        of_name && labels.iter().all(|(label, value)| line.contains(&format!("{label}=\"{value}\"")))
    };
    let samples: Vec<&str> = text.lines().filter(fits).collect();
    assert!(!samples.is_empty(), "no {name} with {labels:?} in {text}");
    samples.iter().map(|line| line.rsplit(' ').next().unwrap().parse::<i64>().unwrap()).sum()
}

async fn metrics(shop: &Shop) -> Reply {
    let told = shop.world.nobody().get("/metrics").send().await;
    assert_eq!(told.status, 200, "{}", told.text());
    assert_eq!(told.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    told
}

async fn calls(shop: &Shop, gateway: &str, outcome: &str) -> i64 {
    let labels = [("gateway", gateway), ("outcome", outcome)];
    sum(&metrics(shop).await, "escrow_gateway_calls_total", &labels)
}

#[tokio::test]
async fn what_a_broken_gateway_answers_is_counted_and_the_others_go_on() {
    for (broken, fault, outcome) in [
        ("toss", json!("html"), "unreadable"),
        ("portone_v1", json!({ "error": { "status": 500 } }), "server_error"),
        ("nicepay", json!("timeout_before"), "timed_out"),
    ] {
        let shop = shop().await;
        let (order, payment) = shop.begun(broken, "card").await;
        assert_eq!(calls(&shop, broken, outcome).await, 0, "{broken}");
        shop.world.counter.fault_at(&payment.protocol(), ("*", fault), None).await;
        shop.world.passes(Duration::minutes(1)).await;
        assert!(calls(&shop, broken, outcome).await > 0, "{broken}");
        let failing = sum(&metrics(&shop).await, "escrow_gateway_failures_in_a_row", &[("gateway", broken)]);
        assert!(failing > 0, "{broken}");
        let others: Vec<&str> = ALL.into_iter().filter(|gateway| *gateway != broken).collect();
        for other in &others {
            shop.paid(other, "card").await;
            assert_eq!(calls(&shop, other, outcome).await, 0, "{other} beside {broken}");
            assert!(calls(&shop, other, "answered").await > 0, "{other} beside {broken}");
        }
        let told = metrics(&shop).await;
        assert!(sum(&told, "escrow_tasks", &[("kind", "poll"), ("state", "retrying")]) > 0, "{broken}");
        silence_is_told(&shop, &order, broken).await;
    }
}

/// The order's own story says so, once, and that it is over.
async fn silence_is_told(shop: &Shop, order: &tests::actors::Order, broken: &str) {
    let story = async || {
        let timeline = shop.world.timeline(order).await;
        let names = timeline.iter().map(|moment| moment["event"].as_str().unwrap().to_owned());
        names.filter(|name| name.starts_with("Gateway")).collect::<Vec<_>>()
    };
    assert_eq!(story().await, ["GatewayDidNotAnswer"], "{broken}");
    shop.world.counter.heals().await;
    shop.world.passes(Duration::minutes(11)).await;
    assert_eq!(story().await, ["GatewayDidNotAnswer", "GatewayAnswered"], "{broken}");
    let failing = sum(&metrics(shop).await, "escrow_gateway_failures_in_a_row", &[("gateway", broken)]);
    assert_eq!(failing, 0, "{broken}");
}

#[tokio::test]
async fn the_metrics_say_where_log_views_tasks_and_doubts_stand_and_nothing_about_anybody() {
    let shop = shop().await;
    let (_, payment) = shop.paid("portone_v2", "card").await;
    shop.world.counter.fault(tests::counter::CANCEL, json!("timeout_before"), 1).await;
    shop.world.operator.refunds(&payment).await.ok();
    shop.world.settle().await;
    let told = metrics(&shop).await;
    assert_eq!(sum(&told, "escrow_log_head", &[]), shop.world.head().await);
    assert_eq!(sum(&told, "escrow_projection_lag", &[]), 0);
    assert_eq!(sum(&told, "escrow_projection_parked", &[]), 0);
    assert_eq!(sum(&told, "escrow_processes_lag", &[]), 0);
    assert_eq!(sum(&told, "escrow_payments_in_doubt", &[]), 1);
    assert_eq!(sum(&told, "escrow_inbox_unprocessed", &[]), 0);
    assert_eq!(sum(&told, "escrow_tasks", &[("kind", "refund"), ("state", "retrying")]), 1);
    assert_eq!(sum(&told, "escrow_metrics_missing", &[]), 0);
    let text = told.text();
    for private in ["hong", "carpenter", "pay_", "ord_", "cus_", payment.gateway_id.as_str()] {
        assert!(!text.contains(private), "{private} is in {text}");
    }
    assert!(text.lines().count() < 400, "{}", text.lines().count());
}
