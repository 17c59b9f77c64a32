//! A database that is down, and one that must not be trusted.

use futures::future::join_all;
use serde_json::json;
use testbed::Postgres;
use tests::{
    Databases, World,
    actors::{Order, Payment, order_body, text},
    http::Reply,
    program::Settings,
};

/// How long a caller may be kept waiting for the news that the database is down.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(10);

#[tokio::test]
async fn a_database_that_is_down_is_503_and_nothing_acknowledged_is_lost_and_nothing_is_restarted() {
    let mut server = Postgres::start().await.unwrap();
    let world = World::open_on(Databases::of(&server).await).await;
    let (carpenter, hong) = (world.seller("carpenter").await, world.buyer("hong").await);
    let chair = carpenter.sells("chair", 10_000, 50).await;
    let body = order_body(&[(&chair, 1)]);
    let before = Order::placed(&hong.0.http.post("/orders", &body).key("before").send().await);
    let paid = hong.orders(&[(&chair, 1)]).await;
    let payment = world.pays(&hong, &paid).await;
    world.settle().await;
    let (head, chain) = (world.head().await, world.chain_is_whole().await);

    server.stop_hard();
    let is_down = |reply: &Reply, code: &str| {
        reply.refused(503, code);
        assert!(
            reply.header("retry-after").is_some_and(|value| value.parse::<u32>().is_ok()),
            "{}",
            reply.what
        );
    };
    let began = std::time::Instant::now();
    is_down(&hong.0.http.post("/orders", &body).key("meanwhile").send().await, "unavailable");
    is_down(&hong.tries_to_cancel(&paid).await, "unavailable");
    is_down(&hong.0.http.get(&format!("/orders/{}", paid.id)).send().await, "unavailable");
    is_down(&world.nobody().get("/products").send().await, "unavailable");
    is_down(&world.nobody().get("/ready").send().await, "not_ready");
    let log_in = json!({ "email": hong.0.email, "password": "correct horse battery" });
    is_down(&world.nobody().post("/auth/login", &log_in).send().await, "unavailable");
    world.nobody().get("/health").send().await.ok();
    assert!(began.elapsed() < PATIENCE * 6, "{:?}", began.elapsed());

    server.restart().await.unwrap();
    world.is_ready_again().await;
    // As `Retry-After` says: again, under the same key.
    let meanwhile = loop {
        let again = hong.0.http.post("/orders", &body).key("meanwhile").send().await;
        if again.status != 503 {
            break Order::placed(&again);
        }
        assert!(began.elapsed() < PATIENCE * 8, "still down: {}", again.text());
    };
    let again = hong.0.http.post("/orders", &body).key("before").send().await;
    assert_eq!(
        (text(&again.ok(), "order_id"), again.header("idempotency-replayed")),
        (before.id, Some("true"))
    );
    assert!(world.head().await > head);
    assert_eq!(world.chain_is_whole().await.events, world.head().await);
    assert!(chain.events == head);

    world.is_settled_again().await;
    assert_eq!(world.status(&meanwhile).await, "awaiting_payment");
    assert_eq!(hong.cancels(&paid).await, "cancelling");
    world.is_settled_again().await;
    assert_eq!(world.status(&paid).await, "cancelled");
    assert_eq!(world.counter.given_back(&payment).await, 10_000);
    world.audit().await;
}

#[tokio::test]
async fn a_gateway_that_asks_before_it_captures_is_told_no_in_time_while_the_stock_cannot_be_secured() {
    let mut server = Postgres::start().await.unwrap();
    let world = World::open_on(Databases::of(&server).await).await;
    let (carpenter, hong) = (world.seller("carpenter").await, world.buyer("hong").await);
    let chair = carpenter.sells("chair", 10_000, 50).await;
    let mut orders = vec![];
    for gateway in ["portone_v1", "portone_v2"] {
        let order = hong.orders(&[(&chair, 1)]).await;
        let payment = hong.begins_to_pay_at(&order, gateway, "card").await;
        orders.push((order, payment));
    }
    world.settle().await;
    server.stop_hard();
    let began = std::time::Instant::now();
    // The gateways wait ten seconds for a yes, and then would not capture either; but they would not know why.
    let left = join_all(orders.iter().map(|(_, payment)| world.leaves(payment, "approve"))).await;
    for ((_, payment), left) in orders.iter().zip(left) {
        let asked = left.to.split_once('?').unwrap().1;
        assert!(asked.contains("the+shop+could+not+secure+the+stock+in+time"), "{asked}");
        assert_eq!(world.counter.moved(payment).await.captured, 0, "{}", payment.gateway);
    }
    server.restart().await.unwrap();
    world.is_ready_again().await;
    world.is_settled_again().await;
    for (order, payment) in &orders {
        assert_eq!(world.counter.moved(payment).await.captured, 0, "{}", payment.gateway);
        let body =
            json!({ "order_id": order.id, "escrow": false, "gateway": payment.gateway, "method": "card" });
        let again = loop {
            // As `Retry-After` says: again, under the same key.
            let again = hong.0.http.post("/payments", &body).key(format!("again-{}", order.id)).send().await;
            if again.status != 503 {
                break Payment::begun(&again);
            }
            assert!(began.elapsed() < PATIENCE * 8, "still down: {}", again.text());
        };
        world.is_settled_again().await;
        world.clicks_through(&again, "approve").await.ok_page();
        world.is_settled_again().await;
        assert_eq!(world.status(order).await, "paid", "{}", payment.gateway);
    }
    world.audit().await;
}

#[tokio::test]
async fn a_postgres_that_would_lose_an_acknowledged_command_is_refused_unless_it_is_allowed_by_name() {
    for setting in ["fsync", "full_page_writes", "synchronous_commit"] {
        let server = Postgres::start_with(&[(setting, "off")]).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let settings =
            Settings::in_folder(folder.path()).with("ESCROW_LOG_URL", server.fresh_database().await.unwrap());
        let refused = settings.run(&["serve"]);
        let told = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success() && told.contains(setting), "{setting}: {told}");

        let other = settings.clone().with("ESCROW_ALLOW_UNSAFE_POSTGRES", "something_else");
        assert!(!other.run(&["serve"]).status.success(), "{setting}");
        let allowed = settings.with("ESCROW_ALLOW_UNSAFE_POSTGRES", setting);
        allowed.start().await.kill();
    }
}
