//! A sandbox, and a shop's connectors to it.

use std::time::Duration;

use ambient::Clock;
use axum::{Router, body::Bytes, routing::post};
use chrono::{DateTime, TimeDelta, Utc};
use domain::Money;
use gateways::{
    Answer, Approve, Bank, Cancel, Expected, HeaderMap, IdempotencyKey, Nicepay, PaymentGateway, PortoneV1,
    Prepare, RefundAccount, Secret, Snapshot, TimeLimits, Toss, nicepay::NicepayConfig,
    portone_v1::PortoneV1Config, toss::TossConfig,
};
use sandbox::{Running, Sandbox, SandboxConfig, Secrets, WebhookUrls};
use serde_json::{Value, json};
use tokio::sync::mpsc;

pub const KEY: &str = "ref_018f3c1e-7a2b-7c3d-8e4f-000000000001";
const PATIENCE: Duration = Duration::from_secs(10);
const LIMITS: TimeLimits = TimeLimits { connect: Duration::from_secs(2), read: Duration::from_millis(500) };

/// A provider, and the names of its routes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provider {
    PortoneV1,
    Nicepay,
    Toss,
}

pub const ALL: [Provider; 3] = [Provider::PortoneV1, Provider::Nicepay, Provider::Toss];
pub const APPROVED_BY_US: [Provider; 2] = [Provider::Nicepay, Provider::Toss];

impl Provider {
    pub const fn name(self) -> &'static str {
        match self {
            Self::PortoneV1 => "portone-v1",
            Self::Nicepay => "nicepay",
            Self::Toss => "toss",
        }
    }

    pub const fn cancel_route(self) -> &'static str {
        match self {
            Self::PortoneV1 => "POST /payments/cancel",
            Self::Nicepay => "POST /v1/payments/{tid}/cancel",
            Self::Toss => "POST /v1/payments/{paymentKey}/cancel",
        }
    }

    pub const fn look_route(self) -> &'static str {
        match self {
            Self::PortoneV1 => "GET /payments/findAll/{merchant_uid}",
            Self::Nicepay => "GET /v1/payments/find/{orderId}",
            Self::Toss => "GET /v1/payments/orders/{orderId}",
        }
    }

    pub const fn approve_route(self) -> &'static str {
        match self {
            Self::PortoneV1 => "",
            Self::Nicepay => "POST /v1/payments/{tid}",
            Self::Toss => "POST /v1/payments/confirm",
        }
    }

    /// A connector with the right settings, but for a change.
    pub fn connect(self, sandbox: &Running, change: impl FnOnce(&mut Settings)) -> Box<dyn PaymentGateway> {
        let secrets = Secrets::default();
        let (url, key, secret) = match self {
            Self::PortoneV1 => (sandbox.portone_v1_url(), secrets.imp_key, secrets.imp_secret),
            Self::Nicepay => (sandbox.nicepay_url(), secrets.nicepay_client_key, secrets.nicepay_secret_key),
            Self::Toss => (sandbox.toss_url(), secrets.toss_client_key, secrets.toss_secret_key),
        };
        let mut settings = Settings { url, key, secret };
        change(&mut settings);
        let Settings { url, key, secret } = settings;
        let pay_page = Some(url.clone());
        let secret = Secret::new(secret);
        match self {
            Self::PortoneV1 => Box::new(
                PortoneV1::new(&PortoneV1Config {
                    base_url: url,
                    code: secrets.imp_code,
                    key: Secret::new(key),
                    secret,
                    tier: None,
                    channels: vec!["html5_inicis.SandboxTest".into()],
                    escrow_channel: None,
                    live: false,
                    sdk_url: String::new(),
                    pay_page,
                    limits: LIMITS,
                })
                .unwrap(),
            ),
            Self::Nicepay => Box::new(
                Nicepay::new(&NicepayConfig {
                    base_url: url,
                    client_key: key,
                    secret_key: secret,
                    live: false,
                    sdk_url: String::new(),
                    pay_page,
                    limits: LIMITS,
                })
                .unwrap(),
            ),
            Self::Toss => Box::new(
                Toss::new(&TossConfig {
                    base_url: url,
                    client_key: key,
                    secret_key: secret,
                    merchant_ids: vec!["escrowsandbox".into()],
                    live: false,
                    sdk_url: String::new(),
                    pay_page,
                    limits: LIMITS,
                })
                .unwrap(),
            ),
        }
    }
}

/// What a test may want to be wrong.
pub struct Settings {
    pub url: String,
    pub key: String,
    pub secret: String,
}

/// One webhook as it arrived.
pub struct Arrived {
    pub headers: HeaderMap,
    pub body: Bytes,
}

pub struct Stage {
    pub sandbox: Running,
    pub provider: Provider,
    pub gateway: Box<dyn PaymentGateway>,
    clock: Clock,
    pub client: reqwest::Client,
    inbox: mpsc::UnboundedReceiver<Arrived>,
}

