//! A sandbox, a shop's connector to it, and a shop's address for webhooks.

use std::time::Duration;

use ambient::Clock;
use axum::{Router, body::Bytes, extract::State, http::StatusCode, routing::post};
use chrono::{DateTime, TimeDelta, Utc};
use domain::Money;
use gateways::{
    Cancel, Expected, HeaderMap, IdempotencyKey, PaymentGateway, PortoneV2, Prepare, Secret, Snapshot,
    TimeLimits, portone_v2::PortoneV2Config,
};
use sandbox::{Running, Sandbox, SandboxConfig, Secrets, WebhookUrls};
use serde_json::{Value, json};
use tokio::sync::mpsc;

pub const OLD_SECRET: &str = "whsec_b2xkLXNlY3JldC1vZi10aGUtc2hvcC0wMDAwMDE=";
pub const NEW_SECRET: &str = "whsec_bmV3LXNlY3JldC1vZi10aGUtc2hvcC0wMDAwMDI=";
const TEST_PATIENCE: Duration = Duration::from_secs(10);

/// One webhook as it arrived.
pub struct Arrived {
    pub headers: HeaderMap,
    pub body: Bytes,
}

pub struct Stage {
    pub sandbox: Running,
    pub gateway: PortoneV2,
    pub clock: Clock,
    client: reqwest::Client,
    inbox: mpsc::UnboundedReceiver<Arrived>,
    /// What the shop answers to webhooks.
    answers: tokio::sync::watch::Sender<u16>,
}

pub fn start_of_time() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

impl Stage {
    pub async fn start() -> Self {
        Self::with_secrets(&[OLD_SECRET], &[OLD_SECRET]).await
    }

    /// The sandbox signs with `signing`, the shop takes `taken`.
    pub async fn with_secrets(signing: &[&str], taken: &[&str]) -> Self {
        let (sender, inbox) = mpsc::unbounded_channel();
        let (answers, answer) = tokio::sync::watch::channel(200);
        let shop = Router::new()
            .route(
                "/hook",
                post(
                    move |State(inbox): State<mpsc::UnboundedSender<Arrived>>,
                          headers: HeaderMap,
                          body: Bytes| async move {
                        inbox.send(Arrived { headers, body }).unwrap();
                        StatusCode::from_u16(*answer.borrow()).unwrap()
                    },
                ),
            )
            .with_state(sender);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let hook = Some(format!("http://{}/hook", listener.local_addr().unwrap()));
        let webhook_urls = WebhookUrls { portone_v2: hook, ..WebhookUrls::default() };
        tokio::spawn(async move { axum::serve(listener, shop).await });
        let clock = Clock::virtual_at(start_of_time());
        let secrets = Secrets {
            api_secret: "the-api-secret".into(),
            webhook: signing.iter().map(|secret| (*secret).to_owned()).collect(),
            ..Secrets::default()
        };
        let config =
            SandboxConfig { webhook_urls, secrets, clock: clock.clone(), ..SandboxConfig::default() };
        let sandbox = Sandbox::start(config).await.unwrap();
        let gateway = connector(&sandbox, |config| {
            config.webhook_secrets = taken.iter().map(|secret| Secret::new(*secret)).collect();
        });
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { sandbox, gateway, clock, client, inbox, answers }
    }

    /// Plays the buyer, the bank or the console.
    pub async fn act(&self, id: &str, action: &str, body: Value) -> Value {
        self.control(&format!("/payments/{id}/{action}"), body).await
    }

    pub async fn fault(&self, rule: Value) {
        self.control("/faults", rule).await;
    }

    async fn control(&self, path: &str, body: Value) -> Value {
        let url = format!("{}{path}", self.sandbox.control_url());
        let answer = self.client.post(url).body(body.to_string()).send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{path}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    /// What the sandbox was asked on one route.
    pub async fn asked(&self, route: &str) -> Vec<Value> {
        let url = format!("{}/requests", self.sandbox.control_url());
        let text = self.client.get(url).send().await.unwrap().text().await.unwrap();
        let all: Vec<Value> = serde_json::from_str(&text).unwrap();
        all.into_iter().filter(|asked| asked["route"] == route).collect()
    }

    /// A payment that was prepared and paid.
    pub async fn paid(&self, id: &str, amount: i64) -> Snapshot {
        let prepared = self.gateway.prepare(&Prepare { id: id.into(), amount: Money::krw(amount) }).await;
        assert_eq!(prepared, gateways::Answer::Done(()));
        self.act(id, "approve", json!({})).await;
        self.look(id).await
    }

    pub async fn look(&self, id: &str) -> Snapshot {
        self.gateway.lookup(id).await.unwrap().unwrap()
    }

    pub fn expected<'a>(&'a self, id: &'a str, amount: i64) -> Expected<'a> {
        Expected { id, amount: Money::krw(amount), escrow: false, merchant: self.gateway.merchant() }
    }

    /// The next webhook.
    pub async fn webhook(&mut self) -> Arrived {
        tokio::time::timeout(TEST_PATIENCE, self.inbox.recv()).await.unwrap().unwrap()
    }

    /// How many webhooks arrived that were not looked at.
    pub fn unread(&self) -> usize {
        self.inbox.len()
    }

    pub fn answer_webhooks_with(&self, status: u16) {
        self.answers.send_replace(status);
    }

    /// Waits until the sandbox counted `sent` sends of the payment's first webhook.
    pub async fn until_sent(&self, id: &str, sent: u64) -> Value {
        let url = format!("{}/payments/{id}/webhooks", self.sandbox.control_url());
        let counted = async {
            loop {
                let text = self.client.get(&url).send().await.unwrap().text().await.unwrap();
                let all: Value = serde_json::from_str(&text).unwrap();
                if all[0]["sent"] == sent {
                    return all[0].clone();
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(TEST_PATIENCE, counted).await.unwrap()
    }

    pub fn advance(&self, minutes: i64) {
        self.clock.advance(TimeDelta::minutes(minutes));
    }
}

/// A connector to the sandbox with the right settings, but for a change.
pub fn connector(sandbox: &Running, change: impl FnOnce(&mut PortoneV2Config)) -> PortoneV2 {
    let mut config = PortoneV2Config {
        base_url: sandbox.portone_v2_url(),
        api_secret: Secret::new("the-api-secret"),
        webhook_secrets: vec![Secret::new(OLD_SECRET)],
        store_id: "store-00000000-0000-0000-0000-000000000001".into(),
        channels: vec!["channel-key-sandbox".into()],
        escrow_channel: None,
        live: false,
        sdk_url: format!("{}/v2/browser-sdk.js", sandbox.portone_v2_url()),
        pay_page: Some(sandbox.portone_v2_url()),
        limits: TimeLimits { connect: Duration::from_secs(2), read: Duration::from_millis(500) },
    };
    change(&mut config);
    PortoneV2::new(&config).unwrap()
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
