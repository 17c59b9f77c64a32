//! The whole program in this process, on databases of its own, with a clock that a test moves.

use std::{net::SocketAddr, sync::Arc};

use ambient::Clock;
use api::{App, Config, GatewayAccounts, GatewayChoice};
use chrono::{DateTime, Duration};
use domain::customer::Role;
use serde_json::{Value, json};
use store::log::Head;
use tempfile::TempDir;
use tokio::time::timeout;
use tracing_subscriber::{EnvFilter, filter::LevelFilter};

use crate::{
    Databases, Mint,
    actors::{Account, Auditor, Buyer, Operator, Order, Payment, Product, Seller, text},
    browser::{Browser, Leaving},
    counter::Counter,
    http::{Caller, Reply, client},
};

/// How long processes and projections may take.
const PATIENCE: std::time::Duration = std::time::Duration::from_mins(1);
/// How often one looks whether the program has recovered.
const RECOVERY_LOOKS: usize = 400;
/// A Tuesday noon in Seoul.
const BEGINNING: i64 = 1_772_506_800;
/// What everybody logs in with.
pub const PASSWORD: &str = "correct horse battery";

/// A program, its databases, its gateway and its clock.
#[derive(Debug)]
pub struct World {
    /// The one clock of program and gateway.
    pub clock: Clock,
    /// The gateway.
    pub counter: Counter,
    /// Somebody who helps.
    pub operator: Operator,
    /// Somebody who looks at everything.
    pub auditor: Auditor,
    app: Option<App>,
    config: Config,
    http: reqwest::Client,
    folder: Arc<TempDir>,
}

impl World {
    /// A world on SQLite.
    pub async fn open() -> Self {
        Self::open_on(Databases::sqlite()).await
    }