impl Stage {
    pub async fn start(provider: Provider) -> Self {
        let (sender, inbox) = mpsc::unbounded_channel();
        let take = move |headers: HeaderMap, body: Bytes| async move {
            sender.send(Arrived { headers, body }).unwrap();
            ([("content-type", "text/html")], "OK")
        };
        let shop = Router::new().route("/webhooks/{gateway}", post(take));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let shop_url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, shop).await });
        let clock = Clock::virtual_at(DateTime::<Utc>::from_timestamp(1_800_000_000, 0).unwrap());
        let webhook_urls = WebhookUrls::of_shop(&shop_url);
        let config = SandboxConfig { webhook_urls, clock: clock.clone(), ..SandboxConfig::default() };
        let sandbox = Sandbox::start(config).await.unwrap();
        let gateway = provider.connect(&sandbox, |_| ());
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self { sandbox, provider, gateway, clock, client, inbox }
    }

    /// Plays the buyer, the bank or the console.
    pub async fn act(&self, id: &str, action: &str, body: Value) -> Value {
        self.control(&format!("/{}/payments/{id}/{action}", self.provider.name()), body).await
    }

    pub async fn fault(&self, rule: Value) {
        self.control("/faults", rule).await;
    }

    pub async fn clear_faults(&self) {
        let url = format!("{}/faults", self.sandbox.control_url());
        assert!(self.client.delete(url).send().await.unwrap().status().is_success());
    }

    async fn control(&self, path: &str, body: Value) -> Value {
        let url = format!("{}{path}", self.sandbox.control_url());
        let answer = self.client.post(url).body(body.to_string()).send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{path}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    /// How often the sandbox was asked on one route.
    pub async fn asked(&self, route: &str) -> usize {
        let url = format!("{}/requests", self.sandbox.control_url());
        let text = self.client.get(url).send().await.unwrap().text().await.unwrap();
        let all: Vec<Value> = serde_json::from_str(&text).unwrap();
        all.iter().filter(|asked| asked["route"] == route).count()
    }

    pub async fn look(&self, id: &str) -> Snapshot {
        self.gateway.lookup(id).await.unwrap().unwrap()
    }

    /// The buyer agrees in the window; where the gateway captures by itself, it is paid.
    pub async fn agree(&self, id: &str, checkout: Value) -> Approve {
        let document = self.act(id, "approve", json!({ "checkout": checkout })).await;
        let transaction =
            ["tid", "paymentKey", "imp_uid"].into_iter().find_map(|name| document[name].as_str());
        approve(id, transaction.unwrap(), 13_000)
    }

    /// A payment that was prepared, agreed to and approved.
    pub async fn pay(&self, id: &str, checkout: Value) -> Snapshot {
        let prepare = Prepare { id: id.into(), amount: Money::krw(13_000) };
        assert_eq!(self.gateway.prepare(&prepare).await, Answer::Done(()));
        let approval = self.agree(id, checkout).await;
        if APPROVED_BY_US.contains(&self.provider) {
            assert_eq!(self.gateway.approve(&approval).await, Answer::Done(()));
        }
        self.look(id).await
    }

    pub fn expected<'a>(&'a self, id: &'a str, escrow: bool) -> Expected<'a> {
        Expected { id, amount: Money::krw(13_000), escrow, merchant: self.gateway.merchant() }
    }

    /// The next webhook.
    pub async fn webhook(&mut self) -> Arrived {
        tokio::time::timeout(PATIENCE, self.inbox.recv()).await.unwrap().unwrap()
    }

    pub fn advance(&self, by: TimeDelta) {
        self.clock.advance(by);
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }
}

/// A card payment of 13 000 won.
pub fn card() -> Value {
    json!({ "totalAmount": 13_000 })
}

/// The same, held in escrow.
pub fn escrow() -> Value {
    json!({ "totalAmount": 13_000, "isEscrow": true })
}

pub fn approve(id: &str, transaction_id: &str, amount: i64) -> Approve {
    Approve {
        id: id.into(),
        transaction_id: transaction_id.into(),
        token: None,
        amount: Money::krw(amount),
        key: IdempotencyKey::new(format!("approve-payment-{id}")).unwrap(),
    }
}

pub fn refund(id: &str, amount: i64, cancellable: i64, key: &str) -> Cancel {
    Cancel {
        id: id.into(),
        key: IdempotencyKey::new(key).unwrap(),
        amount: Money::krw(amount),
        cancellable: Money::krw(cancellable),
        reason: "단순 변심".into(),
        refund_account: None,
    }
}

pub fn account(bank: &str) -> RefundAccount {
    RefundAccount {
        bank: Bank::of_code(bank).unwrap(),
        number: Secret::new("110123456789"),
        holder: Secret::new("김환불"),
        phone: None,
    }
}
