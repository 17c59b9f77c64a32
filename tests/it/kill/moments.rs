//! The server is killed while a gateway keeps it waiting: between what it has written down and what the gateway does,
//! and between what the gateway has done and what it could write down of it. Started again it ends what it had begun, at
//! once, and nothing is captured or given back twice.

use std::sync::Arc;

use ambient::Clock;
use serde_json::json;
use tests::{
    Browser, Databases, Mint, World,
    actors::{Account, Buyer, Order, Payment, Seller, text},
    counter::{CANCEL, Counter, LOOKUP},
    http::{Caller, client},
    program::{Program, Settings},
    settlement::Moved,
    shop_at,
    world::PASSWORD,
};

const PRICE: i64 = 10_000;

/// A server at work, and somebody who pays.
struct Scene {
    program: Program,
    counter: Counter,
    settings: Settings,
    databases: Databases,
    folder: Arc<tempfile::TempDir>,
    hong: Buyer,
    order: Order,
    payment: Payment,
}

impl Scene {
    async fn opens(databases: Databases, gateway: &str) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let settings = Settings::in_folder(folder.path()).on(&databases);
        let counter = Counter::open(Clock::system(), shop_at(settings.listen())).await;
        let url = settings.url();
        let settings = settings.at(&counter).approving_at(&counter).with("ESCROW_PUBLIC_URL", url.clone());
        let program = settings.start().await;
        let (nobody, mint) = (Caller::nobody(client(), &url), Mint::of(folder.path()));
        let somebody = |id: String, role: &str| {
            let token = mint.token(&id, &[role], Clock::system().now());
            Account { http: nobody.with_token(token), id, email: format!("{role}@example.com") }
        };
        let body = json!({
            "email": "seller@example.com", "password": PASSWORD, "name": "seller", "phone": "010-1234-5678",
            "role": "seller",
        });
        let id = text(&nobody.post("/auth/signup", &body).send().await.ok(), "customer_id");
        let chair = Seller(somebody(id, "seller")).sells("chair", PRICE, 5).await;
        let hong = Buyer(somebody(format!("cus_{}", ambient::fresh_id()), "buyer"));
        let order = hong.orders(&[(&chair, 1)]).await;
        let body = json!({ "order_id": order.id, "escrow": false, "gateway": gateway, "method": "card" });
        let begun = hong.0.http.post("/payments", &body).send().await;
        let payment = Payment { pay_url: Some(counter.page_of(&begun)), ..Payment::begun(&begun) };
        Self { program, counter, settings, databases, folder, hong, order, payment }
    }

    async fn meets(&self, route: &str, fault: &str) {
        self.counter.fault_at(&self.payment.protocol(), (route, json!(fault)), Some(1)).await;
    }

    /// The buyer agrees in the window, and the browser goes back to a shop that is killed while it answers.
    async fn dies_approving(self) -> World {
        let browser = Browser::new();
        let left = browser.leaves(&self.payment, "approve").await;
        let back = tokio::spawn(async move { browser.comes_back(&left).await });
        self.counter.script_is_played().await;
        let world = self.dies().await;
        assert!(back.await.unwrap().is_err(), "nobody answers the browser");
        world
    }

    /// Killed, and taken over by a program whose clock stands still: no lease ends.
    async fn dies(self) -> World {
        self.program.kill();
        self.counter.heals().await;
        let clock = Clock::virtual_at(Clock::system().now());
        let accounts = self.counter.accounts();
        let gateways = (self.counter, accounts);
        World::take_over(&self.databases, self.folder, self.settings.listen(), gateways, clock).await
    }
}

async fn is_paid_once(world: &World, order: &Order, payment: &Payment) {
    world.settle().await;
    assert_eq!(world.status(order).await, "paid");
    assert_eq!(world.count_of("PaymentAuthorized").await, 1);
    assert_eq!(world.counter.moved(payment).await, Moved { captured: PRICE, given_back: 0 });
    world.audit().await;
}

async fn databases() -> [Databases; 2] {
    [Databases::sqlite(), Databases::postgres().await]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn between_a_webhook_stored_and_processed() {
    for databases in databases().await {
        let scene = Scene::opens(databases, "portone_v2").await;
        scene.meets(LOOKUP, "timeout_before").await;
        scene.counter.approves(&scene.payment).await;
        scene.counter.webhooks_are_out(&scene.payment).await;
        scene.counter.script_is_played().await;
        let (order, payment) = (scene.order.clone(), scene.payment.clone());
        let world = scene.dies().await;
        is_paid_once(&world, &order, &payment).await;
        let inbox = world.operator.0.http.get("/webhooks/inbox").send().await.ok();
        let webhooks = inbox["items"].as_array().unwrap();
        assert!(!webhooks.is_empty() && webhooks.iter().all(|it| it["outcome"] == "authorized"), "{inbox}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn between_our_word_and_the_gateways_approval() {
    for (gateway, route) in [("nicepay", "POST /v1/payments/{tid}"), ("toss", "POST /v1/payments/confirm")] {
        let scene = Scene::opens(Databases::sqlite(), gateway).await;
        scene.meets(route, "timeout_before").await;
        let (order, payment) = (scene.order.clone(), scene.payment.clone());
        let world = scene.dies_approving().await;
        is_paid_once(&world, &order, &payment).await;
        assert_eq!(world.count_of("ApprovalBegun").await, 1, "{gateway}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn between_the_gateways_approval_and_our_word() {
    for (gateway, route) in [("nicepay", "POST /v1/payments/{tid}"), ("toss", "POST /v1/payments/confirm")] {
        let scene = Scene::opens(Databases::sqlite(), gateway).await;
        scene.meets("webhook", "drop").await;
        scene.meets(route, "timeout_after").await;
        let (order, payment) = (scene.order.clone(), scene.payment.clone());
        let world = scene.dies_approving().await;
        is_paid_once(&world, &order, &payment).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn between_the_gateways_cancellation_and_our_word() {
    for databases in databases().await {
        let scene = Scene::opens(databases, "portone_v2").await;
        scene.counter.approves(&scene.payment).await;
        scene.hong.returns_from(&scene.payment).await.ok();
        scene.meets(CANCEL, "timeout_after").await;
        scene.hong.cancels(&scene.order).await;
        scene.counter.script_is_played().await;
        let (order, payment) = (scene.order.clone(), scene.payment.clone());
        let world = scene.dies().await;
        world.settle().await;
        assert_eq!(world.status(&order).await, "cancelled");
        assert_eq!(world.counter.moved(&payment).await, Moved { captured: PRICE, given_back: PRICE });
        assert_eq!(world.count_of("Refunded").await, 1);
        world.audit().await;
    }
}