    /// A world on these databases.
    pub async fn open_on(databases: Databases) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let clock = Clock::virtual_at(DateTime::from_timestamp(BEGINNING, 0).unwrap());
        let listen: SocketAddr = ([127, 0, 0, 1], testbed::free_port().unwrap()).into();
        let counter = Counter::open(clock.clone(), shop_at(listen)).await;
        let accounts = counter.accounts();
        Self::take_over(&databases, folder, listen, (counter, accounts), clock).await
    }

    /// A world on what another program left behind: its folder, address, gateway and time.
    pub async fn take_over(
        databases: &Databases,
        folder: Arc<TempDir>,
        listen: SocketAddr,
        (counter, accounts): (Counter, GatewayAccounts),
        clock: Clock,
    ) -> Self {
        // Complaints of the program stand beside the test that failed; `RUST_LOG` asks for more.
        let filter = EnvFilter::builder().with_default_directive(LevelFilter::ERROR.into()).from_env_lossy();
        drop(tracing_subscriber::fmt().with_env_filter(filter).with_test_writer().try_init());
        let mut config = databases.configure(folder.path());
        config.listen = listen;
        config.clock = clock.clone();
        config.public_url = Some(shop_at(listen));
        config.gateway = GatewayChoice::Accounts(Box::new(accounts));
        let app = App::start(config.clone()).await.unwrap();
        let http = client();
        let nobody = Caller::nobody(http.clone(), &app.url());
        let mint = Mint::of(folder.path());
        let staff = |role: &str| {
            let id = format!("cus_{}", ambient::fresh_id());
            let token = mint.token(&id, &[role], clock.now());
            Account { http: nobody.with_token(token), id, email: format!("{role}@example.com") }
        };
        let (operator, auditor) = (Operator(staff("operator")), Auditor(staff("auditor")));
        Self { clock, counter, operator, auditor, app: Some(app), config, http, folder }
    }

    /// Stops the program and starts it again on the same data.
    pub async fn restart(&mut self) {
        self.stop().await;
        self.app = Some(App::start(self.config.clone()).await.unwrap());
    }

    /// Stops the program and starts it again on the same data with other settings.
    pub async fn restart_with(&mut self, change: impl FnOnce(&mut Config)) {
        change(&mut self.config);
        self.restart().await;
    }

    /// Stops the program.
    pub async fn stop(&mut self) {
        if let Some(app) = self.app.take() {
            app.stop().await;
        }
    }

    /// What the program's handlers work with.
    pub fn services(&self) -> &api::services::Services {
        self.app().services()
    }

    pub(crate) fn app(&self) -> &App {
        self.app.as_ref().unwrap()
    }

    /// The base address.
    pub fn url(&self) -> String {
        self.app().url()
    }

    /// Where the program's keys and files are.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// What the program was started with.
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// Somebody without a token.
    pub fn nobody(&self) -> Caller {
        Caller::nobody(self.http.clone(), &self.url())
    }

    /// Makes tokens with the program's key.
    pub fn mint(&self) -> Mint {
        Mint::of(self.folder())
    }

    /// Somebody who signed up as a buyer.
    pub async fn buyer(&self, name: &str) -> Buyer {
        Buyer(self.signs_up(name, Role::Buyer).await)
    }

    /// Somebody who signed up as a seller.
    pub async fn seller(&self, name: &str) -> Seller {
        Seller(self.signs_up(name, Role::Seller).await)
    }

    /// Many buyers, who are let in without having signed up: a password takes its time on purpose.
    pub fn crowd(&self, size: usize) -> Vec<Buyer> {
        let mint = self.mint();
        let one = |number: usize| {
            let id = format!("cus_{}", ambient::fresh_id());
            let token = mint.token(&id, &["buyer"], self.clock.now());
            Buyer(Account {
                http: self.nobody().with_token(token),
                id,
                email: format!("{number}@example.com"),
            })
        };
        (0..size).map(one).collect()
    }

    async fn signs_up(&self, name: &str, role: Role) -> Account {
        let email = format!("{name}@example.com");
        let body = json!({
            "email": email, "password": PASSWORD, "name": name, "phone": "010-1234-5678", "role": role.name(),
        });
        let told = self.nobody().post("/auth/signup", &body).send().await.ok();
        let id = text(&told, "customer_id");
        let token = self.mint().token(&id, &[role.name()], self.clock.now());
        Account { http: self.nobody().with_token(token), id, email }
    }

    /// Pays an order through the window: the webhook tells the shop.
    pub async fn pays(&self, buyer: &Buyer, order: &Order) -> Payment {
        let payment = buyer.begins_to_pay(order).await;
        self.is_paid(payment).await
    }

    /// Pays an order through the window without the gateway's escrow.
    pub async fn pays_without_escrow(&self, buyer: &Buyer, order: &Order) -> Payment {
        let body = json!({ "order_id": order.id, "escrow": false });
        let begun = buyer.0.http.post("/payments", &body).send().await;
        self.is_paid(Payment { escrow: false, ..Payment::begun(&begun) }).await
    }

    async fn is_paid(&self, payment: Payment) -> Payment {
        self.settle().await;
        self.counter.approves(&payment).await;
        self.counter.webhooks_are_out(&payment).await;
        self.settle().await;
        payment
    }

    /// Waits until nothing is left that is due, and everything that happened can be seen.
    pub async fn settle(&self) {
        let services = self.app().services();
        loop {
            let head = self.head().await;
            self.settle_processes().await;
            services.views.wait_for(head, PATIENCE).await.unwrap();
            if self.head().await == head {
                return;
            }
        }
    }

    /// Waits until the processes have nothing left that is due.
    pub async fn settle_processes(&self) {
        let head = self.head().await;
        let processes = &self.app().services().processes;
        let settled = timeout(PATIENCE, processes.settled_at(head, self.clock.now())).await;
        let waiting = processes.queue().waiting(10).await;
        assert!(settled.is_ok(), "the processes did not settle at {head}: {waiting:?}");
    }

    /// Lets time pass, for the program and the gateway, and what falls due happen.
    pub async fn passes(&self, time: Duration) {
        self.clock.advance(time);
        self.settle().await;
    }

    /// Waits until the program says again that it takes work, after an outage of something it needs. Its clock moves
    /// on meanwhile: who failed waits before trying again.
    pub async fn is_ready_again(&self) {
        for _ in 0..RECOVERY_LOOKS {
            self.clock.advance(Duration::seconds(1));
            if self.nobody().get("/ready").send().await.status == 200 {
                return;
            }
            Clock::system().sleep(Duration::milliseconds(50)).await;
        }
        panic!("not ready again: {}", self.nobody().get("/ready").send().await.text());
    }

    /// Settles after an outage: who failed meanwhile tries again by the clock.
    pub async fn is_settled_again(&self) {
        let clock = self.clock.clone();
        let ticking = tokio::spawn(async move {
            loop {
                Clock::system().sleep(Duration::milliseconds(50)).await;
                clock.advance(Duration::seconds(1));
            }
        });
        self.settle().await;
        ticking.abort();
    }

    /// Where the log ends.
    pub async fn head(&self) -> i64 {
        let Head { position, .. } = self.app().services().log.head().await.unwrap();
        position
    }

    /// One order's status.
    pub async fn status(&self, order: &Order) -> String {
        self.catches_up().await;
        text(&self.operator.order(order).await, "status")
    }

    /// One payment with its holds.
    pub async fn payment(&self, payment: &Payment) -> Value {
        self.catches_up().await;
        self.operator.payment(payment).await
    }

    /// What happened to an order.
    pub async fn timeline(&self, order: &Order) -> Vec<Value> {
        self.catches_up().await;
        self.operator.all(&format!("/orders/{}/timeline", order.id)).await
    }

    /// How many units can be ordered.
    pub async fn stock_of(&self, product: &Product) -> i64 {
        self.catches_up().await;
        let shown = self.nobody().get(&format!("/products/{}", product.id)).send().await.ok();
        shown["stock"].as_i64().unwrap()
    }

    /// What a seller is owed.
    pub async fn credited(&self, seller: &Seller) -> i64 {
        self.catches_up().await;
        -self.auditor.balance(&format!("2200/{}", seller.seller_id())).await
    }

    /// What is known of people; no endpoint tells it.
    pub async fn users(&self, ids: &[String]) -> Value {
        let views = &self.app().services().views;
        let mut users = Vec::new();
        for id in ids {
            let user = projections::users::find(views, id.parse().unwrap()).await.unwrap();
            users.push(serde_json::to_value(user).unwrap());
        }
        Value::Array(users)
    }

    /// How many events of a kind the log holds.
    pub async fn count_of(&self, event: &str) -> usize {
        let events = self.auditor.events().await;
        events.iter().filter(|recorded| recorded["event_type"] == event).count()
    }

    /// Waits until the views show everything that happened.
    pub async fn catches_up(&self) {
        let head = self.head().await;
        self.app().services().views.wait_for(head, PATIENCE).await.unwrap();
    }

    /// A browser goes to an address.
    pub async fn visits(&self, url: &str) -> Reply {
        Caller::nobody(self.http.clone(), "").get(url).send().await
    }

    /// A person opens the pay page and presses a button; answers where the browser is sent.
    pub async fn clicks(&self, pay_url: &str, action: &str) -> String {
        self.visits(pay_url).await.ok();
        let browser = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        let page = Caller::nobody(browser.build().unwrap(), "");
        let path = pay_url.split('?').next().unwrap();
        let form = page.ask(reqwest::Method::POST, path).raw(format!("action={action}"));
        let sent = form.header("content-type", "application/x-www-form-urlencoded").send().await;
        assert_eq!(sent.status, 303, "{}", sent.text());
        sent.header("location").unwrap().to_owned()
    }

    /// A person opens the pay page, presses a button, and the browser goes where it is sent: answers the shop's page.
    pub async fn clicks_through(&self, payment: &Payment, action: &str) -> Reply {
        let left = self.leaves(payment, action).await;
        self.comes_back(&left).await
    }

    /// A person opens the pay page and presses a button; the browser is not sent on yet.
    pub async fn leaves(&self, payment: &Payment, action: &str) -> Leaving {
        Browser::new().leaves(payment, action).await
    }

    /// The browser goes where the pay page sent it.
    pub async fn comes_back(&self, left: &Leaving) -> Reply {
        Browser(self.http.clone()).comes_back(left).await.unwrap()
    }
}

/// Where gateways tell a program at this address about payments.
pub fn shop_at(listen: SocketAddr) -> String {
    format!("http://{listen}")
}
